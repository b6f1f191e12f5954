using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>64 rows in a general register, for processors without vectors.</summary>
internal readonly unsafe struct BitLanes64(ulong value) : IBitLanes<BitLanes64>
{
    private readonly ulong _value = value;

    public static int Bytes => sizeof(ulong);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes64 Broadcast(ulong bits) => new(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes64 Load(byte* address) => new(Unsafe.ReadUnaligned<ulong>(address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Select(byte* start, nuint mask, nuint ones, nuint zeros, nuint target)
    {
        ulong other = Unsafe.ReadUnaligned<ulong>(start + zeros);
        ulong chosen = other ^ (Unsafe.ReadUnaligned<ulong>(start + mask) & (Unsafe.ReadUnaligned<ulong>(start + ones) ^ other));
        Unsafe.WriteUnaligned(start + target, chosen);
    }

    public static BitLanes64 Pick(byte* table, BitLanes64 index)
    {
        ulong found = 0;
        for (int shift = 0; shift < 64; shift += 8)
        {
            found |= (ulong)table[(index._value >> shift) & 63] << shift;
        }

        return new(found);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes64 operator &(BitLanes64 left, BitLanes64 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes64 operator |(BitLanes64 left, BitLanes64 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes64 operator ^(BitLanes64 left, BitLanes64 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes64 operator <<(BitLanes64 value, int bits) => new(value._value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes64 operator >>>(BitLanes64 value, int bits) => new(value._value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(byte* address) => Unsafe.WriteUnaligned(address, _value);
}
