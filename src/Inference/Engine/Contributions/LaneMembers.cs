using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Inference.Engine.Contributions;

/// <summary>Members of one class side by side; where they do not fill a register the last one does.</summary>
internal readonly struct LaneMembers
{
    private readonly int _lanes;
    private readonly List<int> _members = [];

    /// <summary>Sorts members by their classes, and among those by their numbers; those of class 0 are left out.</summary>
    public LaneMembers(int lanes, ReadOnlySpan<int> classes)
    {
        _lanes = lanes;
        long[] order = new long[classes.Length];
        for (int member = 0; member < classes.Length; member++)
        {
            order[member] = ((long)classes[member] << 32) | (uint)member;
        }

        Array.Sort(order);
        for (int i = 0; i < order.Length; i++)
        {
            if (order[i] >> 32 == 0)
            {
                continue;
            }

            while (_members.Count % lanes > 0 && order[i] >> 32 != order[i - 1] >> 32)
            {
                _members.Add(_members[^1]);
            }

            _members.Add((int)order[i]);
        }

        while (_members.Count % lanes > 0)
        {
            _members.Add(_members[^1]);
        }
    }

    /// <summary>How many registers.</summary>
    public int Count => _members.Count / _lanes;

    /// <summary>The members of a register.</summary>
    public ReadOnlySpan<int> this[int register] => CollectionsMarshal.AsSpan(_members).Slice(register * _lanes, _lanes);
}
