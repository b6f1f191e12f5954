using System;
using System.Numerics;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>A tree's parts for a block of rows: entries for each leaf and class, and for each row its entries in its order of the leaves.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal readonly unsafe struct ShapTable<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>What a register may read beyond the last entry.</summary>
    private const int Beyond = 2 * PartPlaces<T>.EntryNumbers;

    private readonly int _features;
    private readonly int _placesBytes;
    private readonly byte* _places;
    private readonly T* _entries;
    private readonly int* _ends;

    /// <summary>A table for a tree.</summary>
    /// <param name="plan">The tree.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="bump">Gives the memory.</param>
    public ShapTable(in ShapPlan plan, int rows, ref Bump bump)
    {
        _features = plan.Features;
        _placesBytes = PartSumKernel.PlacesBytes<T>(plan.Features);
        Entries = plan.Entries;
        _ends = bump.Take<int>(2);
        _places = bump.Take<byte>((nint)plan.Entries * _placesBytes);
        Visits = bump.Take<int>((nint)rows * plan.Entries);
        _entries = bump.Take<T>((nint)plan.PartNumbers(rows) + Beyond);
    }

    /// <summary>A row's entries.</summary>
    public int Entries { get; }

    /// <summary>Row r's entries, as it meets them, start at r * <see cref="Entries"/>.</summary>
    public int* Visits { get; }

    /// <summary>The bytes of a table, at most.</summary>
    public static long Bytes(in ShapPlan plan, int rows) =>
        ((long)plan.Entries * (PartSumKernel.PlacesBytes<T>(plan.Features) + ((long)rows * sizeof(int)))) + ((plan.PartNumbers(rows) + Beyond) * sizeof(T)) + (4 * Bump.Line);

    /// <summary>Forgets what it holds.</summary>
    public void Clear() => (_ends[0], _ends[1]) = (0, 0);

    /// <summary>Makes room for a leaf.</summary>
    /// <param name="path">The leaf's path.</param>
    /// <param name="entries">The entries that the plan gives each class there: at least as many as the path needs.</param>
    /// <param name="first">The number of class 0's first entry.</param>
    /// <param name="stride">From one class's to the next.</param>
    /// <returns>Where the parts go.</returns>
    public PartPlaces<T> AddLeaf(in ShapPath<T> path, int entries, out int first, out int stride)
    {
        int steps = path.Count - 1;
        stride = PartPlaces<T>.Numbers(entries, steps);
        first = _ends[1];
        PartPlaces<T> parts = new(_entries + first, stride);
        for (int entry = 0; entry < entries; entry++)
        {
            int known = entry * PartPlaces<T>.EntrySteps;
            PartSumKernel.Describe<T>(
                path.Slots + 1 + known, Math.Clamp(steps - known, 0, PartPlaces<T>.EntrySteps), _features, _places + _ends[0]);
            parts.Begin(path.Classes, entry, _ends[0]);
            _ends[0] += _placesBytes;
        }

        _ends[1] += path.Classes * stride;
        return parts;
    }

    /// <summary>Adds a row's parts, and if there is one, its next row's, to sums in <see cref="PartSumKernel.RowNumbers"/> for each.</summary>
    public void Add(int row, bool isPair, T* sums)
    {
        int* visits = Visits + ((nint)row * Entries);
        PartSumKernel.Add(_entries, _places, visits, isPair ? visits + Entries : visits, Entries, _features, sums);
    }
}
