using System.Buffers;

namespace Inference.Forests;

/// <summary>Rented arrays that make room as trees ask for it.</summary>
internal static class PooledBuffer
{
    /// <summary>Makes room for a length; what was in the buffer is lost where it was too short.</summary>
    public static void Reserve<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            T[] larger = ArrayPool<T>.Shared.Rent(length);
            ArrayPool<T>.Shared.Return(buffer);
            buffer = larger;
        }
    }
}
