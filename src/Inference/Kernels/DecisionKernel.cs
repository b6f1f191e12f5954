using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// One row meets 64 splits of a tree in one compare: a byte permute brings each split the rank that it tests. What is
// left is to find the leaf from a word of decisions, without touching memory that depends on one.
// - A heap (up to 8 levels, holes filled): entry e's children are 2 e and 2 e + 1, so each level is a shift and an add.
// - Successors (up to 255 splits, sets too): see SuccessorKernel.
// - Masks (up to 32 leaves, any shape, sets too): a split that sends the row right rules out the leaves on its left; the first leaf
//   that is left over is the row's (Lucchese et al., "QuickScorer", SIGIR 2015).
// A model of hundreds of trees does not stay in the first caches between two rows: that a tree takes two or three
// consecutive cache lines, and not six scattered ones, is worth more than the instructions.

/// <summary>Scores one row with many trees of at most 256 leaves.</summary>
internal static unsafe class DecisionKernel
{
    /// <summary>The most levels of a heap.</summary>
    public const int MaxLevels = 8;

    /// <summary>The levels of a heap's first word.</summary>
    private const int WordLevels = 6;

    /// <summary>The most leaves of a tree with masks.</summary>
    public const int MaxMaskLeaves = 32;

    /// <summary>The bytes of a tree with masks: columns, thresholds, masks.</summary>
    public const int MaskBytes = MaxMaskLeaves * (1 + 1 + sizeof(uint));

    /// <summary>The most byte columns of a row.</summary>
    public const int MaxColumns = 256;

    /// <summary>Bytes that have to be readable behind the last tree.</summary>
    public const int Slack = 64;

    /// <summary>Whether the processor permutes bytes and deposits bits.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported && Bmi2.X64.IsSupported;

    /// <summary>The bytes of a heap: columns and thresholds by entries, entry 0 unused.</summary>
    public static int HeapBytes(int levels) => 2 << levels;

    /// <summary>Adds the leaf values of trees that are met alike to sums.</summary>
    /// <param name="form">The form: <see cref="RowForm.Successors"/>, or for heaps and masks either of the two.</param>
    /// <param name="trees">The trees.</param>
    /// <param name="count">Their number.</param>
    /// <param name="forest">What the trees point into.</param>
    /// <param name="ranks">The row's ranks, <see cref="MaxColumns"/> readable bytes.</param>
    /// <param name="columns">The columns of ranks in use.</param>
    /// <param name="categories">For each column of codes the bits of the row's category.</param>
    /// <param name="sums">The sum of each output.</param>
    /// <param name="outputs">The number of outputs.</param>
    public static void Add<TScore>(
        RowForm form, DecisionTree* trees, int count, in DecisionForest<TScore> forest, sbyte* ranks, int columns, byte** categories, TScore* sums, int outputs)
        where TScore : unmanaged, INumberBase<TScore>
    {
        if (columns <= 64)
        {
            Add(form, trees, trees + count, forest, RowRanks64.Load(ranks), categories, sums, outputs == 1);
        }
        else if (columns <= 128)
        {
            Add(form, trees, trees + count, forest, RowRanks128.Load(ranks), categories, sums, outputs == 1);
        }
        else
        {
            Add(form, trees, trees + count, forest, RowRanks256.Load(ranks), categories, sums, outputs == 1);
        }
    }

