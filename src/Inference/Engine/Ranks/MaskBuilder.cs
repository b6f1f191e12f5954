using System;
using System.Collections.Generic;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Numbers the masks that the splits of a group need, each once.</summary>
internal sealed class MaskBuilder
{
    /// <summary>Masks are numbered from here on until a group is closed: smaller planes are constants and slots.</summary>
    public const int First = 256;

    /// <summary>The most masks of a group: planes are numbered by 16 bits.</summary>
    public const int Most = ushort.MaxValue - First;

    private int[] _firstSets = [];
    private int[] _setMasks = [];
    private readonly List<MaskColumn> _columns = [];
    private readonly List<byte> _numbers = [];
    private RankGroup _group = null!;
    private int[] _starts = [];
    private int[] _maskOf = [];
    private int _count;

    /// <summary>The numbers of thresholds of all groups.</summary>
    public List<byte> Numbers => _numbers;

    /// <summary>The masked columns of all groups.</summary>
    public List<MaskColumn> Columns => _columns;

    /// <summary>Begins a group.</summary>
    public void Open(RankGroup group)
    {
        _group = group;
        _starts = new int[group.RankColumns + 1];
        foreach (ref readonly RankColumn column in group.Columns.AsSpan())
        {
            // Low columns and high ones are numbered as they come.
            foreach (ushort place in (ReadOnlySpan<ushort>)[column.Low, column.High])
            {
                if (place != RankColumn.None)
                {
                    _starts[place + 1] = checked(_starts[place] + (1 << column.Levels));
                }
            }
        }

        _maskOf = new int[_starts[^1]];
        Array.Fill(_maskOf, -1);
        _count = 0;
        _firstSets = new int[group.Categories.Length];
        int sets = 0;
        for (int column = 0; column < _firstSets.Length; column++)
        {
            _firstSets[column] = sets;
            sets += group.Categories[column].Masks;
        }

        _setMasks = new int[sets];
        Array.Fill(_setMasks, -1);
    }

    /// <summary>The mask of a numeric split.</summary>
    public ushort Of(SplitCompare compare)
    {
        ref int mask = ref _maskOf[_starts[compare.Column] + compare.Number];
        return checked((ushort)(First + (mask < 0 ? mask = _count++ : mask)));
    }

    /// <summary>The mask of a set test, by its number among the masks of a column of codes.</summary>
    public ushort OfSet(int column, int number)
    {
        ref int mask = ref _setMasks[_firstSets[column] + number];
        return checked((ushort)(First + (mask < 0 ? mask = _count++ : mask)));
    }

    /// <summary>Ends a group.</summary>
    /// <returns>For each mask its place: by columns and thresholds, those of sets behind them.</returns>
    public ReadOnlySpan<int> Close()
    {
        int[] order = new int[_count];
        int next = 0;
        _group.FirstMaskColumn = _columns.Count;
        _group.FirstNumber = _numbers.Count;
        for (int column = 0; column < _group.RankColumns; column++)
        {
            int first = next;
            for (int place = _starts[column]; place < _starts[column + 1]; place++)
            {
                if (_maskOf[place] >= 0)
                {
                    order[_maskOf[place]] = next++;
                    _numbers.Add((byte)(place - _starts[column]));
                }
            }

            if (next > first)
            {
                _columns.Add(new MaskColumn((ushort)column, (byte)(next - first)));
            }
        }

        _group.MaskColumns = _columns.Count - _group.FirstMaskColumn;
        _group.NumericMasks = next;
        foreach (int mask in _setMasks)
        {
            order[mask] = next++;
        }

        return order;
    }
}
