using System.Collections.Generic;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Says where a single row finds the answers of the sets that a register tests.</summary>
internal sealed class RowSetBuilder
{
    /// <summary>So few features are all asked for every register that tests sets: a loop of one length is never guessed wrong.</summary>
    private const int FewColumns = 4;

    private readonly List<RowSets> _sets = [];
    private readonly List<(int Column, int Place, int Number)> _register = [];
    private int _columns;
    private int _first;

    /// <summary>Begins a group.</summary>
    public void Open(RankGroup group)
    {
        _columns = group.Codes.Length;
        Begin();
    }

    /// <summary>Begins a register.</summary>
    public void Begin()
    {
        _register.Clear();
        _first = _sets.Count;
    }

    /// <summary>Goes on with the register before: one more tree is to have its sets in common with those that stand there.</summary>
    public void Resume() => _sets.RemoveRange(_first, _sets.Count - _first);

    /// <summary>Notes a split that tests a set.</summary>
    /// <param name="place">Its place among the splits that are decided together, below 64.</param>
    /// <param name="column">Its column of codes.</param>
    /// <param name="number">The set's number among those of the column; the next place's is the next number.</param>
    public void Note(int place, int column, int number) => _register.Add((column, place, number));

    /// <summary>Lays the sets of the trees out since <see cref="Begin"/>, and returns where they are.</summary>
    public (int First, int Count) Close()
    {
        if (_register.Count == 0)
        {
            return (_first, 0);
        }

        _register.Sort();
        int lastColumn = -1;
        int end = 0;
        foreach ((int column, int place, int number) in _register)
        {
            // One read takes 64 bits from the byte on in which the first of them is.
            if (column != lastColumn || number >= end)
            {
                _sets.Add(new RowSets { Column = checked((ushort)column), FirstBit = (uint)number });
                (lastColumn, end) = (column, (number / 8 * 8) + 64);
            }

            _sets[^1] = _sets[^1] with { Places = _sets[^1].Places | (1UL << place) };
        }

        while (_columns <= FewColumns && _sets.Count < _first + _columns)
        {
            _sets.Add(default);
        }

        return (_first, _sets.Count - _first);
    }

    /// <summary>The sets of all trees.</summary>
    public AlignedArray<RowSets> BuildSets() => AlignedArray<RowSets>.Of([.. _sets]);
}
