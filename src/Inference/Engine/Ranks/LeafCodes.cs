using System;
using System.Numerics;
using Inference.Forests;

namespace Inference.Engine.Ranks;

/// <summary>Gives the leaves of a tree codes such that few steps find them: each leaf a cube of codes, all that have some bits in common.</summary>
/// <remarks>
/// Where both sides of a split fit into half a cube each, one bit is the split's mask, and the others need a step only where both
/// sides ask them. Where they do not, the smaller side gets as few cubes as hold it and the larger one the rest. A leaf that has
/// several codes does not care about the bits in which they differ.
/// </remarks>
internal sealed class LeafCodes
{
    private Cube[] _cubes = new Cube[256];
    private int _used;
    private int[] _leaves = [];
    private Cube[] _codes = [];
    private Tree _tree = null!;
    private bool[] _isRoot = [];
    private byte[] _bits = [];
    private int _root;

    /// <summary>The leaves of a chunk below a node of it.</summary>
    public int Leaves(int node, int root) => IsEnd(node, root) ? 1 : _leaves[node];

    /// <summary>The codes of a leaf.</summary>
    public Cube Of(int node) => _codes[node];

    /// <summary>Whether a chunk with a root ends at a node.</summary>
    public bool IsEnd(int node, int root) => _tree.Nodes[node].IsLeaf || (node != root && _isRoot[node]);

    /// <summary>Begins a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="chunks">The roots of its chunks.</param>
    public void Begin(Tree tree, ReadOnlySpan<int> chunks)
    {
        _tree = tree;
        if (_leaves.Length < tree.Nodes.Length)
        {
            int length = Math.Max(tree.Nodes.Length, 2 * _leaves.Length);
            (_leaves, _codes, _isRoot, _bits) = (new int[length], new Cube[length], new bool[length], new byte[length]);
        }

        Array.Clear(_isRoot, 0, tree.Nodes.Length);
        foreach (int root in chunks)
        {
            _isRoot[root] = true;
        }
    }

    /// <summary>Assigns the codes of a chunk of at most 256 leaves.</summary>
    /// <param name="root">The chunk's root.</param>
    /// <param name="bits">The bits of a code; as few as do, where that is more.</param>
    /// <returns>The bits of a code.</returns>
    public int Assign(int root, int bits)
    {
        _root = root;
        bits = Math.Max(bits, BitsFor(Count(root)));
        _used = 0;
        Push(new Cube(0, bits));
        Share(root, 0);
        _bits[root] = (byte)bits;
        return bits;
    }

    /// <summary>The bits of the codes of a chunk.</summary>
    public int BitsOf(int root) => _bits[root];

    /// <summary>The bits that so many codes need.</summary>
    public static int BitsFor(int leaves) => 32 - BitOperations.LeadingZeroCount((uint)leaves - 1);

    /// <summary>At most 255 splits, so the recursion is bounded.</summary>
    private int Count(int node) => _leaves[node] = IsEnd(node, _root) ? 1 : Count(_tree.Nodes[node].Left) + Count(_tree.Nodes[node].Right);

    /// <summary>Shares the cubes from a place on among the leaves below a node, and takes them off.</summary>
    private void Share(int node, int start)
    {
        if (IsEnd(node, _root))
        {
            int largest = start;
            for (int i = start + 1; i < _used; i++)
            {
                largest = _cubes[i].Bits > _cubes[largest].Bits ? i : largest;
            }

            _codes[node] = _cubes[largest];
            _used = start;
            return;
        }

        Node split = _tree.Nodes[node];
        if (_used - start == 1)
        {
            (Cube low, Cube high) = _cubes[start].Halves;
            if (Math.Max(_leaves[split.Left], _leaves[split.Right]) <= low.Codes)
            {
                _cubes[start] = low;
                Share(split.Left, start);
                Push(high);
                Share(split.Right, start);
                return;
            }
        }

        bool isLeftSmaller = _leaves[split.Left] <= _leaves[split.Right];
        (int smaller, int larger) = isLeftSmaller ? (split.Left, split.Right) : (split.Right, split.Left);
        int all = 0;
        for (int i = start; i < _used; i++)
        {
            all += _cubes[i].Codes;
        }

        // Of all numbers between what the smaller side needs and what the larger one leaves, one with the fewest bits.
        int codes = all - _leaves[larger];
        while ((codes & (codes - 1)) >= _leaves[smaller])
        {
            codes &= codes - 1;
        }

        int end = _used;
        int taken = Take(codes, start, end, isLeftSmaller);

        // What was taken stands last; the rest goes first.
        Share(smaller, taken);
        Share(larger, start);
    }

    /// <summary>Moves cubes of so many codes behind the others, and says where they begin.</summary>
    private int Take(int codes, int start, int end, bool takesLow)
    {
        int taken = end;
        for (int bits = BitOperations.Log2((uint)codes); bits >= 0; bits--)
        {
            if ((codes >> bits & 1) == 0)
            {
                continue;
            }

            int need = 1 << bits;
            while (need > 0)
            {
                int best = -1;
                for (int i = start; i < taken; i++)
                {
                    // The smallest that is large enough, else the largest.
                    bool isEnough = _cubes[i].Codes >= need;
                    bool isBetter = best < 0 || (_cubes[best].Codes >= need
                        ? isEnough && _cubes[i].Codes < _cubes[best].Codes
                        : isEnough || _cubes[i].Codes > _cubes[best].Codes);
                    best = isBetter ? i : best;
                }

                Cube cube = _cubes[best];
                _cubes[best] = _cubes[--taken];
                while (cube.Codes > need)
                {
                    (Cube low, Cube high) = cube.Halves;
                    (cube, Cube rest) = takesLow ? (low, high) : (high, low);
                    Insert(rest, ref taken);
                }

                _cubes[taken] = cube;
                need -= cube.Codes;
            }
        }

        return taken;
    }

    /// <summary>Puts a cube into the gap before those that were taken, and makes another gap behind it.</summary>
    private void Insert(Cube cube, ref int gap)
    {
        Push(default);
        Array.Copy(_cubes, gap + 1, _cubes, gap + 2, _used - gap - 2);
        _cubes[gap++] = cube;
    }

    private void Push(Cube cube)
    {
        if (_used == _cubes.Length)
        {
            Array.Resize(ref _cubes, 2 * _used);
        }

        _cubes[_used++] = cube;
    }
}

/// <summary>Codes that have all but their lowest bits in common.</summary>
/// <param name="First">The lowest of them, a multiple of their number.</param>
/// <param name="Bits">The bits in which they differ.</param>
internal readonly record struct Cube(int First, int Bits)
{
    /// <summary>How many.</summary>
    public int Codes => 1 << Bits;

    /// <summary>Those whose highest differing bit is zero, and those whose is one.</summary>
    public (Cube Low, Cube High) Halves => (new(First, Bits - 1), new(First + (1 << (Bits - 1)), Bits - 1));
}
