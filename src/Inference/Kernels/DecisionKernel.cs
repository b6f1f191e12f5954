using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// One row meets all splits of a small tree in one compare: a byte permute brings each split the rank that it tests. What is
// left is to find the leaf from a word of decisions, without touching memory that depends on one.
// - A heap (up to 6 levels, holes filled): entry e's children are 2 e and 2 e + 1, so each level is a shift and an add.
// - Masks (up to 32 leaves, any shape): a split that sends the row right rules out the leaves on its left; the first leaf
//   that is left over is the row's (Lucchese et al., "QuickScorer", SIGIR 2015).
// A model of hundreds of trees does not stay in the first caches between two rows: that a tree takes two or three
// consecutive cache lines, and not six scattered ones, is worth more than the instructions.

/// <summary>Scores one row with many small trees.</summary>
internal static unsafe class DecisionKernel
{
    /// <summary>The most levels of a heap.</summary>
    public const int MaxLevels = 6;

    /// <summary>The most leaves of a tree with masks.</summary>
    public const int MaxMaskLeaves = 32;

    /// <summary>The bytes of a tree with masks: columns, thresholds, masks.</summary>
    public const int MaskBytes = MaxMaskLeaves * (1 + 1 + sizeof(uint));

    /// <summary>The most byte columns of a row.</summary>
    public const int MaxColumns = 256;

    /// <summary>Bytes that have to be readable behind the last tree.</summary>
    public const int Slack = 64;

    /// <summary>Whether the processor permutes bytes.</summary>
    public static bool IsSupported => Avx512Vbmi.IsSupported;

    /// <summary>The bytes of a heap: columns and thresholds by entries, entry 0 unused.</summary>
    public static int HeapBytes(int levels) => 2 << levels;

    /// <summary>Adds the trees' leaf values to sums.</summary>
    /// <param name="trees">The trees.</param>
    /// <param name="count">Their number.</param>
    /// <param name="data">The decisions of all trees.</param>
    /// <param name="values">The leaf values of all trees.</param>
    /// <param name="ranks">The row's ranks, <see cref="MaxColumns"/> readable bytes.</param>
    /// <param name="columns">The columns in use.</param>
    /// <param name="sums">The sum of each output.</param>
    public static void Add<TScore>(DecisionTree* trees, int count, byte* data, TScore* values, sbyte* ranks, int columns, TScore* sums)
        where TScore : unmanaged, INumberBase<TScore>
    {
        if (columns <= 64)
        {
            Add<TScore, Ranks64>(trees, count, data, values, Ranks64.Load(ranks), sums);
        }
        else if (columns <= 128)
        {
            Add<TScore, Ranks128>(trees, count, data, values, Ranks128.Load(ranks), sums);
        }
        else
        {
            Add<TScore, Ranks256>(trees, count, data, values, Ranks256.Load(ranks), sums);
        }
    }

    private static void Add<TScore, TRanks>(DecisionTree* trees, int count, byte* data, TScore* values, TRanks ranks, TScore* sums)
        where TScore : unmanaged, INumberBase<TScore>
        where TRanks : struct, IRanks
    {
        for (DecisionTree* tree = trees; tree < trees + count; tree++)
        {
            byte* decisions = data + tree->Data;
            int leaf = tree->Levels > 0 ? FindInHeap(decisions, tree->Levels, ranks) : FindByMasks(decisions, ranks);
            sums[tree->Output] += values[tree->Values + leaf];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindInHeap<TRanks>(byte* decisions, int levels, TRanks ranks)
        where TRanks : struct, IRanks
    {
        Vector512<sbyte> thresholds = Vector512.Load((sbyte*)decisions + (1 << levels));
        ulong right = Vector512.GreaterThan(ranks.Pick(Vector512.Load((sbyte*)decisions)), thresholds).ExtractMostSignificantBits();
        ulong entry = 1;
        for (int level = 0; level < levels; level++)
        {
            entry = entry + entry + ((right >> (int)entry) & 1);
        }

        return (int)entry - (1 << levels);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FindByMasks<TRanks>(byte* decisions, TRanks ranks)
        where TRanks : struct, IRanks
    {
        Vector512<sbyte> thresholds = Vector512.Load((sbyte*)decisions + MaxMaskLeaves);
        Vector256<sbyte> right = Vector512.GreaterThan(ranks.Pick(Vector512.Load((sbyte*)decisions)), thresholds).GetLower();
        int* leftLeaves = (int*)(decisions + (2 * MaxMaskLeaves));
        Vector512<int> ruledOut = (Avx512F.ConvertToVector512Int32(right.GetLower()) & Vector512.Load(leftLeaves))
            | (Avx512F.ConvertToVector512Int32(right.GetUpper()) & Vector512.Load(leftLeaves + 16));
        Vector256<int> half = ruledOut.GetLower() | ruledOut.GetUpper();
        Vector128<int> quarter = half.GetLower() | half.GetUpper();
        ulong pair = quarter.AsUInt64().ToScalar() | quarter.AsUInt64().GetElement(1);
        return BitOperations.TrailingZeroCount(~((uint)pair | (uint)(pair >> 32)));
    }

    private interface IRanks
    {
        public Vector512<sbyte> Pick(Vector512<sbyte> columns);
    }

    private readonly struct Ranks64(Vector512<sbyte> ranks) : IRanks
    {
        private readonly Vector512<sbyte> _ranks = ranks;

        public static Ranks64 Load(sbyte* ranks) => new(Vector512.Load(ranks));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<sbyte> Pick(Vector512<sbyte> columns) => Avx512Vbmi.PermuteVar64x8(_ranks, columns);
    }

    private readonly struct Ranks128(Vector512<sbyte> lower, Vector512<sbyte> upper) : IRanks
    {
        private readonly Vector512<sbyte> _lower = lower;
        private readonly Vector512<sbyte> _upper = upper;

        public static Ranks128 Load(sbyte* ranks) => new(Vector512.Load(ranks), Vector512.Load(ranks + 64));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<sbyte> Pick(Vector512<sbyte> columns) => Avx512Vbmi.PermuteVar64x8x2(_lower, columns, _upper);
    }

    private readonly struct Ranks256(Ranks128 lower, Ranks128 upper) : IRanks
    {
        private readonly Ranks128 _lower = lower;
        private readonly Ranks128 _upper = upper;

        public static Ranks256 Load(sbyte* ranks) => new(Ranks128.Load(ranks), Ranks128.Load(ranks + 128));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<sbyte> Pick(Vector512<sbyte> columns) =>
            Vector512.ConditionalSelect(Vector512.LessThan(columns, Vector512<sbyte>.Zero), _upper.Pick(columns), _lower.Pick(columns));
    }
}
