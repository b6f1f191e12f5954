using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>What is known of each bit of the codes below a node: nothing that matters, a constant, the mask of a split, or a slot.</summary>
/// <param name="packed">Eight bits each: those that matter; those of them that differ from row to row; constants; those that differ and that a step has chosen.</param>
internal readonly struct CodeBits(uint packed)
{
    /// <summary>The bits that matter.</summary>
    public uint Matters => (byte)packed;

    /// <summary>Those that steps have chosen.</summary>
    public uint Slots => packed >> 24;

    /// <summary>All of it.</summary>
    public uint Packed => packed;

    /// <summary>Of an end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeBits Of(CodeEnd end) => new((byte)(byte.MaxValue << end.Bits) | ((uint)end.First << 16));

    /// <summary>Of a split.</summary>
    /// <param name="left">Of its left side.</param>
    /// <param name="right">Of its right side.</param>
    /// <param name="masks">The bits that are the split's mask: left zero and right one.</param>
    /// <param name="steps">The bits for which there has to be a step.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeBits Join(CodeBits left, CodeBits right, out uint masks, out uint steps)
    {
        uint either = left.Packed | right.Packed;
        uint both = (byte)(left.Packed & right.Packed);
        uint vary = (byte)(either >> 8);
        uint differ = both & ~vary & ((left.Packed ^ right.Packed) >> 16);
        masks = differ & (right.Packed >> 16);
        steps = (both & vary) | (differ ^ masks);
        return new((either | (differ << 8) | (steps << 24)) & ~((vary | differ) << 16));
    }
}

/// <summary>The planes of the eight bits of codes below a node, a number of 16 bits each: <see cref="PlaneStep.Zeros"/> or <see cref="PlaneStep.Ones"/> where a bit is a constant.</summary>
internal static unsafe class CodePlanes
{
    private const int Codes = 1 << PlaneStep.MaxCodeBits;

    // Three tables for each choice of bits: zeros and ones in their places; all ones in them; and the bytes of those places, one behind the other.
    private static readonly ushort* Bits = FillTables();
    private static readonly ushort* Lanes = Bits + (Codes * PlaneStep.MaxCodeBits);
    private static readonly ushort* Places = Lanes + (Codes * PlaneStep.MaxCodeBits);

    // And a byte of ones for each bit.
    private static readonly ulong* Bytes = (ulong*)(Places + (Codes * PlaneStep.MaxCodeBits));

    /// <summary>Those of a code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort* Of(uint code) => Bits + (PlaneStep.MaxCodeBits * code);

    /// <summary>The first where bits are set, else the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Select(uint bits, Vector128<ushort> first, Vector128<ushort> second) =>
        Vector128.ConditionalSelect(Vector128.Load(Lanes + (PlaneStep.MaxCodeBits * bits)), first, second);

    /// <summary>Those whose bits are set, one behind the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Choose(uint bits, Vector128<ushort> planes) =>
        Vector128.ShuffleNative(planes.AsByte(), Vector128.Load(Places + (PlaneStep.MaxCodeBits * bits)).AsByte()).AsUInt16();

    /// <summary>A byte of ones for each bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong BytesOf(uint bits) => Bytes[bits];

    /// <summary>Those of slots: a byte for each bit of codes says by one of its bits which of its slots is meant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> OfSlots(ulong slots)
    {
        Vector128<byte> four = Vector128.Create((byte)0x0f);
        Vector128<byte> rows = Vector128.CreateScalar(slots).AsByte();
        Vector128<byte> lowRows = Vector128.ShuffleNative(Vector128.Create(0, 0, 8, 0, 16, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, (byte)0), rows & four);
        Vector128<byte> highRows = Vector128.ShuffleNative(Vector128.Create(0, 32, 40, 0, 48, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, (byte)0), (rows.AsUInt16() >>> 4).AsByte() & four);
        return Vector128.WidenLower(lowRows | highRows) + (Vector128<ushort>.Indices + Vector128.Create((ushort)PlaneStep.FirstSlot));
    }

    private static ushort* FillTables()
    {
        // Never freed: 14 KB for the process.
        const int table = Codes * PlaneStep.MaxCodeBits;
        ushort* tables = (ushort*)NativeMemory.AlignedAlloc((3 * table * sizeof(ushort)) + (Codes * sizeof(ulong)), 64);
        for (int bits = 0; bits < Codes; bits++)
        {
            int first = bits * PlaneStep.MaxCodeBits;
            int chosen = 0;
            for (int bit = 0; bit < PlaneStep.MaxCodeBits; bit++)
            {
                int isSet = bits >> bit & 1;
                tables[first + bit] = (ushort)isSet;
                tables[table + first + bit] = (ushort)-isSet;
                tables[(2 * table) + first + bit] = 0;
                tables[(2 * table) + first + chosen] = (ushort)((2 * bit) | (((2 * bit) + 1) << 8));
                chosen += isSet;
                ((byte*)(tables + (3 * table)))[first + bit] = (byte)-isSet;
            }
        }

        return tables;
    }
}
