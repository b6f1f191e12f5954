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
    private BlockCosts[] _costs = [];
    private Place[] _places = [];
    private byte[] _pieces = [];
    private int _smallStart;
    private int _largeEnd;
    private int _smallEnd;

    /// <summary>The tree's head.</summary>
    public ReadOnlySpan<byte> Head => _pieces.AsSpan(0, BlockKernel.HeadBytes);

    /// <summary>Its blocks that are not small.</summary>
    public ReadOnlySpan<byte> Large => _pieces.AsSpan(BlockKernel.HeadBytes, _largeEnd - BlockKernel.HeadBytes);

    /// <summary>Its small blocks, which stand behind the others: see <see cref="BlockKernel.SmallBytes"/>.</summary>
    public ReadOnlySpan<byte> Small => _pieces.AsSpan(_smallStart, _smallEnd - _smallStart);

    /// <summary>Lays a tree out.</summary>
    /// <param name="sides">The sides of its splits.</param>
    /// <param name="compares">What its splits compare.</param>
    /// <param name="leaves">The number of each leaf.</param>
    public void Build(ReadOnlySpan<Sides> sides, ReadOnlySpan<SplitCompare> compares, ReadOnlySpan<int> leaves)
    {
        GrowingBuffer.Reserve(ref _costs, sides.Length + leaves.Length);
        GrowingBuffer.Reserve(ref _places, sides.Length + 1);
        FindCosts(sides);

        // The head reaches further than two levels.
        int most = _costs[0].Two;
        _smallStart = BlockKernel.HeadBytes + (most * BlockKernel.Bytes);
        GrowingBuffer.Reserve(ref _pieces, _smallStart + (most * BlockKernel.SmallBytes));
        _links.Clear();
        Fill(sides, compares, leaves);
        foreach (Link link in _links)
        {
            int distance = StartOf(link.Block) - StartOf(link.Piece);
            Unsafe.WriteUnaligned(ref _pieces[link.Piece + link.Way], (ushort)(BlockKernel.IsBlock | (distance / BlockKernel.LinkUnit)));
        }
    }

    private void FindCosts(ReadOnlySpan<Sides> sides)
    {
        BlockCosts[] costs = _costs;
        Array.Clear(costs, sides.Length, sides.Length + 1);
        for (int split = sides.Length - 1; split >= 0; split--)
        {
            costs[split] = BlockCosts.Of(costs[sides[split].Left], costs[sides[split].Right]);
        }
    }

    /// <summary>Puts every split into a piece, from the root down, and notes which blocks hang where.</summary>
    private void Fill(ReadOnlySpan<Sides> sides, ReadOnlySpan<SplitCompare> compares, ReadOnlySpan<int> leaves)
    {
        (_largeEnd, _smallEnd) = (BlockKernel.HeadBytes, _smallStart);
        Clear(BlockKernel.HeadLevels, BlockKernel.HeadBytes, 0);
        ReadOnlySpan<byte> headPlaces = HeapBuilder.NibblePlaces;
        _places[0] = new Place(0, 1, BlockKernel.HeadLevels);
        fixed (byte* pieces = _pieces)
        {
            for (int split = 0; split < sides.Length; split++)
            {
                Place place = _places[split];
                int isHead = Choice.Mask(place.Piece == 0);
                byte* column = pieces + place.Piece + Choice.Of(isHead, headPlaces[place.Entry], SevenSplits.PlaceOf(place.Entry));
                *column = (byte)compares[split].Column;
                column[Choice.Of(isHead, HeapKernel.NibbleWidth, SevenSplits.Exits)] = (byte)compares[split].Threshold;
                Lead(sides[split].Left, new Place(place.Piece, 2 * place.Entry, place.Levels - 1), pieces, sides.Length, leaves);
                Lead(sides[split].Right, new Place(place.Piece, (2 * place.Entry) + 1, place.Levels - 1), pieces, sides.Length, leaves);
            }
        }
    }

    /// <summary>Leads rows on to a side: a leaf, a split of the same piece, or a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Lead(int side, Place place, byte* pieces, int splits, ReadOnlySpan<int> leaves)
    {
        // A leaf is the first way out below its place. What a split has there is overwritten by what comes below it.
        int way = sizeof(ushort) * (place.Entry << place.Levels);
        int isSplit = Choice.Mask(side < splits);
        Unsafe.WriteUnaligned(pieces + place.Piece + way, (ushort)leaves[(side - splits) & ~isSplit]);
        if (_costs[side].IsCut(place.Levels))
        {
            int block = AddBlock(_costs[side].IsSmall, out Place top);
            _links.Add(new Link(place.Piece, way, block));
            place = top;
        }

        _places[Choice.Of(isSplit, side, splits)] = place;
    }

    private int AddBlock(bool isSmall, out Place top)
    {
        // A small one hangs to the left of a split that sends every row there.
        int piece = isSmall ? _smallEnd : _largeEnd;
        int bytes = isSmall ? BlockKernel.SmallBytes : BlockKernel.Bytes;
        top = isSmall ? new Place(piece, 2, SmallLevels) : new Place(piece, 1, SevenSplits.Levels);
        _smallEnd += isSmall ? bytes : 0;
        _largeEnd += isSmall ? 0 : bytes;
        Clear(SevenSplits.Levels, bytes, piece);
        return piece;
    }

    private void Clear(int levels, int bytes, int piece)
    {
        Span<byte> cleared = _pieces.AsSpan(piece, bytes);
        cleared.Clear();
        HeapBuilder.Clear(levels, cleared);
    }

    /// <summary>Where a block begins among the tree's; a head's links count from the first of them.</summary>
    private int StartOf(int piece) => piece == 0 ? 0
        : piece < _smallStart ? piece - BlockKernel.HeadBytes
        : _largeEnd - BlockKernel.HeadBytes + (piece - _smallStart);

    /// <summary>Where a split is.</summary>
    /// <param name="packed">32 bits, 16 bits and 16 bits.</param>
    private readonly struct Place(ulong packed)
    {
        public Place(int piece, int entry, int levels)
            : this((uint)piece | ((ulong)(uint)entry << 32) | ((ulong)(uint)levels << 48))
        {
        }

        /// <summary>The first byte of its piece; 0 of the head.</summary>
        public int Piece => (int)packed;

        /// <summary>Its entry there, as in a heap.</summary>
        public int Entry => (ushort)(packed >> 32);

        /// <summary>The levels of the piece from it downwards, its own among them.</summary>
        public int Levels => (int)(packed >> 48);
    }

    /// <summary>A way out that leads to a block.</summary>
    /// <param name="Piece">The piece that it leaves.</param>
    /// <param name="Way">Where its link stands there.</param>
    /// <param name="Block">The block.</param>
    private readonly record struct Link(int Piece, int Way, int Block);
}
