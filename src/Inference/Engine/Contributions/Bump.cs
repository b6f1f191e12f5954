namespace Inference.Engine.Contributions;

/// <summary>Hands out memory from a piece, cache line by cache line.</summary>
/// <param name="start">The first byte to hand out, on a line.</param>
internal unsafe struct Bump(byte* start)
{
    /// <summary>The bytes of a cache line.</summary>
    public const int Line = 64;

    /// <summary>The first byte not handed out.</summary>
    public byte* Free { get; private set; } = start;

    /// <summary>The first line at or behind an address.</summary>
    public static byte* Align(byte* address) => (byte*)(((nuint)address + Line - 1) & ~(nuint)(Line - 1));

    /// <summary>Hands out room for numbers, on a line.</summary>
    public T* Take<T>(nint count)
        where T : unmanaged
    {
        byte* taken = Free;
        Free = Align(taken + (count * sizeof(T)));
        return (T*)taken;
    }
}
