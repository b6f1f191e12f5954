using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>What is known of each bit of the codes below a node: nothing that matters, a constant, the mask of a split, or a slot.</summary>
/// <param name="packed">Eight bits each.</param>
internal readonly struct CodeBits(uint packed)
{
    /// <summary>All of it.</summary>
    public uint Packed => packed;

    /// <summary>The bits that matter.</summary>
    public uint Matters => (byte)packed;

    /// <summary>Those of them that differ from row to row.</summary>
    public uint Varies => (byte)(packed >> 8);

    /// <summary>The constants.</summary>
    public uint Ones => (byte)(packed >> 16);

    /// <summary>Those that differ and that a step has chosen.</summary>
    public uint Slots => packed >> 24;

    /// <summary>Of a leaf.</summary>
    /// <param name="first">Its first code.</param>
    /// <param name="bits">The lowest bits, in which its codes differ.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeBits Of(uint first, int bits) => new((byte)(byte.MaxValue << bits) | (first << 16));

    /// <summary>Of a split.</summary>
    /// <param name="left">Of its left side.</param>
    /// <param name="right">Of its right side.</param>
    /// <param name="masks">The bits that are the split's mask: left zero and right one.</param>
    /// <param name="steps">The bits for which there has to be a step.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static CodeBits Join(CodeBits left, CodeBits right, out uint masks, out uint steps)
    {
        uint both = left.Matters & right.Matters;
        uint vary = left.Varies | right.Varies;
        uint differ = both & ~vary & (left.Ones ^ right.Ones);
        masks = differ & right.Ones;
        steps = (both & vary) | (differ & left.Ones);
        vary |= differ;
        uint ones = (left.Ones | right.Ones) & ~vary;
        return new(left.Matters | right.Matters | (vary << 8) | (ones << 16) | ((left.Slots | right.Slots | steps) << 24));
    }
}

/// <summary>The planes of the eight bits of codes below a node, a number of 16 bits each: <see cref="PlaneStep.Zeros"/> or <see cref="PlaneStep.Ones"/> where a bit is a constant.</summary>
internal static class CodePlanes
{
    private static Vector128<ushort> Lanes => Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128).AsUInt16();

    /// <summary>Those of a leaf.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Of(uint first) => Vector128.Min(Vector128.Create((ushort)(byte)first) & Lanes, Vector128<ushort>.One);

    /// <summary>The first where bits are set, else the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> Select(uint bits, Vector128<ushort> first, Vector128<ushort> second) =>
        Vector128.ConditionalSelect(Vector128.Equals(Vector128.Create((ushort)bits) & Lanes, Lanes), first, second);
}
