using System;
using System.Collections.Generic;
using System.Numerics;
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

    /// <summary>The bits of all categories, and for each group where they are.</summary>
    /// <param name="sets">For each set the categories that go left, <see cref="SetKernel.SetBytes"/> each.</param>
    public AlignedArray<byte> BuildBits(ReadOnlySpan<byte> sets)
    {
        int length = 0;
        foreach ((RankGroup group, List<int>[] columns) in _groups)
        {
            group.Categories = new CategoryTable[columns.Length];
            for (int column = 0; column < columns.Length; column++)
            {
                int bound = 0;
                foreach (int set in columns[column])
                {
                    bound = Math.Max(bound, set == NoSet ? 0 : BoundOf(sets.Slice(set * SetKernel.SetBytes, SetKernel.SetBytes)));
                }

                // A read takes eight bytes, wherever in a category's bits it begins.
                group.Categories[column] = new CategoryTable(length, (columns[column].Count / 8) + sizeof(ulong), bound);
                length = checked(length + (group.Categories[column].Categories * group.Categories[column].Pitch));
            }
        }

        AlignedArray<byte> bits = new(length);
        Span<byte> all = bits.Span;
        foreach ((RankGroup group, List<int>[] columns) in _groups)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                CategoryTable table = group.Categories[column];
                for (int split = 0; split < columns[column].Count; split++)
                {
                    if (columns[column][split] == NoSet)
                    {
                        continue;
                    }

                    ReadOnlySpan<byte> set = sets.Slice(columns[column][split] * SetKernel.SetBytes, SetKernel.SetBytes);
                    for (int category = 0; category < table.Categories; category++)
                    {
                        int code = table.CodeOf(category);
                        bool isOutside = (set[code >> 3] & (1 << (code & 7))) == 0;
                        all[table.First + (category * table.Pitch) + (split >> 3)] |= (byte)(isOutside ? 1 << (split & 7) : 0);
                    }
                }
            }
        }

        return bits;
    }

    /// <summary>The code behind the last one that goes left.</summary>
    private static int BoundOf(ReadOnlySpan<byte> set)
    {
        // The last byte holds two codes that are no categories.
        int top = set[^1] & ((1 << (SetKernel.CodeLimit & 7)) - 1);
        int last = top != 0 ? set.Length - 1 : set[..^1].LastIndexOfAnyExcept((byte)0);
        return last < 0 ? 0 : (8 * last) + BitOperations.Log2(top != 0 ? (uint)top : set[last]) + 1;
    }
}
