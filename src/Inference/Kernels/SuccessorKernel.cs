using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// A tree of any shape, up to 255 splits, in order of depth first. Each split has two successors: the split to the left, the
// split to the right, and in place of a leaf itself. One compare decides 64 splits, one select writes down for each of them
// which split comes next. What is left is a walk with one load of a byte for each level, and no jump that depends on the row:
// it takes as many steps as the tree is deep, and stays where it has arrived. So a processor works on several trees at a time.

/// <summary>Finds one row's leaf in a tree whose splits know their successors.</summary>
internal static unsafe class SuccessorKernel
{
    /// <summary>The splits of a register.</summary>
    public const int Width = 64;

    /// <summary>The most registers of a tree-></summary>
    public const int MaxRegisters = 4;

    /// <summary>The bytes of a register: columns, thresholds, right successors.</summary>
    public const int RegisterBytes = 3 * Width;

    /// <summary>The most byte columns of a row.</summary>
    public const int MaxColumns = 128;

    /// <summary>Set in a column where a leaf is on the split's left: so many columns need no more bits.</summary>
    public const int LeftLeaf = 128;

    /// <summary>The steps of a walk come in multiples of this.</summary>
    private const int StepUnit = 4;

    /// <summary>The bytes of a tree: its registers, then for each split the leaf on its left and the leaf on its right, where there is one.</summary>
    public static int BytesFor(int splits) => (RegistersFor(splits) * RegisterBytes) + (((2 * splits) + Width - 1) / Width * Width);

    /// <summary>The registers of so many splits.</summary>
    public static int RegistersFor(int splits) => (splits + Width - 1) / Width;

    /// <summary>The leaf of a row.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="data">Its bytes.</param>
    /// <param name="ranks">The row's ranks.</param>
    /// <param name="outside">The splits of the first register that test sets which the row is not in.</param>
    /// <param name="next">Room for a successor of each split and for each split's decision: twice <see cref="MaxRegisters"/> registers, aligned.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Find<TRanks>(DecisionTree* tree, byte* data, TRanks ranks, ulong outside, byte* next)
        where TRanks : struct, IRowRanks
    {
        byte* taken = next + (MaxRegisters * Width);
        byte* register = data;
        Vector512<sbyte> behind = Vector512<sbyte>.Indices + Vector512<sbyte>.One;
        Vector512<sbyte> right = Spread(outside);
        for (int start = 0; start < tree->Registers * Width; start += Width)
        {
            Vector512<sbyte> columns = Vector512.Load((sbyte*)register);
            right |= Vector512.GreaterThan(ranks.Pick(columns), Vector512.Load((sbyte*)register + Width));

            // The split behind, in order of depth first, or where a leaf is, the split itself.
            Vector512<sbyte> left = behind + Vector512.LessThan(columns, Vector512<sbyte>.Zero);
            Vector512.ConditionalSelect(right, Vector512.Load((sbyte*)register + (2 * Width)), left).Store((sbyte*)next + start);
            right.Store((sbyte*)taken + start);
            behind += Vector512.Create((sbyte)Width);
            right = Vector512<sbyte>.Zero;
            register += RegisterBytes;
        }

        nuint split = 0;
        for (int step = 0; step < tree->Depth - 1; step += StepUnit)
        {
            split = next[next[next[next[split]]]];
        }

        return register[(2 * split) + (uint)(taken[split] & 1)];
    }

    /// <summary>A byte of ones for each bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> Spread(ulong bits)
    {
        Vector512<byte> bytes = Avx512Vbmi.PermuteVar64x8(Vector512.Create(bits).AsByte(), Vector512<byte>.Indices >>> 3);
        Vector512<byte> bit = Vector512.Create(0x8040201008040201).AsByte();
        return Vector512.Equals(bytes & bit, bit).AsSByte();
    }
}
