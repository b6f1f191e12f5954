using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inference.Engine.Ranks;

/// <summary>Thresholds with the key of the column that they belong to, each once, numbered as they come: sorting and searching all splits of a forest would take most of a load.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal sealed class ThresholdTable<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private const int LeastBits = 8;

    /// <summary>Others in every process: no file can be made for its thresholds to meet.</summary>
    private static readonly ulong Factor = (ulong)Random.Shared.NextInt64() | 1;

    private static readonly ulong KeyFactor = (ulong)Random.Shared.NextInt64() | 1;

    private readonly List<Entry> _entries = [];
    private readonly List<MissingSides> _sides = [];
    private readonly Dictionary<int, int> _counts = [];

    // The number of an entry, plus one; a bucket that is taken sends on to the next. At most half of them are taken.
    private int[] _buckets = new int[1 << LeastBits];
    private int _shift = 64 - LeastBits;

    /// <summary>The entries by their numbers.</summary>
    public ReadOnlySpan<Entry> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>The sides to which splits at each threshold send missing values.</summary>
    public ReadOnlySpan<MissingSides> Sides => CollectionsMarshal.AsSpan(_sides);

    /// <summary>The masks that the splits need: one for each threshold and side.</summary>
    public int Masks { get; private set; }

    /// <summary>The columns that splits test.</summary>
    public int Columns => _counts.Count;

    /// <summary>The most thresholds of a column; zero with both signs counts twice.</summary>
    public int MostOfColumn { get; private set; }

    /// <summary>Adds a split, and returns the number of its threshold.</summary>
    public int Add(in RankSplit<T> split)
    {
        int number = Find(split.Key, split.Threshold);
        MissingSides side = split.MissingGoesRight ? MissingSides.Right : MissingSides.Left;
        ref MissingSides sides = ref CollectionsMarshal.AsSpan(_sides)[number];
        if ((sides & side) == 0)
        {
            sides |= side;
            Masks++;
        }

        return number;
    }

    /// <summary>Forgets all splits, in as many steps as there are thresholds: the room that it had once need not be gone through.</summary>
    public void Clear()
    {
        int mask = _buckets.Length - 1;
        foreach (ref readonly Entry entry in Entries)
        {
            for (int bucket = Hash(entry.Key, Bits(entry.Threshold)); _buckets[bucket] != 0; bucket = (bucket + 1) & mask)
            {
                _buckets[bucket] = 0;
            }
        }

        _entries.Clear();
        _sides.Clear();
        _counts.Clear();
        (Masks, MostOfColumn) = (0, 0);
    }

    private int Find(int key, T threshold)
    {
        ulong bits = Bits(threshold);
        int mask = _buckets.Length - 1;
        for (int bucket = Hash(key, bits); ; bucket = (bucket + 1) & mask)
        {
            int number = _buckets[bucket] - 1;
            if (number < 0)
            {
                _buckets[bucket] = _entries.Count + 1;
                _entries.Add(new Entry(key, threshold));
                _sides.Add(MissingSides.None);
                MostOfColumn = Math.Max(MostOfColumn, ++CollectionsMarshal.GetValueRefOrAddDefault(_counts, key, out _));
                if (2 * _entries.Count > _buckets.Length)
                {
                    Grow();
                }

                return _entries.Count - 1;
            }

            ref readonly Entry entry = ref Entries[number];
            if (entry.Key == key && Bits(entry.Threshold) == bits)
            {
                return number;
            }
        }
    }

    private static ulong Bits(T threshold) => typeof(T) == typeof(float) ? Unsafe.BitCast<T, uint>(threshold) : Unsafe.BitCast<T, ulong>(threshold);

    /// <summary>The upper bits of a product: the lower bits of thresholds are often zero.</summary>
    private int Hash(int key, ulong bits) => (int)(((bits * Factor) + ((ulong)key * KeyFactor)) >> _shift);

    private void Grow()
    {
        _buckets = new int[2 * _buckets.Length];
        _shift--;
        int mask = _buckets.Length - 1;
        for (int number = 0; number < _entries.Count; number++)
        {
            int bucket = Hash(_entries[number].Key, Bits(_entries[number].Threshold));
            while (_buckets[bucket] != 0)
            {
                bucket = (bucket + 1) & mask;
            }

            _buckets[bucket] = number + 1;
        }
    }

    /// <summary>A threshold of a column.</summary>
    /// <param name="Key">The column's key.</param>
    /// <param name="Threshold">The threshold.</param>
    public readonly record struct Entry(int Key, T Threshold);
}
