using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The distinct thresholds of neighbouring trees, by columns: feature f at 2 f, and at 2 f + 1 where zero is missing.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal sealed class RankColumns<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    // Only the columns in use have a place: a file may claim more features than it has bytes. Places are numbered by keys,
    // ascending. The thresholds of place p lie from _starts[p] to _starts[p] + _counts[p], ascending, each once.
    private readonly int[] _keys;
    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly KeyUse[] _uses;
    private readonly T[] _thresholds;

    // Of each numeric split, in the order of trees and nodes, what it compares, so that no split is looked up twice: the number
    // of its threshold in a table that is read once, and whether it sends missing values right.
    private readonly int[] _splits;
    private readonly int[] _firstSplits;
    private readonly int _firstTree;

    // Of each threshold in that table its place, and its number among the sorted ones of the place.
    private readonly (int Place, int Number)[] _places;

    // The byte columns of each place, once closed.
    private (ushort Low, ushort High)[] _columns = [];

    /// <summary>Collects the thresholds of trees, deep ones left out.</summary>
    /// <param name="forest">The forest.</param>
    /// <param name="firstTree">The first tree.</param>
    /// <param name="endTree">The tree behind the last.</param>
    /// <param name="isDeep">Which trees are deep.</param>
    /// <param name="table">Working memory; what it holds is forgotten.</param>
    public RankColumns(Forest forest, int firstTree, int endTree, bool[] isDeep, ThresholdTable<T> table)
    {
        table.Clear();
        _firstTree = firstTree;
        _firstSplits = new int[endTree - firstTree];
        int most = 0;
        for (int tree = firstTree; tree < endTree; tree++)
        {
            _firstSplits[tree - firstTree] = most;
            most += isDeep[tree] ? 0 : forest.Trees[tree].Nodes.Length / 2;
        }

        _splits = GC.AllocateUninitializedArray<int>(most);
        Dictionary<int, KeyUse> keys = [];
        for (int tree = firstTree; tree < endTree; tree++)
        {
            if (!isDeep[tree] && !TryCollect(forest.Trees[tree], _splits.AsSpan(_firstSplits[tree - firstTree]), table, keys))
            {
                // Nothing of it will be asked for.
                (_keys, _uses, _starts, _counts, _thresholds, _places) = ([], [], [], [], [], []);
                return;
            }
        }

        ReadOnlySpan<ThresholdTable<T>.Entry> entries = table.Entries;
        for (int number = 0; number < entries.Length; number++)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(keys, entries[number].Key, out _).Sides |= table.Sides[number];
        }

        Masks += table.Masks;
        _keys = [.. keys.Keys];
        Array.Sort(_keys);
        _uses = new KeyUse[_keys.Length];
        _starts = new int[_keys.Length + 1];
        _counts = new int[_keys.Length];
        for (int place = 0; place < _keys.Length; place++)
        {
            ref KeyUse use = ref CollectionsMarshal.GetValueRefOrNullRef(keys, _keys[place]);
            use.Place = place;
            _uses[place] = use;
        }

        int[] placeOf = new int[entries.Length];
        for (int number = 0; number < entries.Length; number++)
        {
            placeOf[number] = keys[entries[number].Key].Place;
            _starts[placeOf[number] + 1]++;
        }

        for (int place = 0; place < _keys.Length; place++)
        {
            _starts[place + 1] += _starts[place];
        }

        _thresholds = new T[entries.Length];
        int[] numbers = new int[entries.Length];
        for (int number = 0; number < entries.Length; number++)
        {
            int place = placeOf[number];
            int next = _starts[place] + _counts[place]++;
            (_thresholds[next], numbers[next]) = (entries[number].Threshold, number);
        }

        bool isCrowded = false;
        _places = new (int, int)[entries.Length];
        for (int place = 0; place < _keys.Length; place++)
        {
            SortOut(place, numbers);
            isCrowded |= _counts[place] > RankKernel.MaxThresholds;
        }

        Fits = !isCrowded && Masks <= MaskBuilder.Most;
    }

    /// <summary>The masks that splits need: one for each threshold and side of missing values; equal sets are not known yet, nor that zero has two signs.</summary>
    public int Masks { get; private set; }

    /// <summary>Whether bytes count the thresholds of every column, and 16 bits all masks.</summary>
    public bool Fits { get; }

    /// <summary>Whether two thresholds of a column are one in float32.</summary>
    public bool HasTies { get; private set; }

    /// <summary>Lays out the byte columns and their tables.</summary>
    /// <param name="forest">The forest.</param>
    /// <param name="firstTree">The first tree.</param>
    /// <param name="endTree">The tree behind the last.</param>
    /// <param name="firstSet">The set tests of groups before.</param>
    /// <param name="singles">The search tables of all groups.</param>
    /// <param name="doubles">The thresholds in float64 of all groups.</param>
    public RankGroup Close(Forest forest, int firstTree, int endTree, int firstSet, List<float> singles, List<double> doubles)
    {
        int next = 0;
        List<RankColumn> columns = [];
        List<int> exact = [];
        List<CodeColumn> codes = [];
        List<CategoryTable> categories = [];
        int sets = 0;
        _columns = new (ushort, ushort)[_keys.Length];
        for (int key = 0; key < _uses.Length; key++)
        {
            if (_uses[key].Sides != MissingSides.None)
            {
                int feature = _keys[key] / 2;
                ReadOnlySpan<T> sorted = _thresholds.AsSpan(_starts[key], _counts[key]);
                int levels = RankKernel.LevelsFor(sorted.Length);

                // More columns than 16 bits count are refused later.
                ushort low = _uses[key].Sides.HasFlag(MissingSides.Left) ? (ushort)next++ : RankColumn.None;
                ushort high = _uses[key].Sides.HasFlag(MissingSides.Right) ? (ushort)next++ : RankColumn.None;
                _columns[key] = (low, high);
                TinyRule tiny = (_keys[key] & 1) != 0 ? TinyRule.Missing : forest.TinyIsZero && HasTiny(sorted) ? TinyRule.Zero : TinyRule.Keep;
                columns.Add(new RankColumn(feature, tiny, low, high, (byte)levels, singles.Count));
                AddTable(sorted, levels, singles);
                if (typeof(T) == typeof(double))
                {
                    // What no value reaches is not compared.
                    ReadOnlySpan<double> thresholds = MemoryMarshal.Cast<T, double>(sorted.Length > 0 && T.IsNaN(sorted[^1]) ? sorted[..^1] : sorted);
                    int start = doubles.Count;
                    int head = RowRankKernel.HeadLength(thresholds.Length);
                    CollectionsMarshal.SetCount(doubles, start + head);
                    RowRankKernel.FillHead(thresholds, CollectionsMarshal.AsSpan(doubles)[start..]);
                    doubles.AddRange(thresholds);
                    exact.Add(start + head - 1);
                }
            }
        }

        int rankColumns = next;
        for (int key = 0; key < _uses.Length; key++)
        {
            foreach (CodeRule rule in (ReadOnlySpan<CodeRule>)[CodeRule.Whole, CodeRule.Truncated, CodeRule.Exact])
            {
                (int count, int bound) = _uses[key].SetsOf(rule);
                if (count > 0)
                {
                    codes.Add(new CodeColumn(_keys[key] / 2, rule, next, bound));
                    categories.Add(new CategoryTable(firstSet + sets, count, Classes: 0, FirstCategory: 0, Categories: 0, FirstByte: 0, Pitch: 0, Masks: 0, FirstMask: 0));
                    sets += count;
                    next += 2;
                }
            }
        }

        return new RankGroup
        {
            FirstTree = firstTree,
            EndTree = endTree,
            Columns = [.. columns],
            Exact = [.. exact],
            Codes = [.. codes],
            Categories = [.. categories],
            FirstSet = firstSet,
            Sets = sets,
            ByteColumns = next,
            RankColumns = rankColumns,
            Tiles = [.. Tiles(forest.FeatureCount, columns, codes)],
        };
    }

    /// <summary>What a tree's splits compare, in closed columns.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="index">Its number in the forest.</param>
    /// <param name="compares">Receives, for each numeric split, its byte column and the number of its threshold.</param>
    /// <param name="masks">The masks.</param>
    /// <param name="maskOf">Receives the mask of each numeric split.</param>
    public void Find(Tree tree, int index, Span<SplitCompare> compares, MaskBuilder masks, Span<ushort> maskOf)
    {
        int next = _firstSplits[index - _firstTree];
        for (int i = 0; i < tree.Nodes.Length; i++)
        {
            if (tree.Nodes[i].Test is NodeTest.Less or NodeTest.LessOrEqual)
            {
                int split = _splits[next++];
                (int place, int number) = _places[split >> 1];
                SplitCompare compare = new((split & 1) != 0 ? _columns[place].High : _columns[place].Low, (byte)number);
                compares[i] = compare;
                maskOf[i] = masks.Of(compare);
            }
        }
    }

    /// <summary>The smallest float that is not below a threshold: a float is at or above one exactly where it is at or above the other.</summary>
    public static float RoundUp(T threshold) => DoubleRankKernel.RoundUp(double.CreateTruncating(threshold));

    /// <summary>Collects a tree's thresholds; <see langword="false"/> where a column has too many.</summary>
    private bool TryCollect(Tree tree, Span<int> splits, ThresholdTable<T> table, Dictionary<int, KeyUse> keys)
    {
        int next = 0;
        foreach (ref readonly Node node in tree.Nodes.AsSpan())
        {
            if (node.IsLeaf)
            {
                continue;
            }

            if (RankSplit<T>.TryFrom(node, out RankSplit<T> split))
            {
                splits[next++] = (table.Add(split) << 1) | (split.MissingGoesRight ? 1 : 0);

                // Two of them may be one, because zero has two signs.
                if (table.MostOfColumn > RankKernel.MaxThresholds + 1)
                {
                    return false;
                }
            }
            else
            {
                ref KeyUse use = ref CollectionsMarshal.GetValueRefOrAddDefault(keys, 2 * node.Feature, out _);
                ref (int Count, int Bound) sets = ref use.SetsOf(SplitSet.RuleOf(node));
                sets = (sets.Count + 1, Math.Max(sets.Bound, SplitSet.BoundOf(tree, node)));
                Masks++;
            }
        }

        return true;
    }

    /// <summary>Sorts a place's thresholds, moves the distinct ones to the front (zero has two signs), and numbers them.</summary>
    private void SortOut(int place, int[] numbers)
    {
        Span<T> thresholds = _thresholds.AsSpan(_starts[place], _counts[place]);
        Span<int> numbersHere = numbers.AsSpan(_starts[place], _counts[place]);
        thresholds.Sort(numbersHere);
        if (thresholds.Length > 0 && T.IsNaN(thresholds[0]))
        {
            // Sorted before all others, but no value reaches it.
            (T never, int number) = (thresholds[0], numbersHere[0]);
            thresholds[1..].CopyTo(thresholds);
            numbersHere[1..].CopyTo(numbersHere);
            (thresholds[^1], numbersHere[^1]) = (never, number);
        }

        int count = 0;
        for (int i = 0; i < thresholds.Length; i++)
        {
            if (count == 0 || thresholds[count - 1] != thresholds[i])
            {
                thresholds[count++] = thresholds[i];
            }

            _places[numbersHere[i]] = (place, count - 1);
        }

        _counts[place] = count;
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

    private void AddTable(ReadOnlySpan<T> sorted, int levels, List<float> singles)
    {
        int start = singles.Count;
        Span<float> rounded = stackalloc float[RankKernel.MaxThresholds];
        for (int i = 0; i < sorted.Length; i++)
        {
            rounded[i] = RoundUp(sorted[i]);
            HasTies |= i > 0 && rounded[i] == rounded[i - 1];
        }

        CollectionsMarshal.SetCount(singles, start + RankKernel.TableLength(sorted.Length));
        RankKernel.FillTable(rounded[..sorted.Length], levels, CollectionsMarshal.AsSpan(singles)[start..]);
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

    /// <summary>What splits ask of a key.</summary>
    private struct KeyUse
    {
        /// <summary>The sides to which its splits send missing values.</summary>
        public MissingSides Sides;

        /// <summary>Its place among the keys.</summary>
        public int Place;

        private (int Count, int Bound) _whole;
        private (int Count, int Bound) _truncated;
        private (int Count, int Bound) _exact;

        /// <summary>The splits that test sets of codes, and the bound of the codes.</summary>
        [UnscopedRef]
        public ref (int Count, int Bound) SetsOf(CodeRule rule)
        {
            switch (rule)
            {
                case CodeRule.Whole:
                    return ref _whole;
                case CodeRule.Truncated:
                    return ref _truncated;
                default:
                    return ref _exact;
            }
        }
    }
}
