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
    private int[] _of = [];
    private ushort[] _counts = [];
    private int _leaves;
    private int _ordered;

    /// <summary>The number of each leaf, the first of several.</summary>
    public ReadOnlySpan<int> Of => _of.AsSpan(0, _leaves);

    /// <summary>How many numbers each leaf has.</summary>
    public ReadOnlySpan<ushort> Counts => _counts.AsSpan(0, _leaves);

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
        Begin(leaves, leaves);
        for (int leaf = 0; leaf < leaves; leaf++)
        {
            (_of[leaf], _counts[leaf]) = (leaf, 1);
        }
    }

    /// <summary>Numbers the leaves of a tree that has codes.</summary>
    /// <param name="shape">Its shape, with leaves counted from the left where that is the order.</param>
    /// <param name="codes">Its codes: of several chunks, a leaf's number is that of its chunk, times 256, and its code.</param>
    /// <param name="order">How leaves are numbered.</param>
    public void Number(TreeShape shape, LeafCodes codes, LeafOrder order)
    {
        ReadOnlySpan<CodeEnd> ends = codes.OfLeaves;
        if (order == LeafOrder.Codes)
        {
            Begin(ends.Length, codes.Chunks.Count == 1 ? 1 << codes.Bits : codes.Chunks.Count * SumKernel.ChunkLength);
            for (int leaf = 0; leaf < ends.Length; leaf++)
            {
                (_of[leaf], _counts[leaf]) = (NumberOf(ends[leaf]), (ushort)(1 << ends[leaf].Bits));
            }

            return;
        }

        Begin(ends.Length, ends.Length);
        Form = NumberForm.For(codes.Bits, ends.Length, order == LeafOrder.Ascending);
        ListStarts(ends);
        for (int leaf = 0; leaf < ends.Length; leaf++)
        {
            int place = _placeOf[ends[leaf].First];
            int number = order == LeafOrder.FromLeft ? shape.LeavesBefore(leaf) : place;
            (_of[leaf], _counts[leaf]) = (number, 1);
            _inOrder[place] = (byte)number;
        }
    }

    /// <summary>A code and its chunk in one number.</summary>
    public static int NumberOf(CodeEnd end) => (end.Chunk * SumKernel.ChunkLength) + end.First;

    private void Begin(int leaves, int length)
    {
        GrowingBuffer.Reserve(ref _of, leaves);
        GrowingBuffer.Reserve(ref _counts, leaves);
        (_leaves, Length, Form, _ordered) = (leaves, length, NumberForm.None, 0);
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
