using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// One row meets 64 splits of a tree in one compare: a byte permute brings each split the rank that it tests. What is
// left is to find the leaf from a word of decisions, without touching memory that depends on one: HeapKernel and
// RegisterKernel do so, and BlockKernel takes large trees in steps.
// A model of hundreds of trees does not stay in the first cache between two rows: the cache lines that a tree takes are
// worth more than the instructions.

/// <summary>Scores one row with many trees.</summary>
internal static unsafe class DecisionKernel
{
    /// <summary>The most byte columns of a row.</summary>
    public const int MaxColumns = 256;

    /// <summary>
    /// Trees whose leaves are found together, where some are walked. How many walks go on to a next step cannot be foretold, and whoever guesses it wrong
    /// waits for the last step's cache lines: the fewer rounds a row takes, the better.
    /// </summary>
    public const int Together = 512;

    /// <summary>Whether the processor permutes bytes and deposits bits.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported && Bmi2.X64.IsSupported;

    /// <summary>Adds the leaf values of trees that are met alike to sums.</summary>
    /// <param name="form"><see cref="RowForm.Blocks"/> where some trees have that form; else <see cref="RowForm.Heap"/> or <see cref="RowForm.Register"/>.</param>
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

    /// <summary>Finds where the values of a row's leaves stand, tree after tree, whatever form each tree has.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="count">Their number.</param>
    /// <param name="forest">What the trees point into.</param>
    /// <param name="ranks">The row's ranks, <see cref="MaxColumns"/> readable bytes.</param>
    /// <param name="columns">The columns of ranks in use.</param>
    /// <param name="categories">For each column of codes the bits of the row's category.</param>
    /// <param name="places">Receives, for each tree, the place of the leaf's value among all.</param>
    public static void Find<TScore>(
        DecisionTree* trees, int count, in DecisionForest<TScore> forest, sbyte* ranks, int columns, byte** categories, int* places)
        where TScore : unmanaged
    {
        if (columns <= 64)
        {
            Find(trees, count, forest, RowRanks64.Load(ranks), categories, places);
        }
        else if (columns <= 128)
        {
            Find(trees, count, forest, RowRanks128.Load(ranks), categories, places);
        }
        else
        {
            Find(trees, count, forest, RowRanks256.Load(ranks), categories, places);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Find<TScore, TRanks>(DecisionTree* trees, int count, DecisionForest<TScore> forest, TRanks ranks, byte** categories, int* places)
        where TScore : unmanaged
        where TRanks : struct, IRowRanks
    {
        ushort* leaves = stackalloc ushort[Together];
        for (int first = 0; first < count; first += Together)
        {
            int together = Math.Min(count - first, Together);
            FindTogether(trees + first, together, forest.Data, forest.Blocks, forest.Doublings, forest.SlotEnds, ranks, forest.Sets, categories, leaves);
            for (int i = first; i < first + together; i++)
            {
                places[i] = trees[i].Values + leaves[i - first];
            }
        }
    }

    private static void Add<TScore, TRanks>(
        RowForm form, DecisionTree* trees, DecisionTree* end, in DecisionForest<TScore> forest, TRanks ranks, byte** categories, TScore* sums, bool isOne)
        where TScore : unmanaged, INumberBase<TScore>
        where TRanks : struct, IRowRanks
    {
        // A sum in a register waits 4 cycles for the next addition, one in memory 10: each way has a loop of its own, and a
        // method, so that no register is taken by what goes on around it.
        if (form == RowForm.Blocks)
        {
            AddTogether(trees, end, forest, ranks, categories, sums, isOne);
            return;
        }

        // AddOne and AddMany take registers whole: not those of which the range of trees leaves out some.
        DecisionTree* first = trees;
        while (first < end && first->Slot > 0)
        {
            first++;
        }

        DecisionTree* last = end;
        while (last > first && (last - 1)->Rest > 0)
        {
            last--;
        }

        if (trees < first)
        {
            AddTogether(trees, first, forest, ranks, categories, sums, isOne);
        }

        if (isOne)
        {
            *sums = AddOne(first, last, forest, ranks, categories, *sums);
        }
        else
        {
            AddMany(first, last, forest, ranks, categories, sums);
        }

        if (last < end)
        {
            AddTogether(last, end, forest, ranks, categories, sums, isOne);
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
        int doublings = forest.Doublings;
        ulong slotEnds = forest.SlotEnds;
        byte* exits = SevenSplits.ExitOf;
        for (; trees < end; trees++)
        {
            if (trees->Form == RowForm.Heap)
            {
                sum += values[trees->Values + (nint)HeapKernel.Find(data + trees->Data, trees->Count, ranks, exits)];
                continue;
            }

            ulong leaves = FindInRegister(trees, data + trees->Data, doublings, slotEnds, ranks, sets, categories);
            sum += values[trees->Values + (nint)(byte)leaves];
            for (int rest = trees->Rest; rest > 0; rest--)
            {
                trees++;
                leaves >>= 8;
                sum += values[trees->Values + (nint)(byte)leaves];
            }
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
        int doublings = forest.Doublings;
        ulong slotEnds = forest.SlotEnds;
        byte* exits = SevenSplits.ExitOf;
        for (; trees < end; trees++)
        {
            if (trees->Form == RowForm.Heap)
            {
                sums[trees->Output] += values[trees->Values + (nint)HeapKernel.Find(data + trees->Data, trees->Count, ranks, exits)];
                continue;
            }

            ulong leaves = FindInRegister(trees, data + trees->Data, doublings, slotEnds, ranks, sets, categories);
            sums[trees->Output] += values[trees->Values + (nint)(byte)leaves];
            for (int rest = trees->Rest; rest > 0; rest--)
            {
                trees++;
                leaves >>= 8;
                sums[trees->Output] += values[trees->Values + (nint)(byte)leaves];
            }
        }
    }

    /// <summary>The leaves of all trees that stand in a tree's register, a byte for each slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FindInRegister<TRanks>(DecisionTree* tree, byte* register, int doublings, ulong slotEnds, TRanks ranks, RowSets* sets, byte** categories)
        where TRanks : struct, IRowRanks
    {
        Vector512<sbyte> left = RegisterKernel.Decide(register, ranks);
        if (tree->Count != 0)
        {
            left &= ~RegisterKernel.Spread(Outside(tree, sets, categories));
        }

        return RegisterKernel.Walk(register, left.AsByte(), doublings, slotEnds);
    }

    /// <summary>Trees of all forms, blocks among them: leaves are found first, and then added in the order of the trees.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddTogether<TScore, TRanks>(
        DecisionTree* trees, DecisionTree* end, DecisionForest<TScore> forest, TRanks ranks, byte** categories, TScore* sums, bool isOne)
        where TScore : unmanaged, INumberBase<TScore>
        where TRanks : struct, IRowRanks
    {
        ushort* leaves = stackalloc ushort[Together];
        TScore* values = forest.Values;
        TScore sum = *sums;
        while (trees < end)
        {
            int together = (int)Math.Min(end - trees, Together);
            FindTogether(trees, together, forest.Data, forest.Blocks, forest.Doublings, forest.SlotEnds, ranks, forest.Sets, categories, leaves);
            if (isOne)
            {
                for (int i = 0; i < together; i++)
                {
                    sum += values[trees[i].Values + leaves[i]];
                }
            }
            else
            {
                for (int i = 0; i < together; i++)
                {
                    sums[trees[i].Output] += values[trees[i].Values + leaves[i]];
                }
            }

            trees += together;
        }

        *sums = isOne ? sum : *sums;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FindTogether<TRanks>(
        DecisionTree* trees, int count, byte* data, byte* firstBlock, int doublings, ulong slotEnds, TRanks ranks, RowSets* sets, byte** categories, ushort* leaves)
        where TRanks : struct, IRowRanks
    {
        byte* exits = SevenSplits.ExitOf;
        byte** blocks = stackalloc byte*[Together];
        ushort* numbers = stackalloc ushort[Together];
        nint open = 0;
        for (int i = 0; i < count; i++)
        {
            byte* start = data + trees[i].Data;
            if (trees[i].Form == RowForm.Blocks)
            {
                // A loop of its own: what other forms need takes no register here.
                do
                {
                    start = data + trees[i].Data;
                    nint link = BlockKernel.Enter(start, ranks, exits);
                    open += BlockKernel.Follow(firstBlock + trees[i].First, link, i, blocks + open, numbers + open, leaves);
                    i++;
                }
                while (i < count && trees[i].Form == RowForm.Blocks);

                i--;
            }
            else if (trees[i].Form == RowForm.Heap)
            {
                leaves[i] = (ushort)HeapKernel.Find(start, trees[i].Count, ranks, exits);
            }
            else
            {
                ulong found = FindInRegister(trees + i, start, doublings, slotEnds, ranks, sets, categories) >> (8 * trees[i].Slot);
                int last = Math.Min(i + trees[i].Rest, count - 1);
                leaves[i] = (byte)found;
                while (i < last)
                {
                    i++;
                    found >>= 8;
                    leaves[i] = (byte)found;
                }
            }
        }

        BlockKernel.Walk(blocks, numbers, open, ranks, exits, leaves);
    }

    /// <summary>The splits that test sets which the row is not in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Outside(DecisionTree* tree, RowSets* sets, byte** categories)
    {
        ulong outside = 0;
        sets += tree->First;
        for (RowSets* end = sets + tree->Count; sets < end; sets++)
        {
            ulong bits = Unsafe.ReadUnaligned<ulong>(categories[sets->Column] + (sets->FirstBit >> 3));
            outside |= Bmi2.X64.ParallelBitDeposit(bits >> (int)(sets->FirstBit & 7), sets->Places);
        }

        return outside;
    }
}
