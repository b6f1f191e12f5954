using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out in the pieces that <see cref="BlockKernel"/> reads, as few as possible: a head, and blocks below it. The buffers serve tree after tree.</summary>
/// <remarks>
/// A block reaches three levels down from its top, and the tree's head five. Cutting wherever one ends would leave many blocks with a single split, at the
/// bottom of a tree that has grown unevenly. So what a subtree costs is found from the leaves upwards, for each number of levels that the piece
/// above it may reach into it; a split that would cost more within that piece begins a block. A piece that reaches three levels into a subtree
/// costs less than one that begins there, so that only one level and two have to be told.
/// </remarks>
internal sealed unsafe class BlockBuilder
{
    /// <summary>Small blocks are those of subtrees of so many levels.</summary>
    private const int SmallLevels = 2;

    private readonly List<Link> _links = [];
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
        Span<BlockCosts> costs = shape.Room<BlockCosts>();
        FindCosts(shape.Sides, costs);

        // Large blocks come from the front, and small ones from the back, until all stand one behind the other.
        _head = CountBelowHead(shape.Sides, costs) * BlockKernel.Bytes;
        (_largeEnd, _smallStart) = (0, _head);
        _links.Clear();
        fixed (byte* pieces = blocks.Reserve(_head + BlockKernel.HeadBytes))
        {
            Fill(shape.Sides, costs, shape.OtherRoom<Place>(), compares, leaves, pieces);
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

    private static void FindCosts(ReadOnlySpan<Sides> sides, Span<BlockCosts> costs)
    {
        // The last place serves all leaves.
        int leaf = sides.Length;
        costs[leaf] = default;
        for (int split = sides.Length - 1; split >= 0; split--)
        {
            (int left, int right) = sides[split];
            costs[split] = BlockCosts.Of(costs[Choice.Of(Choice.Mask(left < leaf), left, leaf)], costs[Choice.Of(Choice.Mask(right < leaf), right, leaf)]);
        }
    }

    /// <summary>The blocks below a head of five levels: below each subtree two levels down, which it reaches three levels into, all but one that would begin there.</summary>
    private static int CountBelowHead(ReadOnlySpan<Sides> sides, ReadOnlySpan<BlockCosts> costs)
    {
        int leaf = sides.Length;
        int blocks = 0;
        foreach (int side in (ReadOnlySpan<int>)[sides[0].Left, sides[0].Right])
        {
            blocks += side < leaf ? costs[Math.Min(sides[side].Left, leaf)].BelowThree + costs[Math.Min(sides[side].Right, leaf)].BelowThree : 0;
        }

        return blocks;
    }

    /// <summary>Puts every split into a piece, from the root down, and notes which blocks hang where.</summary>
    private void Fill(ReadOnlySpan<Sides> sides, ReadOnlySpan<BlockCosts> costs, Span<Place> places, ReadOnlySpan<SplitCompare> compares, ReadOnlySpan<CodeEnd> leaves, byte* pieces)
    {
        Clear(pieces + _head, BlockKernel.HeadLevels, BlockKernel.HeadBytes);
        ReadOnlySpan<byte> headPlaces = HeapBuilder.NibblePlaces;
        places[0] = new Place(_head, 1, BlockKernel.HeadLevels);
        for (int split = 0; split < sides.Length; split++)
        {
            Place place = places[split];
            int isHead = Choice.Mask(place.Piece == _head);
            byte* column = pieces + place.Piece + Choice.Of(isHead, headPlaces[place.Entry], SevenSplits.PlaceOf(place.Entry));
            *column = (byte)compares[split].Column;
            column[Choice.Of(isHead, HeapKernel.NibbleWidth, SevenSplits.Exits)] = (byte)compares[split].Threshold;
            Lead(sides[split].Left, costs, places, new Place(place.Piece, 2 * place.Entry, place.Levels - 1), pieces, leaves);
            Lead(sides[split].Right, costs, places, new Place(place.Piece, (2 * place.Entry) + 1, place.Levels - 1), pieces, leaves);
        }
    }

    /// <summary>Leads rows on to a side: a leaf, a split of the same piece, or a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Lead(int side, ReadOnlySpan<BlockCosts> costs, Span<Place> places, Place place, byte* pieces, ReadOnlySpan<CodeEnd> leaves)
    {
        // A leaf is the first way out below its place. What a split has there is overwritten by what comes below it.
        int way = sizeof(ushort) * (place.Entry << place.Levels);
        int splits = leaves.Length - 1;
        int isSplit = Choice.Mask(side < splits);
        int own = Choice.Of(isSplit, side, splits);
        Unsafe.WriteUnaligned(pieces + place.Piece + way, (ushort)leaves[(side - splits) & ~isSplit].Number);
        if (costs[own].IsCut(place.Levels))
        {
            Place top = AddBlock(costs[own].IsSmall, pieces);
            LinkTo(top.Piece, place.Piece, way, pieces);
            place = top;
        }

        places[own] = place;
    }

    /// <summary>Adds a block, and says where its first split is.</summary>
    private Place AddBlock(bool isSmall, byte* pieces)
    {
        // A small one hangs to the left of a split that sends every row there.
        if (isSmall)
        {
            _smallStart -= BlockKernel.SmallBytes;
            Clear(pieces + _smallStart, SevenSplits.Levels, BlockKernel.SmallBytes);
            return new Place(_smallStart, 2, SmallLevels);
        }

        int piece = _largeEnd;
        _largeEnd += BlockKernel.Bytes;
        Clear(pieces + piece, SevenSplits.Levels, BlockKernel.Bytes);
        return new Place(piece, 1, SevenSplits.Levels);
    }

    private static void Clear(byte* piece, int levels, int bytes)
    {
        Span<byte> cleared = new(piece, bytes);
        cleared.Clear();
        HeapBuilder.Clear(levels, cleared);
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
    }

    /// <summary>A way out that leads to a small block.</summary>
    /// <param name="Piece">The piece that it leaves.</param>
    /// <param name="Way">Where its link stands there.</param>
    /// <param name="Small">The block.</param>
    private readonly record struct Link(int Piece, int Way, int Small);
}
