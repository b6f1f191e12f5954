using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>What walks read: of every tree for single rows, of deep trees for blocks too.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <remarks>
/// A walk's row has a value in at least two places: one for splits that send missing values left, where they are minus
/// infinity, and one for those that send them right, where they are infinity. So a step compares and nothing else.
/// </remarks>
internal sealed unsafe class PathForest<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>The nodes of trees that ranks score too, with thresholds rounded up to float32.</summary>
    public required AlignedArray<PathNode<float>> Nodes { get; init; }

    /// <summary>The nodes of deep trees.</summary>
    public required AlignedArray<PathNode<TScore>> DeepNodes { get; init; }

    /// <summary>The features of the model.</summary>
    public required int FeatureCount { get; init; }

    /// <summary>Features for which zero is missing in some splits: they have two more places each.</summary>
    public required int[] ZeroMissing { get; init; }

    /// <summary>The set tests of all trees: a place for each.</summary>
    public required int SetCount { get; init; }

    /// <summary>The bits of a link that are the place of a value.</summary>
    public required int ColumnBits { get; init; }

    /// <summary>Whether what LightGBM takes for zero has to be made zero.</summary>
    public required bool MapsTiny { get; init; }

    /// <summary>The places of a row.</summary>
    public int Columns => FirstSet + SetCount;

    /// <summary>The place of the first set test: minus infinity where the row goes left, infinity where it goes right.</summary>
    public int FirstSet => 2 * (FeatureCount + ZeroMissing.Length);

    /// <summary>The memory.</summary>
    public long Bytes => Nodes.Bytes + DeepNodes.Bytes;

    /// <summary>The bits that so many places need.</summary>
    public static int BitsFor(int columns) => Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)(columns - 1)));

    /// <summary>The place of a split's value.</summary>
    public static int ColumnOf(in RankSplit<TScore> split, int features, ReadOnlySpan<int> zeroMissing)
    {
        int place = split.ZeroIsMissing
            ? (2 * features) + (2 * zeroMissing.BinarySearch(split.Feature))
            : split.Feature;
        return split.MissingGoesRight ? place + (split.ZeroIsMissing ? 1 : features) : place;
    }

    /// <summary>Puts a row into its places, set tests aside.</summary>
    public void Fill<TRow, TValue>(ReadOnlySpan<TRow> row, TValue* values)
        where TRow : unmanaged, INumberBase<TRow>
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
    {
        if (typeof(TRow) == typeof(float) && typeof(TValue) == typeof(float) && !MapsTiny && row.Length == FeatureCount)
        {
            fixed (TRow* from = row)
            {
                MissingKernel.Fill((float*)from, (float*)values, FeatureCount);
            }
        }
        else
        {
            for (int feature = 0; feature < FeatureCount; feature++)
            {
                TValue value = feature < row.Length ? TValue.CreateTruncating(row[feature]) : TValue.NaN;
                Put(values, feature, feature + FeatureCount, MapsTiny && IsTiny(value) ? TValue.Zero : value);
            }
        }

        for (int i = 0; i < ZeroMissing.Length; i++)
        {
            TValue value = ZeroMissing[i] < row.Length ? TValue.CreateTruncating(row[ZeroMissing[i]]) : TValue.NaN;
            int place = 2 * (FeatureCount + i);
            Put(values, place, place + 1, IsTiny(value) ? TValue.NaN : value);
        }
    }

    private static bool IsTiny<TValue>(TValue value)
        where TValue : unmanaged, IFloatingPointIeee754<TValue> => TValue.Abs(value) <= TValue.CreateTruncating(Reference.TinyBound);

    private static void Put<TValue>(TValue* values, int low, int high, TValue value)
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
    {
        bool isMissing = TValue.IsNaN(value);
        values[low] = isMissing ? TValue.NegativeInfinity : value;
        values[high] = isMissing ? TValue.PositiveInfinity : value;
    }
}