    private static void Add<TScore, TRanks>(
        RowForm form, DecisionTree* trees, DecisionTree* end, in DecisionForest<TScore> forest, TRanks ranks, byte** categories, TScore* sums, bool isOne)
        where TScore : unmanaged, INumberBase<TScore>
        where TRanks : struct, IRowRanks
    {
        // A sum in a register waits 4 cycles for the next addition, one in memory 10: each way has a loop of its own, and a
        // method, so that no register is taken by what goes on around it.
        if (form == RowForm.Successors)
        {
            AddTogether(trees, end, forest, ranks, categories, sums, isOne);
        }
        else if (isOne)
        {
            *sums = AddOne(trees, end, forest, ranks, categories, *sums);
        }
        else
        {
            AddMany(trees, end, forest, ranks, categories, sums);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TScore AddOne<TScore, TRanks>(DecisionTree* trees, DecisionTree* end, DecisionForest<TScore> forest, TRanks ranks, byte** categories, TScore sum)
        where TScore : unmanaged, INumberBase<TScore>
        where TRanks : struct, IRowRanks
    {
        byte* data = forest.Data;
        TScore* values = forest.Values;
        RowSets* sets = forest.Sets;
        for (; trees < end; trees++)
        {
            sum += values[trees->Values + Find(trees, data + trees->Data, ranks, sets, categories)];
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddMany<TScore, TRanks>(DecisionTree* trees, DecisionTree* end, DecisionForest<TScore> forest, TRanks ranks, byte** categories, TScore* sums)
        where TScore : unmanaged, INumberBase<TScore>
        where TRanks : struct, IRowRanks
    {
        byte* data = forest.Data;
        TScore* values = forest.Values;
        RowSets* sets = forest.Sets;
        for (; trees < end; trees++)
        {
            sums[trees->Output] += values[trees->Values + Find(trees, data + trees->Data, ranks, sets, categories)];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Find<TRanks>(DecisionTree* tree, byte* data, TRanks ranks, RowSets* sets, byte** categories)
        where TRanks : struct, IRowRanks =>
            tree->Form == RowForm.Heap ? FindInHeap(data, tree->Depth, ranks)
            : tree->Sets == 0 ? FindByMasks(data, ranks)
            : FindByMasks(data, ranks, Outside(tree, sets, categories));

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddTogether<TScore, TRanks>(
        DecisionTree* trees, DecisionTree* end, DecisionForest<TScore> forest, TRanks ranks, byte** categories, TScore* sums, bool isOne)
        where TScore : unmanaged, INumberBase<TScore>
        where TRanks : struct, IRowRanks
    {
        // A store that crosses a cache line would be two.
        byte* memory = stackalloc byte[(SuccessorKernel.Together * SuccessorKernel.RoomBytes) + SuccessorKernel.Width];
        byte* rooms = (byte*)(((nuint)memory + SuccessorKernel.Width - 1) & ~(nuint)(SuccessorKernel.Width - 1));
        TScore** found = stackalloc TScore*[SuccessorKernel.Together];
        TScore sum = *sums;
        while (trees < end)
        {
            int together = (int)Math.Min(end - trees, SuccessorKernel.Together);
            FindTogether(trees, together, forest, ranks, categories, rooms, found);
            for (int i = 0; i < together; i++)
            {
                if (isOne)
                {
                    sum += *found[i];
                }
                else
                {
                    sums[trees[i].Output] += *found[i];
                }
            }

            trees += together;
        }

        *sums = isOne ? sum : *sums;
    }

    /// <summary>Finds the leaf values of neighbouring trees with successors.</summary>
    private static void FindTogether<TScore, TRanks>(
        DecisionTree* trees, int count, in DecisionForest<TScore> forest, TRanks ranks, byte** categories, byte* rooms, TScore** found)
        where TScore : unmanaged, INumberBase<TScore>
        where TRanks : struct, IRowRanks
    {
        int depth = 0;
        for (int i = 0; i < count; i++)
        {
            DecisionTree* tree = trees + i;
            SuccessorKernel.Decide(forest.Data + tree->Data, tree->Registers, ranks, Outside(tree, forest.Sets, categories), rooms + (i * SuccessorKernel.RoomBytes));
            depth = Math.Max(depth, tree->Depth);
        }

        nuint* splits = stackalloc nuint[SuccessorKernel.Together];
        SuccessorKernel.Walk(rooms, depth, splits);
        for (int i = 0; i < count; i++)
        {
            DecisionTree* tree = trees + i;
            int leaf = SuccessorKernel.Leaf(forest.Data + tree->Data, tree->Registers, rooms + (i * SuccessorKernel.RoomBytes), splits[i]);
            found[i] = forest.Values + tree->Values + leaf;
        }
    }

    /// <summary>The splits that test sets which the row is not in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Outside(DecisionTree* tree, RowSets* sets, byte** categories)
    {
        ulong outside = 0;
        sets += tree->FirstSets;
        for (RowSets* end = sets + tree->Sets; sets < end; sets++)
        {
            ulong bits = Unsafe.ReadUnaligned<ulong>(categories[sets->Column] + sets->FirstByte);
            outside |= Bmi2.X64.ParallelBitDeposit(bits, sets->Places);
        }

        return outside;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindInHeap<TRanks>(byte* decisions, int levels, TRanks ranks)
        where TRanks : struct, IRowRanks
    {
        ulong right = Decide(decisions, 1 << levels, ranks);
        ulong entry = 1;
        if (levels < WordLevels)
        {
            for (int level = 0; level < levels; level++)
            {
                entry = Descend(right, entry);
            }
        }
        else
        {
            entry = Descend(right, Descend(right, Descend(right, Descend(right, Descend(right, Descend(right, entry))))));
            if (levels > WordLevels)
            {
                entry = DescendBelow(decisions, levels, entry, ranks);
            }
        }

        return (int)entry - (1 << levels);
    }

    /// <summary>The seventh level is the second word, the eighth the third and the fourth.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong DescendBelow<TRanks>(byte* decisions, int levels, ulong entry, TRanks ranks)
        where TRanks : struct, IRowRanks
    {
        entry = Descend(Decide(decisions + 64, 1 << levels, ranks), entry);
        if (levels == MaxLevels)
        {
            ulong left = Decide(decisions + 128, 1 << levels, ranks);
            ulong right = Decide(decisions + 192, 1 << levels, ranks);
            entry = Descend(entry < 192 ? left : right, entry);
        }

        return entry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Decide<TRanks>(byte* decisions, int entries, TRanks ranks)
        where TRanks : struct, IRowRanks =>
            Vector512.GreaterThan(ranks.Pick(Vector512.Load((sbyte*)decisions)), Vector512.Load((sbyte*)decisions + entries)).ExtractMostSignificantBits();

    /// <summary>A shift heeds the lowest six bits of its count: the entry's place in its word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Descend(ulong right, ulong entry) => entry + entry + ((right >> (int)entry) & 1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindByMasks<TRanks>(byte* decisions, TRanks ranks)
        where TRanks : struct, IRowRanks
    {
        Vector512<sbyte> thresholds = Vector512.Load((sbyte*)decisions + MaxMaskLeaves);
        Vector256<sbyte> right = Vector512.GreaterThan(ranks.Pick(Vector512.Load((sbyte*)decisions)), thresholds).GetLower();
        return FirstLeaf(decisions, Avx512F.ConvertToVector512Int32(right.GetLower()), Avx512F.ConvertToVector512Int32(right.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindByMasks<TRanks>(byte* decisions, TRanks ranks, ulong outside)
        where TRanks : struct, IRowRanks
    {
        Vector512<int> right = Vector512.Create((int)(Decide(decisions, MaxMaskLeaves, ranks) | outside));
        Vector512<int> bits = Vector512.Create(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return FirstLeaf(decisions, Vector512.Equals(right & bits, bits), Vector512.Equals((right >>> 16) & bits, bits));
    }

    /// <summary>The first leaf that no split rules out; a lane is all ones where its split sends the row right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FirstLeaf(byte* decisions, Vector512<int> right, Vector512<int> rightAbove)
    {
        int* leftLeaves = (int*)(decisions + (2 * MaxMaskLeaves));
        Vector512<int> ruledOut = (right & Vector512.Load(leftLeaves)) | (rightAbove & Vector512.Load(leftLeaves + 16));
        Vector256<int> half = ruledOut.GetLower() | ruledOut.GetUpper();
        Vector128<int> quarter = half.GetLower() | half.GetUpper();
        ulong pair = quarter.AsUInt64().ToScalar() | quarter.AsUInt64().GetElement(1);
        return BitOperations.TrailingZeroCount(~((uint)pair | (uint)(pair >> 32)));
    }
}
