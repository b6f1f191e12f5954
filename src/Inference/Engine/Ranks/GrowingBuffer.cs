using System;

namespace Inference.Engine.Ranks;

/// <summary>Arrays that serve tree after tree: trees come in thousands, and most are small.</summary>
internal static class GrowingBuffer
{
    /// <summary>Makes room for a length; what was in the buffer is lost where it was too short.</summary>
    public static void Reserve<T>(ref T[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new T[Math.Max(length, 2 * buffer.Length)];
        }
    }
}
