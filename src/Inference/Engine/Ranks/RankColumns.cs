using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The distinct thresholds of neighbouring trees, by columns: feature f at 2 f, and at 2 f + 1 where zero is missing.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal sealed partial class RankColumns<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>What stands in <see cref="_asked"/> for a split that tests a set.</summary>
    private const int AsksSet = -1;

    /// <summary>Thresholds of a key that are sorted on the stack.</summary>
    private const int MostOnStack = 512;

    // Only the columns in use have a place: a file may claim more features than it has bytes. Places are numbered by keys,
    // ascending. The thresholds of place p lie from _starts[p] to _starts[p] + _counts[p], ascending, each once.
    private readonly int[] _keys = [];
    private readonly int[] _starts = [];
    private readonly int[] _counts = [];
    private readonly KeyUse[] _uses = [];
    private readonly T[] _thresholds = [];

    // The sides to which splits at each of these thresholds send missing values.
    private readonly MissingSides[] _sides = [];

    // Of each split, in the order of trees and nodes, what it compares, so that no split is looked up twice: twice the place
    // of its threshold in _thresholds, and one more if it sends missing values right.
    private readonly int[] _asked;
    private readonly int[] _firstSplits;
    private readonly int _firstTree;

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
        SetCounts = new int[endTree - firstTree];
        int splits = 0;
        for (int tree = firstTree; tree < endTree; tree++)
        {
            _firstSplits[tree - firstTree] = splits;
            splits += isDeep[tree] ? 0 : forest.Trees[tree].Nodes.Length / 2;
        }

        table.Expect(splits);
        _asked = GC.AllocateUninitializedArray<int>(splits);
        Dictionary<int, KeyUse> sets = [];
        for (int tree = firstTree; tree < endTree; tree++)
        {
            if (!isDeep[tree] && !TryCollect(forest.Trees[tree], tree, table, sets))
            {
                return;
            }
        }

        Masks += table.Masks;
        _keys = KeysOf(table, sets);
        _uses = new KeyUse[_keys.Length];
        _starts = new int[_keys.Length + 1];
        _counts = new int[_keys.Length];
        foreach ((int key, KeyUse use) in sets)
        {
            _uses[Array.BinarySearch(_keys, key)] = use;
        }

        ReadOnlySpan<ThresholdTable<T>.Entry> entries = table.Entries;
        Span<int> places = table.PlacesIn(_keys);
        foreach (int place in places)
        {
            _starts[place + 1]++;
        }

        for (int place = 0; place < _keys.Length; place++)
        {
            _starts[place + 1] += _starts[place];
        }

        _thresholds = new T[entries.Length];
        Span<int> numbers = table.Numbers;
        for (int number = 0; number < entries.Length; number++)
        {
            int place = places[number];
            int next = _starts[place] + _counts[place]++;
            (_thresholds[next], numbers[next]) = (entries[number].Threshold, number);
        }

        bool isCrowded = false;
        _sides = new MissingSides[entries.Length];
        for (int place = 0; place < _keys.Length; place++)
        {
            SortOut(place, numbers, entries, places);
            isCrowded |= _counts[place] > RankKernel.MaxThresholds;
        }

        foreach (ref int asked in _asked.AsSpan())
        {
            asked = asked == AsksSet ? AsksSet : (places[asked >> 1] << 1) | (asked & 1);
        }

        Fits = !isCrowded && Masks <= PlaneStep.MostMasks;
    }

    /// <summary>The splits of each tree that test sets.</summary>
    public int[] SetCounts { get; }

    /// <summary>The masks that splits need: one for each threshold and side of missing values; equal sets are not known yet, nor that zero has two signs.</summary>
    public int Masks { get; private set; }

    /// <summary>Whether bytes count the thresholds of every column, and 16 bits all masks.</summary>
    public bool Fits { get; }

    /// <summary>A tree with a split that neither ranks nor walks can express; no tree has one where this is below zero.</summary>
    public int Inexpressible { get; private set; } = -1;

    /// <summary>Whether two thresholds of a column are one in float32.</summary>
    public bool HasTies { get; private set; }

    /// <summary>The smallest float that is not below a threshold: a float is at or above one exactly where it is at or above the other.</summary>
    public static float RoundUp(T threshold) => DoubleRankKernel.RoundUp(double.CreateTruncating(threshold));

    /// <summary>Collects a tree's thresholds; <see langword="false"/> where a column has too many, or a split cannot be expressed.</summary>
    private bool TryCollect(Tree tree, int index, ThresholdTable<T> table, Dictionary<int, KeyUse> sets)
    {
        Span<int> asked = _asked.AsSpan(_firstSplits[index - _firstTree], tree.Nodes.Length / 2);
        ReadOnlySpan<Node> splits = tree.Splits;
        for (int i = 0; i < splits.Length; i++)
        {
            ref readonly Node node = ref splits[i];
            if (RankSplit<T>.TryFrom(node, out RankSplit<T> split))
            {
                asked[i] = (table.Add(split) << 1) | (split.MissingGoesRight ? 1 : 0);
                continue;
            }

            if (!SplitSet.CanHold(tree, node))
            {
                Inexpressible = index;
                return false;
            }

            asked[i] = AsksSet;
            ref KeyUse use = ref CollectionsMarshal.GetValueRefOrAddDefault(sets, 2 * node.Feature, out _);
            ref (int Count, int Bound) ofRule = ref use.SetsOf(SplitSet.RuleOf(node));
            ofRule = (ofRule.Count + 1, Math.Max(ofRule.Bound, SplitSet.BoundOf(tree, node)));
            SetCounts[index - _firstTree]++;
            Masks++;
        }

        // Two of them may be one, because zero has two signs.
        return table.MostOfColumn <= RankKernel.MaxThresholds + 1;
    }

    /// <summary>The keys of thresholds and sets, ascending.</summary>
    private static int[] KeysOf(ThresholdTable<T> table, Dictionary<int, KeyUse> sets)
    {
        int[] keys = [.. table.Keys, .. sets.Keys];
        Array.Sort(keys);
        int count = 0;
        foreach (int key in keys)
        {
            if (count == 0 || keys[count - 1] != key)
            {
                keys[count++] = key;
            }
        }

        return keys[..count];
    }

    /// <summary>Sorts a key's thresholds, moves the distinct ones to the front (zero has two signs), and says where each is.</summary>
    private void SortOut(int place, Span<int> numbers, ReadOnlySpan<ThresholdTable<T>.Entry> entries, Span<int> places)
    {
        int start = _starts[place];
        Span<T> thresholds = _thresholds.AsSpan(start, _counts[place]);
        Span<int> numbersHere = numbers.Slice(start, _counts[place]);
        Sort(thresholds, numbersHere);
        int count = 0;
        for (int i = 0; i < thresholds.Length; i++)
        {
            if (count == 0 || thresholds[count - 1] != thresholds[i])
            {
                thresholds[count++] = thresholds[i];
            }

            places[numbersHere[i]] = start + count - 1;
            _sides[start + count - 1] |= entries[numbersHere[i]].Sides;
            _uses[place].Sides |= entries[numbersHere[i]].Sides;
        }

        _counts[place] = count;
    }

    /// <summary>Sorts thresholds and their numbers. What no value reaches stands last.</summary>
    private static void Sort(Span<T> thresholds, Span<int> numbers)
    {
        if (typeof(T) == typeof(float))
        {
            // Both in one number are sorted in half of the time.
            Span<ulong> pairs = stackalloc ulong[Math.Min(thresholds.Length, MostOnStack)];
            pairs = thresholds.Length > MostOnStack ? new ulong[thresholds.Length] : pairs;
            for (int i = 0; i < thresholds.Length; i++)
            {
                T threshold = T.IsNaN(thresholds[i]) ? T.Abs(thresholds[i]) : thresholds[i];
                pairs[i] = ((ulong)Ascending(Unsafe.BitCast<T, uint>(threshold)) << 32) | (uint)numbers[i];
            }

            pairs.Sort();
            for (int i = 0; i < thresholds.Length; i++)
            {
                (thresholds[i], numbers[i]) = (Unsafe.BitCast<uint, T>(Descending((uint)(pairs[i] >> 32))), (int)(uint)pairs[i]);
            }

            return;
        }

        thresholds.Sort(numbers);
        if (thresholds.Length > 0 && T.IsNaN(thresholds[0]))
        {
            (T never, int number) = (thresholds[0], numbers[0]);
            thresholds[1..].CopyTo(thresholds);
            numbers[1..].CopyTo(numbers);
            (thresholds[^1], numbers[^1]) = (never, number);
        }

        // The bits of floats as numbers in the same order, NaN of a clear sign last: a set sign turns all bits round, a clear one is set. And back.
        static uint Ascending(uint bits) => bits ^ ((uint)((int)bits >> 31) | 0x80000000);

        static uint Descending(uint bits) => bits ^ (((bits >> 31) - 1) | 0x80000000);
    }

    /// <summary>What splits ask of a key.</summary>
    private struct KeyUse
    {
        /// <summary>The sides to which its splits send missing values.</summary>
        public MissingSides Sides;

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
