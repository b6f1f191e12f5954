using System;
using System.Collections.Generic;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Gives the leaves of a tree their codes: see <see cref="CodeKernel"/>. The buffers serve tree after tree.</summary>
/// <remarks>
/// Codes are bytes: a tree of more than 256 leaves is cut into chunks of at most 256 leaves and cuts, from the leaves upwards: where a subtree has too
/// many, its larger side becomes a chunk of its own.
/// </remarks>
internal sealed class LeafCodes
{
    /// <summary>The most leaves and cuts of a chunk.</summary>
    private const int MostLeaves = 256;

    /// <summary>Codes of so many leaves have up to seven bits, those of more leaves one bit more than they need.</summary>
    private const int FewLeaves = 32, FewLeavesBits = 7;

    private readonly List<CodeChunk> _chunks = [];
    private ushort[] _below = [];
    private ushort[] _starts = [];
    private CodeEnd[] _ends = [];
    private int _splits;

    /// <summary>The bits of the codes of a tree of one chunk.</summary>
    public int Bits { get; private set; }

    /// <summary>The chunks, each behind the chunk above it.</summary>
    public IReadOnlyList<CodeChunk> Chunks => _chunks;

    /// <summary>The codes of leaves, behind all splits, and those that roots of further chunks have in the chunk above them.</summary>
    public Span<CodeEnd> Ends => _ends.AsSpan(0, (2 * _splits) + 1);

    /// <summary>The codes of each leaf.</summary>
    public Span<CodeEnd> OfLeaves => Ends[_splits..];

    /// <summary>How the leaves of a tree are numbered: in registers from left to right, elsewhere in the order of their codes where those have more bits than leaves need; else codes are numbers.</summary>
    public static LeafOrder OrderOf(Tree tree, RowForm form)
    {
        if (!NumberKernel.IsSupported || form == RowForm.Heap)
        {
            return LeafOrder.Codes;
        }

        return form == RowForm.Register ? LeafOrder.FromLeft
            : BitsFor((tree.Nodes.Length + 1) / 2) < Math.Min(tree.Depth, PlaneStep.MaxCodeBits) ? LeafOrder.Ascending
            : LeafOrder.Codes;
    }

    /// <summary>Assigns the codes of a tree.</summary>
    /// <param name="shape">Its shape.</param>
    /// <param name="form">How single rows meet it.</param>
    /// <param name="depth">The splits on its longest path.</param>
    /// <param name="order">How its leaves are numbered.</param>
    /// <remarks>The shape's first room has the splits then, in the order in which they are joined, chunk after chunk.</remarks>
    public unsafe void Assign(TreeShape shape, RowForm form, int depth, LeafOrder order)
    {
        _splits = shape.Splits;
        if (_splits + shape.Leaves > CodeJoin.IsEnd)
        {
            throw new InvalidOperationException($"{_splits} splits, more than the ends of chunks can count");
        }

        GrowingBuffer.Reserve(ref _below, _splits + shape.Leaves);
        GrowingBuffer.Reserve(ref _starts, _splits + 1);
        GrowingBuffer.Reserve(ref _ends, _splits + shape.Leaves);
        Array.Fill(_below, (ushort)1, _splits, shape.Leaves);
        _chunks.Clear();
        fixed (Sides* sides = shape.Sides)
        fixed (ushort* below = _below)
        fixed (ushort* starts = _starts)
        fixed (ulong* firsts = shape.OtherRoom<ulong>())
        fixed (CodeJoin* joins = shape.Room<CodeJoin>())
        fixed (CodeEnd* ends = _ends)
        {
            if (shape.Leaves <= MostLeaves)
            {
                CodeKernel.Count(sides, _splits, below);
                _chunks.Add(new CodeChunk(0, 0, _splits));
            }
            else
            {
                Cut(shape.Sides);
            }

            foreach (CodeChunk chunk in _chunks)
            {
                starts[chunk.Root] = (ushort)chunk.First;
            }

            Bits = BitsFor(below[0], form, depth, order != LeafOrder.Codes);
            CodeKernel.Order(sides, _splits, below, starts, joins);
            CodeKernel.Share(sides, _splits, below, firsts, ends, Bits, isEven: depth <= PlaneStep.MaxCodeBits);
        }
    }

    /// <summary>The bits that so many codes need.</summary>
    private static int BitsFor(int leaves) => 32 - BitOperations.LeadingZeroCount((uint)leaves - 1);

    /// <summary>The bits of the codes of a tree. In a heap they are the paths.</summary>
    private static int BitsFor(int leaves, RowForm form, int depth, bool areNumbered)
    {
        int least = BitsFor(leaves);
        return form == RowForm.Heap ? depth
            : areNumbered ? Math.Max(least, Math.Min(depth, leaves <= FewLeaves ? FewLeavesBits : Math.Min(least + 1, PlaneStep.MaxCodeBits)))
            : least;
    }

    /// <summary>Counts the leaves below each split; where they become too many, the larger side begins a chunk, and counts as one from there on.</summary>
    private void Cut(ReadOnlySpan<Sides> sides)
    {
        ushort[] below = _below;
        for (int split = sides.Length - 1; split >= 0; split--)
        {
            (int left, int right) = sides[split];
            while (below[left] + below[right] > MostLeaves)
            {
                int larger = below[left] >= below[right] ? left : right;
                _chunks.Add(new CodeChunk(larger, 0, below[larger] - 1));
                below[larger] = 1;
            }

            below[split] = (ushort)(below[left] + below[right]);
        }

        _chunks.Add(new CodeChunk(0, 0, below[0] - 1));
        _chunks.Sort((one, other) => one.Root.CompareTo(other.Root));
        if (_chunks.Count > ChunkKernel.MaxChunks)
        {
            throw new InvalidOperationException($"{_chunks.Count} chunks of {sides.Length} splits");
        }

        for (int chunk = 1; chunk < _chunks.Count; chunk++)
        {
            _chunks[chunk] = _chunks[chunk] with { First = _chunks[chunk - 1].First + _chunks[chunk - 1].Splits };
        }
    }
}

/// <summary>A part of a tree that has no more leaves than a byte counts, and ends where others begin.</summary>
/// <param name="Root">The split that it begins with, by its number in the tree.</param>
/// <param name="First">The place of its first split in the order.</param>
/// <param name="Splits">Its splits.</param>
internal readonly record struct CodeChunk(int Root, int First, int Splits);
