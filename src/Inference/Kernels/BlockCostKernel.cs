using System.Runtime.Intrinsics;

namespace Inference.Kernels;

// A block reaches three levels down from its top, and a tree's head five. Cutting wherever one ends would leave many blocks with a single split, at the
// bottom of a tree that has grown unevenly. So what a subtree costs is found from the leaves upwards, for each number of levels that the piece
// above it may reach into it; a split that would cost more within that piece begins a block. A piece that reaches three levels into a subtree
// costs less than one that begins there, so that only one level and two have to be told.
//
// Four numbers of 16 bits stand for a subtree: the blocks that it takes if its top begins one; the same or, if that is less, what it takes below a
// piece that reaches one level into it; the same of two levels; nothing. Added for both sides they are, one place on, those of the split.

/// <summary>Finds where a tree is cut into blocks: such that there are as few as possible.</summary>
internal static unsafe class BlockCostKernel
{
    /// <summary>Set of a subtree of more than two levels.</summary>
    public const int IsLarge = 1 << 6;

    private const int LevelBits = 7 << 4;

    /// <summary>Finds what each subtree costs.</summary>
    /// <param name="sides">The sides of each split.</param>
    /// <param name="splits">How many splits.</param>
    /// <param name="costs">Working memory, a number for each split and one more; the lowest 16 bits are the blocks that a subtree takes if its top begins one.</param>
    /// <param name="marks">
    /// Receives for each split and one more, which serves all leaves: bit l where it takes fewer blocks if its top begins one than if the piece above reaches l
    /// levels into it, 0 to 2; and <see cref="IsLarge"/>.
    /// </param>
    public static void Find(Sides* sides, int splits, ulong* costs, byte* marks)
    {
        (costs[splits], marks[splits]) = (0, 0);
        for (int split = splits - 1; split >= 0; split--)
        {
            (int left, int right) = (sides[split].Left, sides[split].Right);
            left = Choice.Of(Choice.Mask(left < splits), left, splits);
            right = Choice.Of(Choice.Mask(right < splits), right, splits);
            Vector128<ushort> both = Vector128.CreateScalarUnsafe(costs[left]).AsUInt16() + Vector128.CreateScalarUnsafe(costs[right]).AsUInt16();
            Vector128<ushort> below = Vector128.Shuffle(both, Vector128.Create(2, 0, 1, 3, 4, 5, 6, 7).AsUInt16()) + Vector128.CreateScalar((ushort)1);
            Vector128<ushort> own = Vector128.Shuffle(below, Vector128.Create(0, 0, 0, 3, 4, 5, 6, 7).AsUInt16());
            costs[split] = Vector128.Min(own, below).AsUInt64().ToScalar();
            uint isLess = Vector128.LessThan(own, below).ExtractMostSignificantBits() & 6;
            marks[split] = (byte)(1 | isLess | (((((uint)marks[left] | marks[right]) & LevelBits) << 1) & LevelBits) | 16);
        }
    }
}
