using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <content>Byte columns, and the masks of splits.</content>
internal sealed partial class RankColumns<T>
{
    // Of each threshold the masks of its splits: of those that send missing values left, and right.
    private ushort[] _masks = [];

    // What the splits of each numeric mask compare.
    private SplitCompare[] _compares = [];
    private int _maskCount;

    /// <summary>The different numeric splits in the order of their masks, those of each key that send missing values to the same side beside each other.</summary>
    public IEnumerable<(int Key, bool MissingGoesRight, List<T> Thresholds)> Splits()
    {
        List<T> thresholds = [];
        for (int place = 0; place < _keys.Length; place++)
        {
            for (MissingSides side = MissingSides.Left; side <= MissingSides.Right; side++)
            {
                thresholds.Clear();
                for (int number = _starts[place]; number < _starts[place] + _counts[place]; number++)
                {
                    if ((_sides[number] & side) != 0)
                    {
                        thresholds.Add(_thresholds[number]);
                    }
                }

                if (thresholds.Count > 0)
                {
                    yield return (_keys[place], side == MissingSides.Right, thresholds);
                }
            }
        }
    }

    /// <summary>Lays out the byte columns, their tables and masks.</summary>
    /// <param name="forest">The forest.</param>
    /// <param name="firstTree">The first tree.</param>
    /// <param name="endTree">The tree behind the last.</param>
    /// <param name="firstSet">The set tests of groups before.</param>
    /// <param name="tables">What the groups have in common.</param>
    public RankGroup Close(Forest forest, int firstTree, int endTree, int firstSet, RankTables tables)
    {
        int next = 0;
        int firstMaskColumn = tables.MaskColumns.Count;
        int firstNumber = tables.MaskNumbers.Count;
        _masks = new ushort[2 * _thresholds.Length];
        _compares = new SplitCompare[CountMasks()];
        List<RankColumn> columns = new(_keys.Length);
        List<int> exact = [];
        for (int place = 0; place < _uses.Length; place++)
        {
            if (_uses[place].Sides == MissingSides.None)
            {
                continue;
            }

            ReadOnlySpan<T> sorted = _thresholds.AsSpan(_starts[place], _counts[place]);
            int levels = RankKernel.LevelsFor(sorted.Length);

            // More columns than 16 bits count are refused later.
            ushort low = _uses[place].Sides.HasFlag(MissingSides.Left) ? (ushort)next++ : RankColumn.None;
            AddMasks(place, low, MissingSides.Left, tables);
            ushort high = _uses[place].Sides.HasFlag(MissingSides.Right) ? (ushort)next++ : RankColumn.None;
            AddMasks(place, high, MissingSides.Right, tables);
            TinyRule tiny = (_keys[place] & 1) != 0 ? TinyRule.Missing : forest.TinyIsZero && HasTiny(sorted) ? TinyRule.Zero : TinyRule.Keep;
            columns.Add(new RankColumn(_keys[place] / 2, tiny, low, high, (byte)levels, tables.Singles.Count));
            AddTable(sorted, levels, tables.Singles);
            if (typeof(T) == typeof(double))
            {
                exact.Add(AddExact(MemoryMarshal.Cast<T, double>(sorted), tables.Doubles));
            }
        }

        int rankColumns = next;
        int sets = 0;
        List<CodeColumn> codes = [];
        List<CategoryTable> categories = [];
        for (int place = 0; place < _uses.Length; place++)
        {
            foreach (CodeRule rule in (ReadOnlySpan<CodeRule>)[CodeRule.Whole, CodeRule.Truncated, CodeRule.Exact])
            {
                (int count, int bound) = _uses[place].SetsOf(rule);
                if (count > 0)
                {
                    codes.Add(new CodeColumn(_keys[place] / 2, rule, next, bound));
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
            FirstMaskColumn = firstMaskColumn,
            MaskColumns = tables.MaskColumns.Count - firstMaskColumn,
            FirstNumber = firstNumber,
            NumericMasks = _compares.Length,
            Tiles = [.. RankTile.Of(forest.FeatureCount, columns, codes)],
        };
    }

    /// <summary>What a tree's splits ask, in closed columns.</summary>
    /// <param name="index">The tree's number in the forest.</param>
    /// <param name="masks">Receives the mask of each numeric split.</param>
    /// <param name="compares">Receives what each compares; of a set test <see cref="SplitCompare.Never"/>.</param>
    public void Find(int index, Span<ushort> masks, Span<SplitCompare> compares)
    {
        ReadOnlySpan<int> asked = _asked.AsSpan(_firstSplits[index - _firstTree], masks.Length);
        for (int split = 0; split < asked.Length; split++)
        {
            if (asked[split] == AsksSet)
            {
                compares[split] = SplitCompare.Never;
                continue;
            }

            masks[split] = _masks[asked[split]];
            compares[split] = _compares[masks[split] - PlaneStep.FirstMask];
        }
    }

    private int CountMasks()
    {
        int masks = 0;
        for (int place = 0; place < _keys.Length; place++)
        {
            foreach (MissingSides sides in _sides.AsSpan(_starts[place], _counts[place]))
            {
                masks += BitOperations.PopCount((uint)sides);
            }
        }

        return masks;
    }

    /// <summary>Numbers the masks of a byte column.</summary>
    private void AddMasks(int place, ushort column, MissingSides side, RankTables tables)
    {
        if (column == RankColumn.None)
        {
            return;
        }

        int first = _maskCount;
        int isRight = side == MissingSides.Right ? 1 : 0;
        for (int number = 0; number < _counts[place]; number++)
        {
            int threshold = _starts[place] + number;
            if ((_sides[threshold] & side) != 0)
            {
                _masks[(2 * threshold) + isRight] = checked((ushort)(PlaneStep.FirstMask + _maskCount));
                _compares[_maskCount++] = new SplitCompare(column, (byte)number);
                tables.MaskNumbers.Add((byte)number);
            }
        }

        tables.MaskColumns.Add(new MaskColumn(column, (byte)(_maskCount - first)));
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

    /// <summary>Adds the thresholds in float64, behind their head, and says where a NaN stands before them.</summary>
    private static int AddExact(ReadOnlySpan<double> sorted, List<double> doubles)
    {
        // What no value reaches is not compared.
        ReadOnlySpan<double> thresholds = sorted.Length > 0 && double.IsNaN(sorted[^1]) ? sorted[..^1] : sorted;
        int start = doubles.Count;
        int head = RowRankKernel.HeadLength(thresholds.Length);
        CollectionsMarshal.SetCount(doubles, start + head);
        RowRankKernel.FillHead(thresholds, CollectionsMarshal.AsSpan(doubles)[start..]);
        doubles.AddRange(thresholds);
        return start + head - 1;
    }
}
