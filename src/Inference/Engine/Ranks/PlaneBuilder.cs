using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out for <see cref="PlaneKernel"/>: the steps that lead from the masks of a tree's splits to the codes of its leaves.</summary>
/// <param name="masks">The masks.</param>
internal sealed class PlaneBuilder(MaskBuilder masks)
{
    /// <summary>In the place of a bit that a leaf does not care about.</summary>
    private const int Any = -1;

    private readonly List<PlaneStep> _steps = [];
    private readonly List<byte> _numbers = [];
    private readonly Stack<int> _free = [];
    private Func<int, int> _maskOf = null!;
    private Tree _tree = null!;
    private LeafNumbers _leaves = null!;
    private int _root;
    private int _bits;
    private int _groupStep;
    private int _groupSlots;
    private int _next;

    /// <summary>The planes of the group that needs the most.</summary>
    public int Planes { get; private set; }

    /// <summary>Begins a group.</summary>
    public void Open()
    {
        _groupStep = _steps.Count;
        _groupSlots = 0;
    }

    /// <summary>Adds a tree, or a chunk of one.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="root">The chunk's root.</param>
    /// <param name="leaves">The leaves' codes and numbers.</param>
    /// <param name="isNumbered">Whether leaves have numbers that are not their codes.</param>
    /// <param name="maskOf">The mask of a split, by its node.</param>
    public TreePlanes Add(Tree tree, int root, LeafNumbers leaves, bool isNumbered, Func<int, int> maskOf)
    {
        (_tree, _root, _leaves, _bits, _maskOf) = (tree, root, leaves, leaves.Codes.BitsOf(root), maskOf);
        _free.Clear();
        _next = 0;
        int firstStep = _steps.Count;
        int firstNumber = isNumbered ? _numbers.Count : TreePlanes.None;
        CollectionsMarshal.SetCount(_numbers, _numbers.Count + (isNumbered ? 1 << _bits : 0));
        Span<int> planes = stackalloc int[PlaneStep.MaxCodeBits];
        AddSteps(root, planes, isNumbered ? CollectionsMarshal.AsSpan(_numbers)[firstNumber..] : []);
        int steps = _steps.Count - firstStep;
        for (int bit = 0; bit < PlaneStep.MaxCodeBits; bit += 3)
        {
            _steps.Add(new PlaneStep { Mask = End(planes, bit), Right = End(planes, bit + 1), Left = End(planes, bit + 2) });
        }

        _groupSlots = Math.Max(_groupSlots, _next);
        return new(firstStep, checked((ushort)steps), (byte)_bits, firstNumber);
    }

    /// <summary>The plane of a bit that a tree's codes may have.</summary>
    private ushort End(Span<int> planes, int bit) => (ushort)(bit < _bits ? Math.Max(planes[bit], PlaneStep.Zeros) : PlaneStep.Zeros);

    /// <summary>Ends a group: its masks stand behind the slots that its trees need, and in their own order.</summary>
    /// <returns>The first mask.</returns>
    public int Close()
    {
        int first = PlaneStep.FirstSlot + _groupSlots;
        ReadOnlySpan<int> order = masks.Close();
        foreach (ref PlaneStep step in CollectionsMarshal.AsSpan(_steps)[_groupStep..])
        {
            step.Mask = Place(step.Mask, first, order);
            step.Right = Place(step.Right, first, order);
            step.Left = Place(step.Left, first, order);
        }

        Planes = Math.Max(Planes, first + order.Length);
        return first;
    }

    /// <summary>The steps of all trees.</summary>
    public AlignedArray<PlaneStep> BuildSteps() => AlignedArray<PlaneStep>.Of(CollectionsMarshal.AsSpan(_steps));

    /// <summary>The numbers of codes, and room for a look-up that reads behind them.</summary>
    public AlignedArray<byte> BuildNumbers()
    {
        CollectionsMarshal.SetCount(_numbers, _numbers.Count + (_numbers.Count > 0 ? 1 << NumberKernel.MaxCodeBits : 0));
        return AlignedArray<byte>.Of(CollectionsMarshal.AsSpan(_numbers));
    }

    /// <summary>Adds the steps of a subtree, and says which plane each bit of its codes is then. At most 255 splits, so the recursion is bounded.</summary>
    private void AddSteps(int node, Span<int> planes, Span<byte> numbers)
    {
        LeafCodes codes = _leaves.Codes;
        if (codes.IsEnd(node, _root))
        {
            Cube own = codes.Of(node);
            if (!numbers.IsEmpty)
            {
                numbers.Slice(own.First, own.Codes).Fill((byte)_leaves.Of[node]);
            }

            // What hangs below a chunk is told by one code.
            int free = _tree.Nodes[node].IsLeaf ? own.Bits : 0;
            for (int bit = 0; bit < _bits; bit++)
            {
                planes[bit] = bit < free ? Any : (own.First >> bit) & 1;
            }

            return;
        }

        // The larger side first: the planes that wait then fit into few slots.
        Node split = _tree.Nodes[node];
        bool isLeftFirst = codes.Leaves(split.Left, _root) >= codes.Leaves(split.Right, _root);
        Span<int> right = stackalloc int[PlaneStep.MaxCodeBits];
        AddSteps(isLeftFirst ? split.Left : split.Right, isLeftFirst ? planes : right, numbers);
        AddSteps(isLeftFirst ? split.Right : split.Left, isLeftFirst ? right : planes, numbers);
        int mask = _maskOf(node);
        for (int bit = 0; bit < _bits; bit++)
        {
            planes[bit] = Join(mask, planes[bit], right[bit]);
        }
    }

    private static ushort Place(ushort plane, int firstMask, ReadOnlySpan<int> order) =>
        plane < MaskBuilder.First ? plane : checked((ushort)(firstMask + order[plane - MaskBuilder.First]));

    private int Join(int mask, int left, int right)
    {
        if (left == right || right == Any)
        {
            return left;
        }

        if (left == Any)
        {
            return right;
        }

        if (left == PlaneStep.Zeros && right == PlaneStep.Ones)
        {
            return mask;
        }

        Release(left);
        Release(right);
        int target = PlaneStep.FirstSlot + (_free.TryPop(out int slot) ? slot : _next++);
        _steps.Add(new PlaneStep { Mask = (ushort)mask, Left = (ushort)left, Right = (ushort)right, Target = checked((byte)target) });
        return target;
    }

    /// <summary>A plane is read by one step.</summary>
    private void Release(int plane)
    {
        if (plane is >= PlaneStep.FirstSlot and < MaskBuilder.First)
        {
            _free.Push(plane - PlaneStep.FirstSlot);
        }
    }
}
