using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>One row's ranks, in registers.</summary>
internal interface IRowRanks
{
    /// <summary>The ranks of columns.</summary>
    public Vector512<sbyte> Pick(Vector512<sbyte> columns);
}

/// <summary>Up to 64 columns.</summary>
internal readonly unsafe struct RowRanks64(Vector512<sbyte> ranks) : IRowRanks
{
    private readonly Vector512<sbyte> _ranks = ranks;

    public static RowRanks64 Load(sbyte* ranks) => new(Vector512.Load(ranks));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<sbyte> Pick(Vector512<sbyte> columns) => Avx512Vbmi.PermuteVar64x8(_ranks, columns);
}

/// <summary>Up to 128 columns.</summary>
internal readonly unsafe struct RowRanks128(Vector512<sbyte> lower, Vector512<sbyte> upper) : IRowRanks
{
    private readonly Vector512<sbyte> _lower = lower;
    private readonly Vector512<sbyte> _upper = upper;

    public static RowRanks128 Load(sbyte* ranks) => new(Vector512.Load(ranks), Vector512.Load(ranks + 64));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<sbyte> Pick(Vector512<sbyte> columns) => Avx512Vbmi.PermuteVar64x8x2(_lower, columns, _upper);
}

/// <summary>Up to 256 columns.</summary>
internal readonly unsafe struct RowRanks256(RowRanks128 lower, RowRanks128 upper) : IRowRanks
{
    private readonly RowRanks128 _lower = lower;
    private readonly RowRanks128 _upper = upper;

    public static RowRanks256 Load(sbyte* ranks) => new(RowRanks128.Load(ranks), RowRanks128.Load(ranks + 128));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<sbyte> Pick(Vector512<sbyte> columns) =>
        Vector512.ConditionalSelect(Vector512.LessThan(columns, Vector512<sbyte>.Zero), _upper.Pick(columns), _lower.Pick(columns));
}
