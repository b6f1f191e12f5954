using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Turns sets round for single rows: from the categories of a split to the splits of a category.</summary>
internal sealed class RowSetBuilder
{
    /// <summary>So few features are all asked in every tree that tests sets: a loop of one length is never guessed wrong.</summary>
    private const int FewColumns = 4;

    private const int NoSet = -1;

    private readonly List<RowSets> _sets = [];
    private readonly List<(RankGroup Group, List<int>[] Columns)> _groups = [];
    private readonly List<(int Column, int Place, int Set)> _trees = [];
    private int[] _lengths = [];
    private int _first;

    /// <summary>Begins a group.</summary>
    public void Open(RankGroup group)
    {
        List<int>[] columns = new List<int>[group.Codes.Length];
        for (int column = 0; column < columns.Length; column++)
        {
            columns[column] = [];
        }

        _groups.Add((group, columns));
        _lengths = new int[columns.Length];
        Begin();
    }

    /// <summary>Begins a tree.</summary>
    public void Begin()
    {
        _trees.Clear();
        _first = _sets.Count;
        for (int column = 0; column < _lengths.Length; column++)
        {
            _lengths[column] = _groups[^1].Columns[column].Count;
        }
    }

    /// <summary>Goes on with the tree before: one more is to have its sets in common with it.</summary>
    public void Resume()
    {
        _sets.RemoveRange(_first, _sets.Count - _first);
        List<int>[] columns = _groups[^1].Columns;
        for (int column = 0; column < columns.Length; column++)
        {
            columns[column].RemoveRange(_lengths[column], columns[column].Count - _lengths[column]);
        }
    }

    /// <summary>Notes a split of a tree that tests a set.</summary>
    /// <param name="place">Its place among the splits that are decided together, below 64.</param>
    /// <param name="test">The test.</param>
    public void Note(int place, SetStep test) => _trees.Add(((test.Codes - _groups[^1].Group.Codes[0].Codes) / 2, place, test.Set));

    /// <summary>Lays the sets out of the trees since <see cref="Begin"/>, and returns where they are.</summary>
    public (int First, int Count) Close()
    {
        if (_trees.Count == 0)
        {
            return (_first, 0);
        }

        _trees.Sort();
        List<int>[] columns = _groups[^1].Columns;
        int last = -1;
        foreach ((int column, int place, int set) in _trees)
        {
            if (column != last)
            {
                // A tree's splits begin with a byte: 64 of them are one read.
                while (columns[column].Count % 8 != 0)
                {
                    columns[column].Add(NoSet);
                }

                _sets.Add(new RowSets { Column = column, FirstByte = columns[column].Count / 8 });
                last = column;
            }

            _sets[^1] = _sets[^1] with { Places = _sets[^1].Places | (1UL << place) };
            columns[column].Add(set);
        }

        while (columns.Length <= FewColumns && _sets.Count < _first + columns.Length)
        {
            _sets.Add(default);
        }

        return (_first, _sets.Count - _first);
    }

    /// <summary>The sets of all trees.</summary>
    public AlignedArray<RowSets> BuildSets() => AlignedArray<RowSets>.Of([.. _sets]);

    /// <summary>The bits of all codes, and for each group where they are.</summary>
    /// <param name="sets">The codes that go left, set after set.</param>
    public AlignedArray<byte> BuildBits(ReadOnlySpan<byte> sets)
    {
        int length = 0;
        foreach ((RankGroup group, List<int>[] columns) in _groups)
        {
            group.Categories = new CategoryTable[columns.Length];
            for (int column = 0; column < columns.Length; column++)
            {
                // A read takes eight bytes, wherever in a code's bits it begins.
                bool isTested = columns[column].Count > 0;
                group.Categories[column] = new CategoryTable(length, isTested ? (columns[column].Count / 8) + sizeof(ulong) : 0);
                length = checked(length + (isTested ? SetKernel.Codes(group.Codes[column].Bound) * group.Categories[column].Pitch : sizeof(ulong)));
            }
        }

        AlignedArray<byte> bits = new(length);
        foreach ((RankGroup group, List<int>[] columns) in _groups)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                CategoryTable table = group.Categories[column];
                Turn(CollectionsMarshal.AsSpan(columns[column]), sets, SetKernel.Codes(group.Codes[column].Bound), bits.Span[table.First..], table.Pitch);
            }
        }

        return bits;
    }

    /// <summary>Turns the sets of a column's splits round, eight splits and eight codes at a time.</summary>
    private static void Turn(ReadOnlySpan<int> splits, ReadOnlySpan<byte> sets, int codes, Span<byte> bits, int pitch)
    {
        for (int first = 0; first < splits.Length; first += 8)
        {
            for (int code = 0; code < codes; code += 8)
            {
                ulong square = 0;
                for (int i = 0; i < Math.Min(8, splits.Length - first); i++)
                {
                    int set = splits[first + i];
                    byte isIn = set == NoSet ? byte.MaxValue : sets[(set * SetKernel.Unit) + (code / 8)];
                    square |= (ulong)(byte)~isIn << (8 * i);
                }

                square = TurnKernel.Turn(square);
                for (int i = 0; i < Math.Min(8, codes - code); i++)
                {
                    bits[((code + i) * pitch) + (first / 8)] = (byte)(square >> (8 * i));
                }
            }
        }
    }
}
