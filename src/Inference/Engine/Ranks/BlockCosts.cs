using System.Runtime.CompilerServices;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The blocks that a subtree takes: see <see cref="BlockBuilder"/>. No more than a link counts; of a leaf all is zero.</summary>
/// <param name="packed">Three numbers of 16 bits, 8 bits for whether it is cut, and a bit for each of its levels, three at most.</param>
internal readonly struct BlockCosts(ulong packed)
{
    private const int Bits = 16;
    private const ulong Numbers = (1UL << (3 * Bits)) - 1;
    private const ulong LevelBits = 7;

    /// <summary>If its top begins one.</summary>
    private uint Own => (ushort)packed;

    /// <summary>The same, or below the piece above it, if that reaches one level into it: what is less.</summary>
    private uint One => (ushort)(packed >> Bits);

    /// <summary>The same of two levels.</summary>
    private uint Two => (ushort)(packed >> (2 * Bits));

    /// <summary>Below a piece that reaches three levels into it.</summary>
    public int BelowThree => (int)Own - ((int)IsSplit & 1);

    /// <summary>Whether it has at most two levels.</summary>
    public bool IsSmall => (packed >> 58 & 1) == 0;

    /// <summary>Whether it takes fewer blocks if its top begins one than if the piece above reaches so many levels into it. A leaf begins none.</summary>
    public bool IsCut(int levels) => (packed >> (3 * Bits) >> levels & 1) != 0;

    /// <summary>The costs of a split.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static BlockCosts Of(BlockCosts left, BlockCosts right)
    {
        BlockCosts both = new((left.Packed & Numbers) + (right.Packed & Numbers));
        (uint one, uint two, uint own) = (both.Own, both.One, 1 + both.Two);
        int cutsOne = Choice.Mask(own < one);
        int cutsTwo = Choice.Mask(own < two);
        uint isCut = 1 | ((uint)cutsOne & 2) | ((uint)cutsTwo & 4);
        ulong levels = (((left.Packed | right.Packed) >> 56 << 1) | 1) & LevelBits;
        return new(own | ((ulong)Choice.Of(cutsOne, own, one) << Bits) | ((ulong)Choice.Of(cutsTwo, own, two) << (2 * Bits)) | ((ulong)isCut << (3 * Bits)) | (levels << 56));
    }

    private ulong Packed => packed;

    private uint IsSplit => (uint)(packed >> (3 * Bits));
}
