using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out in the pieces that <see cref="BlockKernel"/> reads: a head, and as few blocks below it as <see cref="BlockCostKernel"/> finds. The buffers serve tree after tree.</summary>
internal sealed unsafe class BlockBuilder
{
    /// <summary>Small blocks are those of subtrees of so many levels.</summary>
    private const int SmallLevels = 2;

    /// <summary>The thresholds of a block whose splits send every row left.</summary>
    private const ulong NoSplits = 0x0101010101010101 * (ulong)sbyte.MaxValue;

    private readonly List<Link> _links = [];
    private byte[] _marks = [];
    private int _largeEnd;
    private int _smallStart;
    private int _head;

    /// <summary>The bytes of the tree's blocks that are not small; the small ones stand behind them: see <see cref="BlockKernel.SmallBytes"/>.</summary>
    public int LargeBytes => _largeEnd;

    /// <summary>The bytes of all its blocks.</summary>
    public int Bytes => _largeEnd + _head - _smallStart;

    /// <summary>Lays a tree out.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="compares">What its splits compare.</param>
    /// <param name="leaves">The number of each leaf.</param>
    /// <param name="head">Receives the tree's head.</param>
    /// <param name="blocks">Receives its blocks, behind those of other trees: those of the next one begin where no large block is in two cache lines.</param>
    public void Build(TreeShape shape, ReadOnlySpan<SplitCompare> compares, ReadOnlySpan<CodeEnd> leaves, Span<byte> head, LayoutWriter<byte> blocks)
    {
        GrowingBuffer.Reserve(ref _marks, shape.Leaves);
        fixed (Sides* sides = shape.Sides)
        fixed (ulong* costs = shape.Room<ulong>())
        fixed (byte* marks = _marks)
        fixed (Place* places = shape.OtherRoom<Place>())
        fixed (SplitCompare* comparesOf = compares)
        fixed (CodeEnd* leavesOf = leaves)
        {
            BlockCostKernel.Find(sides, shape.Splits, costs, marks);
            _head = CountBelowHead(sides, shape.Splits, costs) * BlockKernel.Bytes;
            Build(sides, shape.Splits, marks, places, comparesOf, leavesOf, head, blocks);
        }
    }

    private void Build(Sides* sides, int splits, byte* marks, Place* places, SplitCompare* compares, CodeEnd* leaves, Span<byte> head, LayoutWriter<byte> blocks)
    {
        // Large blocks come from the front, and small ones from the back, until all stand one behind the other.
        (_largeEnd, _smallStart) = (0, _head);
        _links.Clear();
        fixed (byte* pieces = blocks.Reserve(_head + BlockKernel.HeadBytes))
        {
            Fill(sides, splits, marks, places, compares, leaves, pieces);
            foreach (Link link in _links)
            {
                WriteLink(pieces + link.Piece + link.Way, _largeEnd + link.Small - _smallStart - StartOf(link.Piece));
            }

            new ReadOnlySpan<byte>(pieces + _head, BlockKernel.HeadBytes).CopyTo(head);
            new ReadOnlySpan<byte>(pieces + _smallStart, _head - _smallStart).CopyTo(new(pieces + _largeEnd, _head - _smallStart));
            int whole = (Bytes + BlockKernel.Bytes - 1) / BlockKernel.Bytes * BlockKernel.Bytes;
            new Span<byte>(pieces + Bytes, whole - Bytes).Clear();
            blocks.Take(whole);
        }
    }

    /// <summary>The blocks below a head of five levels: below each subtree two levels down, which it reaches three levels into, all but one that would begin there.</summary>
    private static int CountBelowHead(Sides* sides, int splits, ulong* costs)
    {
        int blocks = 0;
        foreach (int side in (ReadOnlySpan<int>)[sides[0].Left, sides[0].Right])
        {
            foreach (int below in side < splits ? (ReadOnlySpan<int>)[sides[side].Left, sides[side].Right] : [])
            {
                blocks += below < splits ? (ushort)costs[below] - 1 : 0;
            }
        }

        return blocks;
    }

