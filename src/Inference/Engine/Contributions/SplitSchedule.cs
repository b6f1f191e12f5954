using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Inference.Engine.Contributions;

/// <summary>Says which splits share registers, parents before their children, such that few lanes are left over: those above the longest way to a leaf first, or else the last registers would be of single splits.</summary>
/// <param name="lanes">The lanes of a register.</param>
/// <param name="classes">The class of each split; splits of one class may share a register.</param>
/// <param name="heights">How many splits are on the longest way from each to a leaf.</param>
internal sealed class SplitSchedule(int lanes, List<int> classes, int[] heights)
{
    // By classes, the splits whose parents have been taken, the highest first.
    private readonly List<PriorityQueue<int, long>> _waiting = [];
    private readonly List<int> _taken = [];

    /// <summary>Adds a split whose parent has been taken.</summary>
    public void Add(int split)
    {
        while (_waiting.Count <= classes[split])
        {
            _waiting.Add(new());
        }

        _waiting[classes[split]].Enqueue(split, ((long)-heights[split] << 32) | (uint)split);
    }

    /// <summary>Takes full registers of a class; where none fills one, what a class has, and its last split for the lanes that are left.</summary>
    /// <param name="registers">The most registers.</param>
    /// <param name="splits">The splits, valid until the next call.</param>
    /// <returns><see langword="false"/> where no split waits.</returns>
    public bool TryTake(int registers, out ReadOnlySpan<int> splits)
    {
        _taken.Clear();
        if (Choose() is { } chosen)
        {
            int count = chosen.Count < lanes ? chosen.Count : Math.Min(chosen.Count / lanes, registers) * lanes;
            while (_taken.Count < count)
            {
                _taken.Add(chosen.Dequeue());
            }

            while (_taken.Count % lanes > 0)
            {
                _taken.Add(_taken[^1]);
            }
        }

        splits = CollectionsMarshal.AsSpan(_taken);
        return _taken.Count > 0;
    }

    private PriorityQueue<int, long>? Choose()
    {
        PriorityQueue<int, long>? best = null;
        long bestRank = -1;
        foreach (PriorityQueue<int, long> waiting in _waiting)
        {
            if (waiting.Count > 0 && Rank(waiting) > bestRank)
            {
                (best, bestRank) = (waiting, Rank(waiting));
            }
        }

        return best;
    }

    /// <summary>Full registers first, then high splits, then many.</summary>
    private long Rank(PriorityQueue<int, long> waiting) =>
        (waiting.Count >= lanes ? 1L << 62 : 0) | ((long)heights[waiting.Peek()] << 32) | (uint)waiting.Count;
}
