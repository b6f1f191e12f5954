using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>128 rows: any processor with vectors.</summary>
internal readonly unsafe struct BitLanes128(Vector128<ulong> value) : IBitLanes<BitLanes128>
{
    private readonly Vector128<ulong> _value = value;

    public static int Bytes => Vector128<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes128 Broadcast(ulong bits) => new(Vector128.Create(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes128 Load(byte* address) => new(Vector128.Load((ulong*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Select(byte* start, nuint mask, nuint ones, nuint zeros, nuint target) =>
        Vector128.ConditionalSelect(
            Vector128.Load((ulong*)(start + mask)),
            Vector128.Load((ulong*)(start + ones)),
            Vector128.Load((ulong*)(start + zeros))).Store((ulong*)(start + target));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes128 Pick(byte* table, BitLanes128 index)
    {
        // A shuffle that reads behind its sixteen bytes finds zero.
        Vector128<byte> number = index._value.AsByte() & Vector128.Create((byte)63);
        Vector128<byte> found = Vector128.Shuffle(Vector128.Load(table), number);
        found |= Vector128.Shuffle(Vector128.Load(table + 16), number - Vector128.Create((byte)16));
        found |= Vector128.Shuffle(Vector128.Load(table + 32), number - Vector128.Create((byte)32));
        found |= Vector128.Shuffle(Vector128.Load(table + 48), number - Vector128.Create((byte)48));
        return new(found.AsUInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes128 operator &(BitLanes128 left, BitLanes128 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes128 operator |(BitLanes128 left, BitLanes128 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes128 operator ^(BitLanes128 left, BitLanes128 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes128 operator <<(BitLanes128 value, int bits) => new(value._value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes128 operator >>>(BitLanes128 value, int bits) => new(value._value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(byte* address) => _value.Store((ulong*)address);
}
