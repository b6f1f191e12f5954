using System;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The shape of a tree, as its nodes are arranged: splits come first, and leaves are numbered behind them. The buffers serve tree after tree.</summary>
internal sealed class TreeShape
{
    private Sides[] _sides = [];
    private ulong[] _room = [];
    private ulong[] _otherRoom = [];
    private ushort[] _below = [];
    private int[] _before = [];

    /// <summary>How many splits.</summary>
    public int Splits { get; private set; }

    /// <summary>How many leaves.</summary>
    public int Leaves => Splits + 1;

    /// <summary>The sides of each split.</summary>
    public ReadOnlySpan<Sides> Sides => _sides.AsSpan(0, Splits);

    /// <summary>Working memory for whoever goes through the tree: room for each split, and one more.</summary>
    /// <typeparam name="T">What stands there, eight bytes.</typeparam>
    public Span<T> Room<T>()
        where T : unmanaged => MemoryMarshal.Cast<ulong, T>(_room.AsSpan(0, Leaves));

    /// <summary>As much again.</summary>
    /// <typeparam name="T">What stands there, eight bytes.</typeparam>
    public Span<T> OtherRoom<T>()
        where T : unmanaged => MemoryMarshal.Cast<ulong, T>(_otherRoom.AsSpan(0, Leaves));

    /// <summary>Reads a tree.</summary>
    public void Read(Tree tree)
    {
        Splits = tree.Splits.Length;
        GrowingBuffer.Reserve(ref _sides, Splits);
        GrowingBuffer.Reserve(ref _room, Leaves);
        GrowingBuffer.Reserve(ref _otherRoom, Leaves);
        Sides[] sides = _sides;
        ReadOnlySpan<Node> splits = tree.Splits;
        int isBehind = -1;
        for (int split = 0; split < splits.Length; split++)
        {
            (int left, int right) = (splits[split].Left, splits[split].Right);
            sides[split] = new Sides(left, right);
            isBehind &= (split - left) & (split - right);
        }

        if (isBehind >= 0)
        {
            throw new InvalidOperationException("a tree whose nodes have not been arranged");
        }
    }

    /// <summary>Counts leaves from left to right, of a tree of at most 65,535.</summary>
    public unsafe void CountFromLeft()
    {
        GrowingBuffer.Reserve(ref _below, Splits + Leaves);
        GrowingBuffer.Reserve(ref _before, Splits + Leaves);
        Array.Fill(_below, (ushort)1, Splits, Leaves);
        fixed (Sides* sides = _sides)
        fixed (ushort* below = _below)
        {
            CodeKernel.Count(sides, Splits, below);
        }

        (int[] before, ushort[] leaves) = (_before, _below);
        before[0] = 0;
        for (int split = 0; split < Splits; split++)
        {
            (int left, int right) = _sides[split];
            before[left] = before[split];
            before[right] = before[split] + leaves[left];
        }
    }

    /// <summary>The splits to the left of a split, once <see cref="CountFromLeft"/> has counted.</summary>
    public int SplitsBefore(int split) => _before[split] + _below[_sides[split].Left] - 1;

    /// <summary>The leaves to the left of a leaf, once <see cref="CountFromLeft"/> has counted.</summary>
    public int LeavesBefore(int leaf) => _before[Splits + leaf];
}
