using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Collects the thresholds of trees by column, until a column would have more than a byte can count.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal sealed class RankColumns<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly SortedDictionary<(int Feature, bool ZeroIsMissing), Collected> _columns = [];
    private readonly SortedSet<(int Feature, bool Truncates)> _codes = [];
    private T[][] _thresholds = [];

    /// <summary>Whether nothing has been taken in.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>Takes in a tree's splits, or nothing where that would overfill a column.</summary>
    public bool TryAdd(Tree tree)
    {
        List<(HashSet<T> Set, T Threshold)> added = [];
        foreach (ref readonly Node node in tree.Nodes.AsSpan())
        {
            if (node.IsLeaf)
            {
                continue;
            }

            if (!RankSplit<T>.TryFrom(node, out RankSplit<T> split))
            {
                _codes.Add((node.Feature, node.Test == NodeTest.TruncatedCodeInSet));
                continue;
            }

            (int, bool) key = (split.Feature, split.ZeroIsMissing);
            if (!_columns.TryGetValue(key, out Collected? column))
            {
                _columns.Add(key, column = new Collected());
            }

            if (column.Thresholds.Add(split.Threshold))
            {
                added.Add((column.Thresholds, split.Threshold));
                if (column.Thresholds.Count > RankKernel.MaxThresholds)
                {
                    added.ForEach(entry => entry.Set.Remove(entry.Threshold));
                    return false;
                }
            }

            column.NeedsLow |= !split.MissingGoesRight;
            column.NeedsHigh |= split.MissingGoesRight;
        }

        IsEmpty = false;
        return true;
    }

    /// <summary>Whether two thresholds of a column are one in float32.</summary>
    public bool HasTies { get; private set; }

    /// <summary>Lays out the byte columns and their tables.</summary>
    public RankGroup Close(Forest forest, int firstTree, int endTree, List<float> singles, List<double> doubles)
    {
        int next = 0;
        List<RankColumn> columns = [];
        List<T[]> thresholds = [];
        foreach (((int feature, bool zeroIsMissing), Collected collected) in _columns)
        {
            T[] sorted = [.. collected.Thresholds];
            Array.Sort(sorted);
            int levels = RankKernel.LevelsFor(sorted.Length);
            int table = AddTables(sorted, levels, singles, doubles);
            bool fixesTiny = forest.TinyIsZero && !zeroIsMissing && Array.Exists(sorted, IsTiny);
            columns.Add(new RankColumn(
                feature, zeroIsMissing, fixesTiny, collected.NeedsLow ? next++ : -1, collected.NeedsHigh ? next++ : -1, levels, table, sorted.Length));
            thresholds.Add(sorted);
        }

        List<CodeColumn> codes = [];
        foreach ((int feature, bool truncates) in _codes)
        {
            codes.Add(new CodeColumn(feature, truncates, next));
            next += 2;
        }

        int sets = 0;
        for (int tree = firstTree; tree < endTree; tree++)
        {
            Tree current = forest.Trees[tree];
            sets = Math.Max(sets, current.Nodes.Count(node => RankSplit<T>.IsSet(current, node)));
        }

        _thresholds = [.. thresholds];
        return new RankGroup
        {
            FirstTree = firstTree,
            EndTree = endTree,
            Columns = [.. columns],
            Codes = [.. codes],
            ByteColumns = next + sets,
            Tiles = [.. Tiles(forest.FeatureCount, columns, codes)],
        };
    }

    /// <summary>The byte column and the number of a split's threshold, in a closed group.</summary>
    public (int Column, int Number) Find(RankGroup group, RankSplit<T> split)
    {
        int low = 0;
        int high = group.Columns.Length - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            RankColumn candidate = group.Columns[middle];
            bool isBefore = candidate.Feature < split.Feature || (candidate.Feature == split.Feature && !candidate.ZeroIsMissing && split.ZeroIsMissing);
            (low, high) = isBefore ? (middle + 1, high) : (low, middle);
        }

        RankColumn column = group.Columns[low];
        return (split.MissingGoesRight ? column.High : column.Low, Array.BinarySearch(_thresholds[low], split.Threshold));
    }

    private static bool IsTiny(T threshold) => double.CreateTruncating(threshold) is > -Reference.TinyBound and <= Reference.TinyBound;

    private int AddTables(T[] sorted, int levels, List<float> singles, List<double> doubles)
    {
        int start = singles.Count;
        int length = RankKernel.TableLength(levels);
        float[] rounded = Array.ConvertAll(sorted, RoundUp);
        float[] single = new float[length];
        for (int i = 1; i < rounded.Length; i++)
        {
            HasTies |= rounded[i] == rounded[i - 1];
        }

        RankKernel.FillTable<float>(rounded, levels, single);
        singles.AddRange(single);
        if (typeof(T) == typeof(double))
        {
            double[] real = new double[length];
            RankKernel.FillTable<double>(Array.ConvertAll(sorted, threshold => double.CreateTruncating(threshold)), levels, real);
            doubles.AddRange(real);
        }

        return start;
    }

    /// <summary>The smallest float that is not below a threshold: a float is at or above one exactly where it is at or above the other.</summary>
    public static float RoundUp(T threshold)
    {
        double exact = double.CreateTruncating(threshold);
        float nearest = (float)exact;
        return nearest < exact ? float.BitIncrement(nearest) : nearest;
    }

    private static IEnumerable<RankTile> Tiles(int features, List<RankColumn> columns, List<CodeColumn> codes)
    {
        int column = 0;
        int code = 0;
        while (column < columns.Count || code < codes.Count)
        {
            int first = Math.Min(column < columns.Count ? columns[column].Feature : int.MaxValue, code < codes.Count ? codes[code].Feature : int.MaxValue);

            // A whole tile is faster than a part of one, even if it begins with features of the tile before.
            int start = Math.Max(0, Math.Min(first, features - TransposeKernel.TileColumns));
            int width = Math.Min(TransposeKernel.TileColumns, features - start);
            int endColumn = column;
            while (endColumn < columns.Count && columns[endColumn].Feature < start + width)
            {
                endColumn++;
            }

            int endCode = code;
            while (endCode < codes.Count && codes[endCode].Feature < start + width)
            {
                endCode++;
            }

            yield return new RankTile(start, width, column, endColumn, code, endCode);
            (column, code) = (endColumn, endCode);
        }
    }

    private sealed class Collected
    {
        public HashSet<T> Thresholds { get; } = [];

        public bool NeedsLow { get; set; }

        public bool NeedsHigh { get; set; }
    }
}
