using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays the sets of category codes that splits test out by categories: from the categories of a split to the splits of a category.</summary>
internal sealed class CategoryBuilder
{
    /// <summary>Where a feature's codes go further than this, or are that many times as many as its sets list, the categories that have a class are searched.</summary>
    private const int MostDirect = 1 << 16, MostSparse = 4;

    /// <summary>The most bytes of answers, for each node of the forest and for each byte of its sets: what a load allocates is bounded by the file.</summary>
    private const int BytesPerNode = 128, BytesPerSetByte = 4;

    /// <summary>Equal sets of so few categories share a mask in blocks, where sets are that many times as many as different ones: what splits ask of one category alone.</summary>
    private const int MostShared = 62, LeastShared = 2;

    private readonly List<(RankGroup Group, List<(Tree Tree, int Node)>[] Columns)> _groups = [];
    private readonly List<ushort> _classes = [];
    private readonly List<int> _categories = [];
    private readonly List<int> _maskSets = [];
    private readonly Dictionary<(int Column, ulong Set), int> _maskOf = [];
    private int[] _maskCounts = [];
    private byte[] _bits = [];

    /// <summary>Begins a group, and finds which of its columns have so many equal sets that those share masks.</summary>
    public void Open(RankGroup group, Forest forest)
    {
        _groups.Add((group, Array.ConvertAll(group.Categories, table => new List<(Tree Tree, int Node)>(table.Sets))));
        _maskOf.Clear();
        _maskCounts = new int[group.Codes.Length];
        HashSet<(int Column, ulong Set)> known = [];
        for (int index = group.FirstTree; index < group.EndTree && group.Sets > 0; index++)
        {
            Tree tree = forest.Trees[index];
            for (int node = 0; node < tree.Splits.Length; node++)
            {
                if (SplitSet.IsOne(tree.Nodes[node]))
                {
                    int column = group.ColumnOf(tree.Nodes[node].Feature, SplitSet.RuleOf(tree.Nodes[node]));
                    if (group.Codes[column].Bound <= MostShared && known.Add((column, KeyOf(tree, node))))
                    {
                        group.Categories[column] = group.Categories[column] with { Masks = group.Categories[column].Masks + 1 };
                    }
                }
            }
        }

        int first = _maskSets.Count;
        foreach (ref CategoryTable table in group.Categories.AsSpan())
        {
            bool shares = table.Masks > 0 && table.Masks * LeastShared <= table.Sets;
            table = table with { Masks = shares ? table.Masks : table.Sets, FirstMask = first };
            first += shares ? table.Masks : 0;
        }

        CollectionsMarshal.SetCount(_maskSets, first);
    }

    /// <summary>Adds a split that tests a set, and returns its number among those of its column.</summary>
    public int Add(int column, Tree tree, int node)
    {
        List<(Tree Tree, int Node)> splits = _groups[^1].Columns[column];
        splits.Add((tree, node));
        return splits.Count - 1;
    }

    /// <summary>The mask of a set, by its number among those of its column, counted from the column's first.</summary>
    public int MaskOf(int column, Tree tree, int node, int number)
    {
        ref readonly CategoryTable table = ref _groups[^1].Group.Categories[column];
        if (!table.SharesMasks)
        {
            return number;
        }

        (int Column, ulong Set) key = (column, KeyOf(tree, node));
        if (!_maskOf.TryGetValue(key, out int mask))
        {
            mask = _maskCounts[column]++;
            _maskOf.Add(key, mask);
            _maskSets[table.FirstMask + mask] = number;
        }

        return mask;
    }

