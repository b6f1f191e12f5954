using System;
using System.Linq;
using System.Numerics;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out as <see cref="HeapKernel"/> reads them. The buffer serves tree after tree.</summary>
internal sealed class HeapBuilder
{
    /// <summary>For each number of levels, where a heap has a split's column and threshold, by its entries.</summary>
    private static readonly (ushort Column, ushort Threshold)[][] Places = [.. Enumerable.Range(0, HeapKernel.MaxLevels + 1).Select(PlacesIn)];

    private static readonly byte[] NibbleColumns = Array.ConvertAll(Places[HeapKernel.NibbleLevels], place => (byte)place.Column);

    /// <summary>For each number of levels, a heap whose splits send every row left.</summary>
    private static readonly byte[][] Empty = [.. Enumerable.Range(0, HeapKernel.MaxLevels + 1).Select(EmptyOf)];

    private readonly byte[] _entries = new byte[2 << HeapKernel.MaxLevels];

    /// <summary>Puts the splits of a tree into a heap; the others send every row left.</summary>
    /// <param name="shape">The tree's shape.</param>
    /// <param name="levels">The heap's levels, the tree's depth.</param>
    /// <param name="compares">What the tree's splits compare.</param>
    /// <param name="heap">Receives the heap.</param>
    public void Fill(TreeShape shape, int levels, ReadOnlySpan<SplitCompare> compares, Span<byte> heap)
    {
        Clear(levels, heap);
        (byte[] entries, (ushort Column, ushort Threshold)[] places) = (_entries, Places[levels]);
        ReadOnlySpan<Sides> sides = shape.Sides;
        entries[0] = 1;
        for (int split = 0; split < sides.Length; split++)
        {
            // Below the last level there are no splits: what overflows there is read by nobody.
            byte entry = entries[split];
            (entries[sides[split].Left], entries[sides[split].Right]) = ((byte)(2 * entry), (byte)((2 * entry) + 1));
            SplitCompare compare = compares[split];
            heap[places[entry].Column] = (byte)compare.Column;
            heap[places[entry].Threshold] = (byte)compare.Threshold;
        }
    }

    /// <summary>Where a heap in nibbles of the most levels has the columns of its entries.</summary>
    public static ReadOnlySpan<byte> NibblePlaces => NibbleColumns;

    /// <summary>Makes a heap of splits that send every row left.</summary>
    public static void Clear(int levels, Span<byte> heap) => Empty[levels].CopyTo(heap);

    private static (ushort Column, ushort Threshold)[] PlacesIn(int levels)
    {
        (ushort, ushort)[] places = new (ushort, ushort)[1 << levels];
        for (int entry = 1; entry < places.Length; entry++)
        {
            (int column, int threshold) = HeapKernel.PlaceOf(entry, BitOperations.Log2((uint)entry), levels);
            places[entry] = ((ushort)column, (ushort)threshold);
        }

        return places;
    }

    private static byte[] EmptyOf(int levels)
    {
        byte[] heap = new byte[HeapKernel.BytesFor(levels)];
        foreach ((ushort column, ushort threshold) in PlacesIn(levels)[1..])
        {
            (heap[column], heap[threshold]) = ((byte)SplitCompare.Never.Column, (byte)SplitCompare.Never.Threshold);
        }

        return heap;
    }
}
