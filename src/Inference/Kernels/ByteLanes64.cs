using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>Eight rows in a general register, for processors without vectors: a dozen operations do what one compare and one select do.</summary>
internal readonly unsafe struct ByteLanes64(ulong value) : IByteLanes<ByteLanes64>
{
    private const ulong Highest = 0x8080808080808080;

    private readonly ulong _value = value;

    public static int Count => sizeof(ulong);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes64 Broadcast(sbyte value) => new((byte)value * 0x0101010101010101UL);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes64 Load(sbyte* address) => new(Unsafe.ReadUnaligned<ulong>(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes64 Choose(ByteLanes64 values, ByteLanes64 thresholds, ByteLanes64 greater, ByteLanes64 other)
    {
        // A value is above its threshold where threshold less value borrows: the highest bit of each byte tells, once no byte
        // borrows from the next (Warren, "Hacker's Delight", 2nd edition, sections 2-13 and 2-18, for signed bytes).
        ulong x = values._value;
        ulong y = thresholds._value;
        ulong difference = ((y | Highest) - (x & ~Highest)) ^ ((y ^ ~x) & Highest);
        ulong isGreater = ((y & ~x) | ((y | ~x) & difference)) & Highest;
        ulong mask = (isGreater >> 7) * 0xff;
        return new(other._value ^ ((other._value ^ greater._value) & mask));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(sbyte* address) => Unsafe.WriteUnaligned(address, _value);
}