    /// <summary>Puts every split into a piece, from the root down, and notes which small blocks hang where.</summary>
    private void Fill(Sides* sides, int splits, byte* marks, Place* places, SplitCompare* compares, CodeEnd* leaves, byte* pieces)
    {
        Span<byte> head = new(pieces + _head, BlockKernel.HeadBytes);
        head.Clear();
        HeapBuilder.Clear(BlockKernel.HeadLevels, head);
        places[0] = new Place(_head, 1, BlockKernel.HeadLevels);
        ref byte headPlaces = ref MemoryMarshal.GetReference(HeapBuilder.NibblePlaces);
        for (int split = 0; split < splits; split++)
        {
            Place place = places[split];
            int isHead = Choice.Mask(place.Piece == _head);
            byte* column = pieces + place.Piece + Choice.Of(isHead, Unsafe.Add(ref headPlaces, place.Entry), SevenSplits.PlaceOf(place.Entry));
            *column = (byte)compares[split].Column;
            column[Choice.Of(isHead, HeapKernel.NibbleWidth, SevenSplits.Exits)] = (byte)compares[split].Threshold;
            Lead(sides[split].Left, splits, marks, places, place.Left, leaves, pieces);
            Lead(sides[split].Right, splits, marks, places, place.Right, leaves, pieces);
        }
    }

    /// <summary>Leads rows on to a side: a leaf, a split of the same piece, or a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Lead(int side, int splits, byte* marks, Place* places, Place place, CodeEnd* leaves, byte* pieces)
    {
        // A leaf is the first way out below its place. What a split has there is overwritten by what comes below it.
        int way = sizeof(ushort) * (place.Entry << place.Levels);
        int isSplit = Choice.Mask(side < splits);
        int own = Choice.Of(isSplit, side, splits);
        Unsafe.WriteUnaligned(pieces + place.Piece + way, (ushort)leaves[side - own].Number);
        places[own] = place;
        if ((marks[own] & 7 & (1 << place.Levels)) != 0)
        {
            places[own] = AddBlock((marks[own] & BlockCostKernel.IsLarge) == 0, pieces);
            LinkTo(places[own].Piece, place.Piece, way, pieces);
        }
    }

    /// <summary>Adds a block, and says where its first split is.</summary>
    private Place AddBlock(bool isSmall, byte* pieces)
    {
        int piece = isSmall ? _smallStart -= BlockKernel.SmallBytes : _largeEnd;
        ulong* words = (ulong*)(pieces + piece);
        (words[0], words[1], words[2]) = (0, NoSplits, 0);
        if (isSmall)
        {
            // It hangs to the left of a split that sends every row there.
            return new Place(piece, 2, SmallLevels);
        }

        words[3] = 0;
        _largeEnd += BlockKernel.Bytes;
        return new Place(piece, 1, SevenSplits.Levels);
    }

    /// <summary>Links a piece to a block below it; where small blocks begin is not known before the last of the others.</summary>
    private void LinkTo(int block, int piece, int way, byte* pieces)
    {
        if (block >= _smallStart)
        {
            _links.Add(new Link(piece, way, block));
        }
        else
        {
            WriteLink(pieces + piece + way, block - StartOf(piece));
        }
    }

    /// <summary>Where a piece begins that has blocks below it, and so is not small; a head's links count from the first block.</summary>
    private int StartOf(int piece) => piece == _head ? 0 : piece;

    private static void WriteLink(byte* link, int distance) => Unsafe.WriteUnaligned(link, (ushort)(BlockKernel.IsBlock | (distance / BlockKernel.LinkUnit)));

    /// <summary>Where a split is.</summary>
    /// <param name="packed">32 bits, 16 bits and 16 bits.</param>
    private readonly struct Place(ulong packed)
    {
        public Place(int piece, int entry, int levels)
            : this((uint)piece | ((ulong)(uint)entry << 32) | ((ulong)(uint)levels << 48))
        {
        }

        /// <summary>The first byte of its piece.</summary>
        public int Piece => (int)packed;

        /// <summary>Its entry there, as in a heap.</summary>
        public int Entry => (ushort)(packed >> 32);

        /// <summary>The levels of the piece from it downwards, its own among them.</summary>
        public int Levels => (int)(packed >> 48);

        /// <summary>The place of its left side, in the same piece.</summary>
        public Place Left => new(((packed - (1UL << 48)) & ~(0xffffUL << 32)) | ((ulong)(2 * Entry) << 32));

        /// <summary>The place of its right side, in the same piece.</summary>
        public Place Right => new(((packed - (1UL << 48)) & ~(0xffffUL << 32)) | ((ulong)((2 * Entry) + 1) << 32));
    }

    /// <summary>A way out that leads to a small block.</summary>
    /// <param name="Piece">The piece that it leaves.</param>
    /// <param name="Way">Where its link stands there.</param>
    /// <param name="Small">The block.</param>
    private readonly record struct Link(int Piece, int Way, int Small);
}
