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
internal sealed class BlockBuilder
{
    /// <summary>Small blocks are those of subtrees of so many levels.</summary>
    private const int SmallLevels = 2;

    private readonly List<Link> _links = [];
    private Costs[] _costs = [];
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
    /// <param name="shape">Its shape.</param>
    /// <param name="compares">What its splits compare.</param>
    /// <param name="leaves">The number of each leaf.</param>
    public void Build(TreeShape shape, ReadOnlySpan<SplitCompare> compares, ReadOnlySpan<int> leaves)
    {
        int nodes = shape.Splits + shape.Leaves;
        _smallStart = BlockKernel.HeadBytes + (shape.Splits * BlockKernel.Bytes);
        GrowingBuffer.Reserve(ref _costs, nodes);
        GrowingBuffer.Reserve(ref _places, nodes);
        GrowingBuffer.Reserve(ref _pieces, _smallStart + (shape.Splits * BlockKernel.SmallBytes));
        _links.Clear();
        FindCosts(shape);
        Fill(shape, compares, leaves);
        foreach (Link link in _links)
        {
            int distance = StartOf(link.Block) - StartOf(link.Piece);
            WriteLink(link.Piece + link.Way, BlockKernel.IsBlock | (distance / BlockKernel.LinkUnit));
        }
    }

    private void FindCosts(TreeShape shape)
    {
        Costs[] costs = _costs;
        Array.Clear(costs, shape.Splits, shape.Leaves);
        ReadOnlySpan<Sides> sides = shape.Sides;
        for (int split = sides.Length - 1; split >= 0; split--)
        {
            costs[split] = Costs.Of(costs[sides[split].Left], costs[sides[split].Right]);
        }
    }

    /// <summary>Puts every split into a piece, from the root down, and notes which blocks hang where.</summary>
    private void Fill(TreeShape shape, ReadOnlySpan<SplitCompare> compares, ReadOnlySpan<int> leaves)
    {
        (_largeEnd, _smallEnd) = (BlockKernel.HeadBytes, _smallStart);
        (Place[] places, byte[] pieces) = (_places, _pieces);
        ReadOnlySpan<Sides> sides = shape.Sides;
        Clear(BlockKernel.HeadLevels, Head.Length, 0);
        places[0] = new Place(0, 1, BlockKernel.HeadLevels);
        for (int split = 0; split < sides.Length; split++)
        {
            Place place = places[split];
            SplitCompare compare = compares[split];
            (ushort column, ushort threshold) = HeapBuilder.PlaceIn(place.Piece == 0 ? BlockKernel.HeadLevels : SevenSplits.Levels, place.Entry);
            pieces[place.Piece + column] = (byte)compare.Column;
            pieces[place.Piece + threshold] = (byte)compare.Threshold;
            Lead(sides[split].Left, new Place(place.Piece, (byte)(2 * place.Entry), (byte)(place.Levels - 1)), sides.Length, leaves);
            Lead(sides[split].Right, new Place(place.Piece, (byte)((2 * place.Entry) + 1), (byte)(place.Levels - 1)), sides.Length, leaves);
        }
    }

    /// <summary>Leads rows on to a side: a leaf, a split of the same piece, or a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Lead(int side, Place place, int splits, ReadOnlySpan<int> leaves)
    {
        // A leaf is the first way out below its place. What a split has there is overwritten by what comes below it.
        int way = sizeof(ushort) * (place.Entry << place.Levels);
        WriteLink(place.Piece + way, leaves[Math.Max(side - splits, 0)]);
        if ((_costs[side].IsCut >> place.Levels & 1) != 0)
        {
            int block = AddBlock(_costs[side].Levels <= SmallLevels, out Place top);
            _links.Add(new Link(place.Piece, way, block));
            place = top;
        }

        _places[side] = place;
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

    private void WriteLink(int at, int link) => Unsafe.WriteUnaligned(ref _pieces[at], (ushort)link);

    /// <summary>Where a split is.</summary>
    /// <param name="Piece">The first byte of its piece; 0 of the head.</param>
    /// <param name="Entry">Its entry there, as in a heap.</param>
    /// <param name="Levels">The levels of the piece from it downwards, its own among them.</param>
    private readonly record struct Place(int Piece, byte Entry, byte Levels);

    /// <summary>A way out that leads to a block.</summary>
    /// <param name="Piece">The piece that it leaves.</param>
    /// <param name="Way">Where its link stands there.</param>
    /// <param name="Block">The block.</param>
    private readonly record struct Link(int Piece, int Way, int Block);

    /// <summary>The blocks that a subtree takes: no more than a link counts.</summary>
    /// <param name="Own">If its top begins one; 0 of a leaf.</param>
    /// <param name="One">The same, or below the piece above it, if that reaches one level into it: what is less.</param>
    /// <param name="Two">The same of two levels.</param>
    /// <param name="IsCut">Whether it takes fewer blocks if its top begins one than if the piece above reaches no, one, two or more levels into it: a bit each.</param>
    /// <param name="Levels">Its levels, <see cref="SmallLevels"/> and one more at most.</param>
    private readonly record struct Costs(ushort Own, ushort One, ushort Two, byte IsCut, byte Levels)
    {
        public static Costs Of(in Costs left, in Costs right)
        {
            int one = left.Own + right.Own;
            int two = left.One + right.One;
            int own = 1 + left.Two + right.Two;
            int isCut = 1 | (own < one ? 1 << 1 : 0) | (own < two ? 1 << 2 : 0);
            int levels = Math.Min(1 + Math.Max(left.Levels, right.Levels), SmallLevels + 1);
            return new((ushort)own, (ushort)Math.Min(own, one), (ushort)Math.Min(own, two), (byte)isCut, (byte)levels);
        }
    }
}
