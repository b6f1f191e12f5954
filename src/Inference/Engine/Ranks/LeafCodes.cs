using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

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
    private bool[] _isRoot = [];
    private Node[] _nodes = [];
    private ArraySegment<Cube> _codes;
    private int _root;

    /// <summary>Codes of so many leaves have up to seven bits, those of more leaves one bit more than they need.</summary>
    private const int FewLeaves = 32, FewLeavesBits = 7;

    /// <summary>The bits that so many codes need.</summary>
    private static int BitsFor(int leaves) => 32 - BitOperations.LeadingZeroCount((uint)leaves - 1);

    /// <summary>How the leaves of a tree are numbered: in registers from left to right, elsewhere in the order of their codes where those have more bits than leaves need; else codes are numbers.</summary>
    public static LeafOrder OrderOf(Tree tree, RowForm form, int depth)
    {
        if (!NumberKernel.IsSupported || form == RowForm.Heap)
        {
            return LeafOrder.Codes;
        }

        return form == RowForm.Register ? LeafOrder.FromLeft
            : BitsFor((tree.Nodes.Length + 1) / 2) < Math.Min(depth, PlaneStep.MaxCodeBits) ? LeafOrder.Ascending
            : LeafOrder.Codes;
    }

    /// <summary>The bits of the codes of a tree, or of a chunk of one. In a heap they are the paths.</summary>
    private static int BitsFor(int leaves, RowForm form, int depth, bool areNumbered)
    {
        int least = BitsFor(leaves);
        return form == RowForm.Heap ? depth
            : areNumbered ? Math.Max(least, Math.Min(depth, leaves <= FewLeaves ? FewLeavesBits : Math.Min(least + 1, PlaneStep.MaxCodeBits)))
            : least;
    }

    /// <summary>Assigns the codes of a tree.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="chunks">The roots of its chunks, of at most 256 leaves each.</param>
    /// <param name="form">How single rows meet it.</param>
    /// <param name="depth">The splits on its longest path.</param>
    /// <param name="codes">
    /// Receives, by nodes, the codes of leaves; of a chunk's root the one code that the chunk above gives it, and the bits of the
    /// codes in the chunk; of other splits the leaves below them in the chunk, less one.
    /// </param>
    /// <returns>The steps that lead to the codes.</returns>
    public int Assign(Tree tree, ReadOnlySpan<int> chunks, RowForm form, int depth, ArraySegment<Cube> codes)
    {
        (_nodes, _codes) = (tree.Nodes, codes);
        GrowingBuffer.Reserve(ref _isRoot, tree.Nodes.Length);
        Array.Clear(_isRoot, 0, tree.Nodes.Length);
        foreach (int root in chunks)
        {
            _isRoot[root] = true;
        }

        bool areNumbered = OrderOf(tree, form, depth) != LeafOrder.Codes;
        int steps = 0;
        foreach (int root in chunks)
        {
            _root = root;
            byte bits = (byte)BitsFor(Count(root), form, depth, areNumbered);
            _used = 0;
            Push(new Cube(0, bits));
            _ = Share(root, 0, ref steps);
            codes[root] = codes[root] with { Bits = bits };
        }

        return steps;
    }

    /// <summary>Counts the leaves below a node, and notes how many, less one, below all but the root. At most 255 splits, so the recursion is bounded.</summary>
    private int Count(int node)
    {
        ref readonly Node split = ref _nodes[node];
        bool isEnd = split.IsLeaf || (_isRoot[node] && node != _root);
        int leaves = isEnd ? 1 : Count(split.Left) + Count(split.Right);
        if (node != _root)
        {
            _codes[node] = new Cube((byte)(leaves - 1), 0);
        }

        return leaves;
    }

    /// <summary>The leaves below a node that has no codes yet.</summary>
    private int Leaves(int node) => _codes[node].First + 1;

    /// <summary>Shares the cubes from a place on among the leaves below a node, and takes them off.</summary>
    /// <returns>What the bits of the codes are there.</returns>
    private CodeBits Share(int node, int start, ref int steps)
    {
        if (node != _root && Leaves(node) == 1)
        {
            int largest = start;
            for (int i = start + 1; i < _used; i++)
            {
                largest = _cubes[i].Bits > _cubes[largest].Bits ? i : largest;
            }

            // What hangs below a chunk is told by one code.
            Cube cube = _cubes[largest];
            _codes[node] = _isRoot[node] ? new Cube(cube.First, 0) : cube;
            _used = start;
            return CodeBits.Of(_codes[node]);
        }

        ref readonly Node split = ref _nodes[node];
        (int leftLeaves, int rightLeaves) = (Leaves(split.Left), Leaves(split.Right));
        if (_used - start == 1)
        {
            (Cube low, Cube high) = _cubes[start].Halves;
            if (Math.Max(leftLeaves, rightLeaves) <= low.Codes)
            {
                _cubes[start] = low;
                CodeBits left = Share(split.Left, start, ref steps);
                Push(high);
                return Join(left, Share(split.Right, start, ref steps), ref steps);
            }
        }

        bool isLeftSmaller = leftLeaves <= rightLeaves;
        (int smaller, int larger) = isLeftSmaller ? (split.Left, split.Right) : (split.Right, split.Left);
        int all = 0;
        for (int i = start; i < _used; i++)
        {
            all += _cubes[i].Codes;
        }

        // Of all numbers between what the smaller side needs and what the larger one leaves, one with the fewest bits.
        int codes = all - Math.Max(leftLeaves, rightLeaves);
        while ((codes & (codes - 1)) >= Math.Min(leftLeaves, rightLeaves))
        {
            codes &= codes - 1;
        }

        // What was taken stands last; the rest goes first.
        CodeBits ofSmaller = Share(smaller, Take(codes, start, _used, isLeftSmaller), ref steps);
        CodeBits ofLarger = Share(larger, start, ref steps);
        return isLeftSmaller ? Join(ofSmaller, ofLarger, ref steps) : Join(ofLarger, ofSmaller, ref steps);
    }

    private static CodeBits Join(CodeBits left, CodeBits right, ref int steps)
    {
        CodeBits joined = CodeBits.Join(left, right, out _, out int needed);
        steps += BitOperations.PopCount((uint)needed);
        return joined;
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
internal readonly record struct Cube(byte First, byte Bits)
{
    /// <summary>How many.</summary>
    public int Codes => 1 << Bits;

    /// <summary>Those whose highest differing bit is zero, and those whose is one.</summary>
    public (Cube Low, Cube High) Halves => (new(First, (byte)(Bits - 1)), new((byte)(First + (1 << (Bits - 1))), (byte)(Bits - 1)));
}

/// <summary>What is known of each bit of the codes below a node: nothing that matters, a constant, or a plane of the block.</summary>
/// <param name="Matters">The bits that matter.</param>
/// <param name="Varies">Those of them that differ from row to row.</param>
/// <param name="Ones">The constants.</param>
internal readonly record struct CodeBits(byte Matters, byte Varies, byte Ones)
{
    /// <summary>Of a leaf.</summary>
    public static CodeBits Of(Cube codes) => new((byte)(byte.MaxValue << codes.Bits), 0, codes.First);

    /// <summary>Of a split.</summary>
    /// <param name="left">Of its left side.</param>
    /// <param name="right">Of its right side.</param>
    /// <param name="masks">The bits that are the split's mask: left zero and right one.</param>
    /// <param name="steps">The bits for which there has to be a step.</param>
    public static CodeBits Join(CodeBits left, CodeBits right, out int masks, out int steps)
    {
        int both = left.Matters & right.Matters;
        int vary = left.Varies | right.Varies;
        int differ = both & ~vary & (left.Ones ^ right.Ones);
        masks = differ & right.Ones;
        steps = (both & vary) | (differ & left.Ones);
        vary |= differ;
        return new((byte)(left.Matters | right.Matters), (byte)vary, (byte)((left.Ones | right.Ones) & ~vary));
    }
}