    /// <summary>Says which class each category has, and tells the groups.</summary>
    /// <param name="nodes">The nodes of the forest.</param>
    /// <returns>The bytes of all answers, or <see langword="null"/> where classes or answers are too many.</returns>
    public int? TryClassify(long nodes)
    {
        long bytes = 0;
        long most = 0;
        foreach ((RankGroup group, List<(Tree Tree, int Node)>[] columns) in _groups)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                ref CategoryTable table = ref group.Categories[column];
                int pitch = (table.Sets + 7) / 8;
                (long codes, long setBytes) = (0, 0);
                foreach ((Tree tree, int node) in columns[column])
                {
                    codes += SplitSet.CountOf(tree, tree.Nodes[node]);
                    setBytes += SplitSet.BytesOf(tree, tree.Nodes[node]);
                }

                most += setBytes * BytesPerSetByte;
                if (IsSearched(group.Codes[column].Bound, codes) && codes * sizeof(int) > setBytes * BytesPerSetByte)
                {
                    return null;
                }

                table = Classify(table, columns[column], group.Codes[column].Bound, codes) with { FirstByte = (int)bytes, Pitch = pitch };
                bytes += (long)table.Classes * pitch;
                if (table.Classes > CategoryTable.MostClasses || bytes > int.MaxValue / 2)
                {
                    return null;
                }
            }
        }

        return bytes <= most + (nodes * BytesPerNode) ? (int)bytes : null;
    }

    /// <summary>The number, among those of its column, of the first of the sets that share each mask.</summary>
    public AlignedArray<int> BuildMaskSets() => AlignedArray<int>.Of(CollectionsMarshal.AsSpan(_maskSets));

    /// <summary>The classes of codes.</summary>
    public AlignedArray<ushort> BuildClasses() => AlignedArray<ushort>.Of(CollectionsMarshal.AsSpan(_classes));

    /// <summary>The categories of features that have too many codes for each to have a class.</summary>
    public AlignedArray<int> BuildCategories() => AlignedArray<int>.Of(CollectionsMarshal.AsSpan(_categories));

    /// <summary>The answers for all classes, so many bytes.</summary>
    public AlignedArray<byte> BuildAnswers(int bytes)
    {
        AlignedArray<byte> answers = new(bytes == 0 ? 0 : bytes + SetKernel.Slack);
        answers.Span.Fill(byte.MaxValue);
        foreach ((RankGroup group, List<(Tree Tree, int Node)>[] columns) in _groups)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                CategoryTable table = group.Categories[column];
                ReadOnlySpan<(Tree Tree, int Node)> splits = CollectionsMarshal.AsSpan(columns[column]);
                if (table.Categories == CategoryTable.EachCode)
                {
                    Turn(table, splits, group.Codes[column].Bound, answers.Span[table.FirstByte..]);
                }
                else
                {
                    Clear(table, splits, answers.Span[table.FirstByte..]);
                }
            }
        }

        return answers;
    }

    private static ulong KeyOf(Tree tree, int node)
    {
        Span<byte> bits = stackalloc byte[sizeof(ulong)];
        bits.Clear();
        SplitSet.CopyTo(tree, tree.Nodes[node], bits);
        return BinaryPrimitives.ReadUInt64LittleEndian(bits) | (TakesMissing(tree, node) ? 1UL << 63 : 0);
    }

    private static bool IsSearched(int bound, long codes) => bound > MostDirect || bound > 64 + (MostSparse * codes);

    private CategoryTable Classify(in CategoryTable table, List<(Tree Tree, int Node)> splits, int bound, long codes)
    {
        if (IsSearched(bound, codes))
        {
            int start = _categories.Count;
            _ = _categories.EnsureCapacity(checked((int)(start + codes)));
            foreach ((Tree tree, int node) in splits)
            {
                foreach (int code in SplitSet.CodesOf(tree, tree.Nodes[node]))
                {
                    if (code < bound)
                    {
                        _categories.Add(code);
                    }
                }
            }

            Span<int> known = CollectionsMarshal.AsSpan(_categories)[start..];
            known.Sort();
            int count = 0;
            foreach (int code in known)
            {
                if (count == 0 || known[count - 1] != code)
                {
                    known[count++] = code;
                }
            }

            CollectionsMarshal.SetCount(_categories, start + count);
            return table with { FirstCategory = start, Categories = count, Classes = CategoryTable.FirstKnown + count };
        }

        GrowingBuffer.Reserve(ref _bits, (bound + 7) / 8);
        Span<byte> isKnown = _bits.AsSpan(0, (bound + 7) / 8);
        isKnown.Clear();
        foreach ((Tree tree, int node) in splits)
        {
            SplitSet.CopyTo(tree, tree.Nodes[node], isKnown);
        }

        int first = _classes.Count;
        int classes = CategoryTable.FirstKnown;
        for (int code = 0; code < bound; code++)
        {
            _classes.Add((isKnown[code / 8] >> (code % 8) & 1) != 0 ? (ushort)classes++ : (ushort)CategoryTable.None);
        }

        _classes.Add(CategoryTable.None);
        _classes.Add(CategoryTable.Missing);
        return table with { FirstCategory = first, Categories = CategoryTable.EachCode, Classes = classes };
    }

    /// <summary>Turns the sets of a column's splits round, eight splits and eight codes at a time.</summary>
    private void Turn(in CategoryTable table, ReadOnlySpan<(Tree Tree, int Node)> splits, int bound, Span<byte> answers)
    {
        ReadOnlySpan<ushort> classes = CollectionsMarshal.AsSpan(_classes)[table.FirstCategory..];
        int codes = SetKernel.Codes(bound);
        int width = (codes + 7) / 8;
        GrowingBuffer.Reserve(ref _bits, 8 * width);
        Span<byte> sets = _bits.AsSpan(0, 8 * width);
        for (int first = 0; first < splits.Length; first += 8)
        {
            sets.Clear();
            for (int i = 0; i < Math.Min(8, splits.Length - first); i++)
            {
                (Tree tree, int node) = splits[first + i];
                Span<byte> set = sets.Slice(i * width, width);
                SplitSet.CopyTo(tree, tree.Nodes[node], set);
                if (TakesMissing(tree, node))
                {
                    set[SetKernel.Missing(bound) / 8] |= (byte)(1 << (SetKernel.Missing(bound) % 8));
                }
            }

            for (int code = 0; code < codes; code += 8)
            {
                ulong square = 0;
                for (int i = 0; i < 8; i++)
                {
                    square |= (ulong)sets[(i * width) + (code / 8)] << (8 * i);
                }

                square = ~TurnKernel.Turn(square);
                for (int i = 0; i < Math.Min(8, codes - code); i++)
                {
                    answers[(classes[code + i] * table.Pitch) + (first / 8)] = (byte)(square >> (8 * i));
                }
            }
        }
    }

    /// <summary>Clears the bits of what is in sets, one by one.</summary>
    private void Clear(in CategoryTable table, ReadOnlySpan<(Tree Tree, int Node)> splits, Span<byte> answers)
    {
        ReadOnlySpan<int> categories = CollectionsMarshal.AsSpan(_categories).Slice(table.FirstCategory, table.Categories);
        for (int number = 0; number < splits.Length; number++)
        {
            (Tree tree, int node) = splits[number];
            byte others = (byte)~(1 << (number % 8));
            foreach (int code in SplitSet.CodesOf(tree, tree.Nodes[node]))
            {
                int place = categories.BinarySearch(code);
                if (place >= 0)
                {
                    answers[((CategoryTable.FirstKnown + place) * table.Pitch) + (number / 8)] &= others;
                }
            }

            if (TakesMissing(tree, node))
            {
                answers[(CategoryTable.Missing * table.Pitch) + (number / 8)] &= others;
            }
        }
    }

    private static bool TakesMissing(Tree tree, int node) => Reference.GoesLeft(tree, tree.Nodes[node], double.NaN);
}
