using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>256 rows: AVX2.</summary>
internal readonly unsafe struct BitLanes256(Vector256<ulong> value) : IBitLanes<BitLanes256>
{
    private readonly Vector256<ulong> _value = value;

    /// <summary>The bits.</summary>
    public Vector256<ulong> Value => _value;

    public static int Bytes => Vector256<byte>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 Broadcast(ulong bits) => new(Vector256.Create(bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 Load(byte* address) => new(Vector256.Load((ulong*)address));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Select(byte* start, nuint mask, nuint ones, nuint zeros, nuint target) =>
        Vector256.ConditionalSelect(
            Vector256.Load((ulong*)(start + mask)),
            Vector256.Load((ulong*)(start + ones)),
            Vector256.Load((ulong*)(start + zeros))).Store((ulong*)(start + target));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 Pick(byte* table, BitLanes256 index)
    {
        // A shuffle looks up sixteen bytes and reads four bits of each; a blend reads the highest one: the two bits above choose.
        Vector256<byte> number = index._value.AsByte();
        Vector256<byte> sixteens = number & Vector256.Create((byte)15);
        Vector256<byte> odd = (number.AsInt16() << 3).AsByte();
        Vector256<byte> low = Avx2.BlendVariable(Shuffle(table, sixteens), Shuffle(table + 16, sixteens), odd);
        Vector256<byte> high = Avx2.BlendVariable(Shuffle(table + 32, sixteens), Shuffle(table + 48, sixteens), odd);
        return new(Avx2.BlendVariable(low, high, (number.AsInt16() << 2).AsByte()).AsUInt64());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Shuffle(byte* table, Vector256<byte> sixteens) =>
        Avx2.Shuffle(Vector256.Create(Vector128.Load(table), Vector128.Load(table)), sixteens);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 operator &(BitLanes256 left, BitLanes256 right) => new(left._value & right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 operator |(BitLanes256 left, BitLanes256 right) => new(left._value | right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 operator ^(BitLanes256 left, BitLanes256 right) => new(left._value ^ right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 operator <<(BitLanes256 value, int bits) => new(value._value << bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BitLanes256 operator >>>(BitLanes256 value, int bits) => new(value._value >>> bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(byte* address) => _value.Store((ulong*)address);
}
