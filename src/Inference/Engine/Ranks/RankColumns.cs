using System;
using System.Collections.Generic;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The distinct thresholds of neighbouring trees, by columns: feature f at 2 f, and at 2 f + 1 where zero is missing.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal sealed class RankColumns<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const byte Low = 1;
    private const byte High = 2;
    private const byte Codes = 4;
    private const byte TruncatedCodes = 8;

    // Only the columns in use have a place: a file may claim more features than it has bytes. The thresholds of place p lie
    // from _starts[p] to _starts[p] + _counts[p], ascending, each once.
    private readonly int[] _keys;
    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly byte[] _uses;
    private readonly T[] _thresholds;

    /// <summary>Collects the thresholds of trees, deep ones left out.</summary>
    public RankColumns(Forest forest, int firstTree, int endTree, bool[] isDeep)
    {
        _keys = KeysOf(forest, firstTree, endTree, isDeep);
        int keys = _keys.Length;
        _starts = new int[keys + 1];
        _counts = new int[keys];
        _uses = new byte[keys];
        for (int tree = firstTree; tree < endTree; tree++)
        {
            foreach (ref readonly Node node in isDeep[tree] ? [] : forest.Trees[tree].Nodes.AsSpan())
            {
                if (!node.IsLeaf && RankSplit<T>.TryFrom(node, out RankSplit<T> split))
                {
                    _starts[PlaceOf(split) + 1]++;
                }
            }
        }

        for (int key = 0; key < keys; key++)
        {
            _starts[key + 1] += _starts[key];
        }

        _thresholds = new T[_starts[keys]];
        for (int tree = firstTree; tree < endTree; tree++)
        {
            if (!isDeep[tree])
            {
                Collect(forest.Trees[tree]);
            }
        }

        for (int key = 0; key < keys; key++)
        {
            _counts[key] = SortOut(_thresholds.AsSpan(_starts[key], _counts[key]));
            Most = Math.Max(Most, _counts[key]);
        }
    }

    /// <summary>The most thresholds of a column.</summary>
    public int Most { get; }

    /// <summary>Whether two thresholds of a column are one in float32.</summary>
    public bool HasTies { get; private set; }

    /// <summary>Lays out the byte columns and their tables.</summary>
    public RankGroup Close(Forest forest, int firstTree, int endTree, int setColumns, List<float> singles, List<double> doubles)
    {
        int next = 0;
        List<RankColumn> columns = [];
        List<CodeColumn> codes = [];
        for (int key = 0; key < _uses.Length; key++)
        {
            if ((_uses[key] & (Low | High)) != 0)
            {
                int feature = _keys[key] / 2;
                ReadOnlySpan<T> sorted = _thresholds.AsSpan(_starts[key], _counts[key]);
                bool zeroIsMissing = (_keys[key] & 1) != 0;
                int levels = RankKernel.LevelsFor(sorted.Length);
                columns.Add(new RankColumn(
                    feature,
                    zeroIsMissing,
                    forest.TinyIsZero && !zeroIsMissing && HasTiny(sorted),
                    (_uses[key] & Low) != 0 ? next++ : -1,
                    (_uses[key] & High) != 0 ? next++ : -1,
                    levels,
                    AddTables(sorted, levels, singles, doubles)));
            }
        }

        int rankColumns = next;
        for (int key = 0; key < _uses.Length; key++)
        {
            for (int kind = Codes; kind <= TruncatedCodes; kind *= 2)
            {
                if ((_uses[key] & kind) != 0)
                {
                    codes.Add(new CodeColumn(_keys[key] / 2, kind == TruncatedCodes, next));
                    next += 2;
                }
            }
        }

        return new RankGroup
        {
            FirstTree = firstTree,
            EndTree = endTree,
            Columns = [.. columns],
            Codes = [.. codes],
            ByteColumns = next + setColumns,
            RankColumns = rankColumns,
            Tiles = [.. Tiles(forest.FeatureCount, columns, codes)],
        };
    }

    /// <summary>The byte column and the number of a split's threshold, in a closed group.</summary>
    public (int Column, int Number) Find(RankGroup group, in RankSplit<T> split)
    {
        int low = 0;
        int high = group.Columns.Length - 1;
        int key = split.Key;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = group.Columns[middle].Key < key ? (middle + 1, high) : (low, middle);
        }

        ref readonly RankColumn column = ref group.Columns[low];
        int place = PlaceOf(split);
        return (split.MissingGoesRight ? column.High : column.Low, _thresholds.AsSpan(_starts[place], _counts[place]).BinarySearch(split.Threshold));
    }

    /// <summary>The smallest float that is not below a threshold: a float is at or above one exactly where it is at or above the other.</summary>
    public static float RoundUp(T threshold)
    {
        double exact = double.CreateTruncating(threshold);
        float nearest = (float)exact;
        return nearest < exact ? float.BitIncrement(nearest) : nearest;
    }

    private static int[] KeysOf(Forest forest, int firstTree, int endTree, bool[] isDeep)
    {
        HashSet<int> keys = [];
        for (int tree = firstTree; tree < endTree; tree++)
        {
            foreach (ref readonly Node node in isDeep[tree] ? [] : forest.Trees[tree].Nodes.AsSpan())
            {
                if (!node.IsLeaf)
                {
                    keys.Add(RankSplit<T>.TryFrom(node, out RankSplit<T> split) ? split.Key : 2 * node.Feature);
                }
            }
        }

        int[] sorted = [.. keys];
        Array.Sort(sorted);
        return sorted;
    }

    private int PlaceOf(in RankSplit<T> split) => Array.BinarySearch(_keys, split.Key);

    private void Collect(Tree tree)
    {
        foreach (ref readonly Node node in tree.Nodes.AsSpan())
        {
            if (node.IsLeaf)
            {
                continue;
            }

            if (!RankSplit<T>.TryFrom(node, out RankSplit<T> split))
            {
                _uses[Array.BinarySearch(_keys, 2 * node.Feature)] |= node.Test == NodeTest.TruncatedCodeInSet ? TruncatedCodes : Codes;
                continue;
            }

            int key = PlaceOf(split);
            _thresholds[_starts[key] + _counts[key]++] = split.Threshold;
            _uses[key] |= split.MissingGoesRight ? High : Low;
        }
    }

    /// <summary>Sorts, and moves the distinct ones to the front.</summary>
    private static int SortOut(Span<T> thresholds)
    {
        thresholds.Sort();
        int count = 0;
        foreach (T threshold in thresholds)
        {
            if (count == 0 || thresholds[count - 1] != threshold)
            {
                thresholds[count++] = threshold;
            }
        }

        return count;
    }

    private static bool HasTiny(ReadOnlySpan<T> thresholds)
    {
        foreach (T threshold in thresholds)
        {
            if (RankSplit<T>.IsTiny(threshold))
            {
                return true;
            }
        }

        return false;
    }

    private int AddTables(ReadOnlySpan<T> sorted, int levels, List<float> singles, List<double> doubles)
    {
        int start = singles.Count;
        int length = RankKernel.TableLength(levels);
        Span<float> rounded = stackalloc float[RankKernel.MaxThresholds];
        Span<float> single = stackalloc float[RankKernel.MaxThresholds + 1];
        for (int i = 0; i < sorted.Length; i++)
        {
            rounded[i] = RoundUp(sorted[i]);
            HasTies |= i > 0 && rounded[i] == rounded[i - 1];
        }

        RankKernel.FillTable<float>(rounded[..sorted.Length], levels, single[..length]);
        singles.AddRange(single[..length]);
        if (typeof(T) == typeof(double))
        {
            Span<T> real = stackalloc T[RankKernel.MaxThresholds + 1];
            RankKernel.FillTable(sorted, levels, real[..length]);
            doubles.AddRange(System.Runtime.InteropServices.MemoryMarshal.Cast<T, double>(real[..length]));
        }

        return start;
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
}
