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

    /// <summary>Room is made for so many thresholds, one for each so many splits.</summary>
    private const int MostExpected = 1 << 13, ExpectedShare = 4;

    /// <summary>Keys below it are counted in an array, those beyond it in a dictionary.</summary>
    private const int LowKeys = 1 << 12;

    /// <summary>An array of all keys may be as much longer than the entries are: where keys go beyond that, each is searched for.</summary>
    private const int MostSpare = 1 << 12;

    /// <summary>Others in every process: no file can be made for its thresholds to meet.</summary>
    private static readonly ulong Factor = (ulong)Random.Shared.NextInt64() | 1;

    private static readonly ulong KeyFactor = (ulong)Random.Shared.NextInt64() | 1;

    private readonly List<int> _keys = [];
    private readonly Dictionary<int, int> _countsOfHigh = [];
    private int[] _counts = [];
    private int _count;

    // A bucket has the number of an entry, plus one; where it is taken, the next one is looked at. At most a quarter of them are taken, so that there are few such.
    private int[] _buckets = new int[1 << LeastBits];
    private Entry[] _entries = new Entry[1 << (LeastBits - 2)];
    private int[] _places = [];
    private int[] _placeOf = [];
    private int[] _numbers = [];
    private int _shift = 64 - LeastBits;

    /// <summary>The entries by their numbers.</summary>
    public ReadOnlySpan<Entry> Entries => _entries.AsSpan(0, _count);

    /// <summary>Working memory for whoever sorts the entries: a number for each, by their numbers.</summary>
    public Span<int> Numbers => Room(ref _numbers);

    /// <summary>The masks that the splits need: one for each threshold and side.</summary>
    public int Masks { get; private set; }

    /// <summary>The keys of the columns that splits test.</summary>
    public IReadOnlyCollection<int> Keys => _keys;

    /// <summary>The most thresholds of a column; zero with both signs counts twice.</summary>
    public int MostOfColumn { get; private set; }

    /// <summary>Makes room for the thresholds that so many splits may have, if few are alike: making room later is adding all of them again.</summary>
    public void Expect(int splits)
    {
        int expected = Math.Min(splits / ExpectedShare, MostExpected);
        if (expected >= 2 * _entries.Length)
        {
            Grow(BitOperations.Log2((uint)expected));
        }
    }

    /// <summary>The place of each entry's key among all of them, by the entries' numbers; working memory as well.</summary>
    public Span<int> PlacesIn(ReadOnlySpan<int> keys)
    {
        Span<int> places = Room(ref _places);
        int last = keys.IsEmpty ? -1 : keys[^1];
        if (last >= _entries.Length + MostSpare)
        {
            for (int number = 0; number < places.Length; number++)
            {
                places[number] = keys.BinarySearch(_entries[number].Key);
            }

            return places;
        }

        GrowingBuffer.Reserve(ref _placeOf, last + 1);
        for (int place = 0; place < keys.Length; place++)
        {
            _placeOf[keys[place]] = place;
        }

        for (int number = 0; number < places.Length; number++)
        {
            places[number] = _placeOf[_entries[number].Key];
        }

        return places;
    }

    /// <summary>Adds a split, and returns the number of its threshold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Add(in RankSplit<T> split)
    {
        int number = Find(split.Key, split.Threshold);
        MissingSides side = split.MissingGoesRight ? MissingSides.Right : MissingSides.Left;
        ref Entry entry = ref _entries[number];
        if ((entry.Sides & side) == 0)
        {
            entry.Sides |= side;
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

        foreach (int key in _keys)
        {
            if (key < LowKeys)
            {
                _counts[key] = 0;
            }
            else
            {
                _ = _countsOfHigh.Remove(key);
            }
        }

        _keys.Clear();
        (_count, Masks, MostOfColumn) = (0, 0, 0);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Find(int key, T threshold)
    {
        ulong bits = Bits(threshold);
        int[] buckets = _buckets;
        for (int bucket = Hash(key, bits); ; bucket = (bucket + 1) & (buckets.Length - 1))
        {
            int number = buckets[bucket] - 1;
            if (number < 0)
            {
                return Insert(bucket, key, threshold);
            }

            ref readonly Entry entry = ref _entries[number];
            if (entry.Key == key && Bits(entry.Threshold) == bits)
            {
                return number;
            }
        }
    }

    private int Insert(int bucket, int key, T threshold)
    {
        int ofColumn = ++CountOf(key);
        MostOfColumn = Math.Max(MostOfColumn, ofColumn);
        if (ofColumn == 1)
        {
            _keys.Add(key);
        }

        int number = _count++;
        _buckets[bucket] = _count;
        _entries[number] = new Entry { Threshold = threshold, Key = key };
        if (_count == _entries.Length)
        {
            Grow(BitOperations.Log2((uint)_count) + 1);
        }

        return number;
    }

    /// <summary>The thresholds of a column.</summary>
    private ref int CountOf(int key)
    {
        if (key >= LowKeys)
        {
            return ref CollectionsMarshal.GetValueRefOrAddDefault(_countsOfHigh, key, out _);
        }

        if (key >= _counts.Length)
        {
            Array.Resize(ref _counts, Math.Max(key + 1, 2 * _counts.Length));
        }

        return ref _counts[key];
    }

    private Span<int> Room(ref int[] buffer)
    {
        GrowingBuffer.Reserve(ref buffer, _count);
        return buffer.AsSpan(0, _count);
    }

    private static ulong Bits(T threshold) => typeof(T) == typeof(float) ? Unsafe.BitCast<T, uint>(threshold) : Unsafe.BitCast<T, ulong>(threshold);

    /// <summary>The upper bits of a product: the lower bits of thresholds are often zero.</summary>
    private int Hash(int key, ulong bits) => (int)(((bits * Factor) + ((ulong)key * KeyFactor)) >> _shift);

    /// <summary>Makes room for two to the power of so many bits.</summary>
    private void Grow(int bits)
    {
        Array.Resize(ref _entries, 1 << bits);
        _buckets = new int[4 << bits];
        _shift = 64 - bits - 2;
        int mask = _buckets.Length - 1;
        for (int number = 0; number < _count; number++)
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
    public struct Entry
    {
        /// <summary>The threshold.</summary>
        public T Threshold;

        /// <summary>The column's key.</summary>
        public int Key;

        /// <summary>The sides to which splits at the threshold send missing values.</summary>
        public MissingSides Sides;
    }
}
