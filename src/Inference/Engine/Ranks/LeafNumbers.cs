using System;
using System.Numerics;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The numbers that an engine gives to the leaves of a tree. The buffers serve tree after tree.</summary>
internal sealed class LeafNumbers
{
    private const int Codes = 1 << PlaneStep.MaxCodeBits;

    private readonly ulong[] _isStart = new ulong[Codes / 64];
    private readonly byte[] _placeOf = new byte[Codes];
    private readonly byte[] _starts = new byte[Codes];
    private readonly byte[] _inOrder = new byte[Codes];
    private CodeEnd[] _alone = [];
    private LeafCodes? _codes;
    private LeafOrder _order;
    private int _leaves;
    private int _ordered;

    /// <summary>The numbers of each leaf, neighbours where it has several: those of its chunk, times 256, and its own within the chunk.</summary>
    public ReadOnlySpan<CodeEnd> Of => _codes is null ? _alone.AsSpan(0, _leaves) : _codes.OfLeaves;

    /// <summary>One more than the highest number that a leaf may have.</summary>
    public int Length { get; private set; }

    /// <summary>How the numbers of codes stand in memory.</summary>
    public NumberForm Form { get; private set; }

    /// <summary>The first codes of the leaves, ascending, where they have other numbers.</summary>
    public ReadOnlySpan<byte> Starts => _starts.AsSpan(0, _ordered);

    /// <summary>The numbers of the same leaves.</summary>
    public ReadOnlySpan<byte> InOrder => _inOrder.AsSpan(0, _ordered);

    /// <summary>Numbers the leaves of a deep tree, or a lone leaf, in their order.</summary>
    public void NumberInOrder(int leaves)
    {
        GrowingBuffer.Reserve(ref _alone, leaves);
        for (int leaf = 0; leaf < leaves; leaf++)
        {
            _alone[leaf] = CodeEnd.Numbered(leaf);
        }

        (_codes, _leaves, Length, Form) = (null, leaves, leaves, NumberForm.None);
    }

    /// <summary>Begins a tree that has codes, whose leaves keep them until <see cref="Renumber"/>.</summary>
    /// <param name="shape">Its shape, with leaves counted from the left where that is the order.</param>
    /// <param name="codes">Its codes.</param>
    /// <param name="order">How leaves are numbered.</param>
    public void Number(TreeShape shape, LeafCodes codes, LeafOrder order)
    {
        ReadOnlySpan<CodeEnd> leaves = codes.OfLeaves;
        (_codes, _order, _ordered) = (codes, order, 0);
        if (order == LeafOrder.Codes)
        {
            Length = codes.Chunks.Count == 1 ? 1 << codes.Bits : codes.Chunks.Count * SumKernel.ChunkLength;
            Form = NumberForm.None;
            return;
        }

        Length = leaves.Length;
        Form = NumberForm.For(codes.Bits, leaves.Length, order == LeafOrder.Ascending);
        ListStarts(leaves);
        for (int leaf = 0; leaf < leaves.Length; leaf++)
        {
            int place = _placeOf[leaves[leaf].First];
            _inOrder[place] = (byte)(order == LeafOrder.FromLeft ? shape.LeavesBefore(leaf) : place);
        }
    }

    /// <summary>Puts numbers in the place of codes, where they are others.</summary>
    public void Renumber()
    {
        if (_codes is not null && _order != LeafOrder.Codes)
        {
            foreach (ref CodeEnd leaf in _codes.OfLeaves)
            {
                leaf = CodeEnd.Numbered(_inOrder[_placeOf[leaf.First]]);
            }
        }
    }

    private void ListStarts(ReadOnlySpan<CodeEnd> ends)
    {
        Array.Clear(_isStart);
        foreach (CodeEnd codes in ends)
        {
            _isStart[codes.First / 64] |= 1UL << codes.First;
        }

        for (int word = 0; word < _isStart.Length; word++)
        {
            for (ulong rest = _isStart[word]; rest != 0; rest &= rest - 1)
            {
                int code = (64 * word) + BitOperations.TrailingZeroCount(rest);
                _placeOf[code] = (byte)_ordered;
                _starts[_ordered++] = (byte)code;
            }
        }
    }
}
