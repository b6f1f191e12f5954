using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>512 rows: AVX-512.</summary>
internal readonly unsafe struct BitLanes512(Vector512<ulong> value) : IBitLanes<BitLanes512>
{
    private readonly Vector512<ulong> _value = value;

    public static int Bytes => Vector512<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 Broadcast(ulong bits) => new(Vector512.Create(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 Load(byte* address) => new(Vector512.Load((ulong*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Select(byte* start, nuint mask, nuint ones, nuint zeros, nuint target) =>
        Vector512.ConditionalSelect(
            Vector512.Load((ulong*)(start + mask)),
            Vector512.Load((ulong*)(start + ones)),
            Vector512.Load((ulong*)(start + zeros))).Store((ulong*)(start + target));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 Pick(byte* table, BitLanes512 index)
    {
        if (Avx512Vbmi.IsSupported)
        {
            return new(Avx512Vbmi.PermuteVar64x8(Vector512.Load(table), index._value.AsByte()).AsUInt64());
        }

        BitLanes256 lower = BitLanes256.Pick(table, new(index._value.GetLower()));
        BitLanes256 upper = BitLanes256.Pick(table, new(index._value.GetUpper()));
        return new(Vector512.Create(lower.Value, upper.Value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 operator &(BitLanes512 left, BitLanes512 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 operator |(BitLanes512 left, BitLanes512 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 operator ^(BitLanes512 left, BitLanes512 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 operator <<(BitLanes512 value, int bits) => new(value._value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes512 operator >>>(BitLanes512 value, int bits) => new(value._value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(byte* address) => _value.Store((ulong*)address);
}
