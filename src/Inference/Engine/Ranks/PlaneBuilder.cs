using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out for <see cref="PlaneKernel"/>: the steps that lead from the masks of a tree's splits to the codes of its leaves.</summary>
/// <param name="masks">The masks.</param>
/// <param name="steps">The steps of all trees.</param>
/// <param name="format">How they stand in memory.</param>
internal sealed unsafe class PlaneBuilder(MaskBuilder masks, int steps, StepFormat format)
{
    /// <summary>The rows that planes wait in. Each time the smaller side is entered, at most half of the leaves are left; a split reads the row behind its own.</summary>
    private const int Rows = PlaneStep.MaxCodeBits + 1;

    private readonly AlignedArray<byte> _steps = new(checked((steps * format.Bytes) + StepFormat.Slack));
    private readonly List<byte> _numbers = [];
    private readonly short[] _leafAt = new short[1 << PlaneStep.MaxCodeBits];
    private readonly ushort[] _waiting = new ushort[Rows * PlaneStep.MaxCodeBits];
    private readonly byte[] _free = new byte[MaskBuilder.First];
    private int _freeCount;
    private LeafOrder _order;
    private ushort[] _maskOf = [];
    private Node[] _nodes = [];
    private int[] _leafOf = [];
    private ArraySegment<Cube> _codes;
    private int _root;
    private int _groupStep;
    private int _groupSlots;
    private int _next;
    private int _count;

    /// <summary>The planes of the group that needs the most.</summary>
    public int Planes { get; private set; } = PlaneStep.FirstSlot;

    /// <summary>Begins a group.</summary>
    public void Open()
    {
        _groupStep = _count;
        _groupSlots = 0;
    }

    /// <summary>Adds a tree, or a chunk of one.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="root">The chunk's root.</param>
    /// <param name="leafOf">The number of each leaf and of each root of another chunk, by nodes; -1 for all other splits.</param>
    /// <param name="codes">What <see cref="LeafCodes"/> says of its nodes.</param>
    /// <param name="order">How leaves are numbered.</param>
    /// <param name="maskOf">The mask of a split, by its node.</param>
    public TreePlanes Add(Tree tree, int root, int[] leafOf, ArraySegment<Cube> codes, LeafOrder order, ushort[] maskOf)
    {
        (_nodes, _root, _leafOf, _codes, _order, _maskOf) = (tree.Nodes, root, leafOf, codes, order, maskOf);
        if (order != LeafOrder.Codes)
        {
            _leafAt.AsSpan().Fill(-1);
        }

        _freeCount = 0;
        _next = 0;
        int firstStep = _count;
        CodeBits bits = AddSteps(root, 0);
        ReadOnlySpan<ushort> planes = Waiting(0);
        int ownSteps = _count - firstStep;
        for (int bit = 0; bit < 3 * PlaneStep.CodeSteps; bit += 3)
        {
            Put(new PlaneStep { Mask = Plane(bits, planes, bit), Right = Plane(bits, planes, bit + 1), Left = Plane(bits, planes, bit + 2) });
        }

        _groupSlots = Math.Max(_groupSlots, _next);
        NumberForm form = order == LeafOrder.Codes ? NumberForm.None : NumberForm.For(codes[root].Bits, (tree.Nodes.Length + 1) / 2, order == LeafOrder.Ascending);
        return new(firstStep, AddNumbers(form), checked((ushort)ownSteps), form);
    }

    private int AddNumbers(NumberForm form)
    {
        int first = _numbers.Count;
        if (form == NumberForm.None)
        {
            return first;
        }

        Span<byte> starts = stackalloc byte[_leafAt.Length];
        Span<byte> numbers = stackalloc byte[_leafAt.Length];
        int leaves = 0;
        for (int code = 0; code < _leafAt.Length; code++)
        {
            if (_leafAt[code] >= 0)
            {
                starts[leaves] = (byte)code;
                numbers[leaves++] = (byte)_leafAt[code];
            }
        }

        CollectionsMarshal.SetCount(_numbers, first + form.Bytes);
        Span<byte> added = CollectionsMarshal.AsSpan(_numbers)[first..];
        added.Clear();
        NumberKernel.Write(form, starts[..leaves], numbers[..leaves], added);
        return first;
    }

    /// <summary>Ends a group: its masks stand behind the slots that its trees need, and in their own order.</summary>
    /// <returns>The first mask.</returns>
    public int Close()
    {
        int first = PlaneStep.FirstSlot + _groupSlots;
        ReadOnlySpan<int> order = masks.Close();
        byte* at = At(_groupStep);
        ulong next = StepFormat.Read(at);
        for (int index = _groupStep; index < _count; index++)
        {
            // Writing a step clears what stands in the bytes behind it.
            PlaneStep step = format.Unpack(next);
            next = StepFormat.Read(at + format.Bytes);
            step.Mask = Place(step.Mask, first, order);
            step.Right = Place(step.Right, first, order);
            step.Left = Place(step.Left, first, order);
            StepFormat.Write(at, format.Pack(step));
            at += format.Bytes;
        }

        Planes = Math.Max(Planes, first + order.Length);
        return first;
    }

    /// <summary>The steps of all trees.</summary>
    public AlignedArray<byte> BuildSteps()
    {
        Debug.Assert(_count == steps, "LeafCodes counts the steps that are added here");
        return _steps;
    }

    /// <summary>The numbers of codes.</summary>
    public AlignedArray<byte> BuildNumbers() => AlignedArray<byte>.Of(CollectionsMarshal.AsSpan(_numbers));

    /// <summary>
    /// Adds the steps of a subtree, and says which bits of its codes differ from row to row; which planes they are stands in a row of those that wait. At most
    /// 255 splits, so the recursion is bounded.
    /// </summary>
    private CodeBits AddSteps(int node, int row)
    {
        if (IsEnd(node))
        {
            Cube own = _nodes[node].IsLeaf ? _codes[node] : new Cube(_codes[node].First, 0);
            if (_order != LeafOrder.Codes)
            {
                _leafAt[own.First] = (short)_leafOf[node];
            }

            return CodeBits.Of(own);
        }

        // The larger side first: the planes that wait then fit into few slots, and into rows for each halving.
        ref readonly Node split = ref _nodes[node];
        bool isLeftFirst = Leaves(split.Left) >= Leaves(split.Right);
        CodeBits first = AddSteps(isLeftFirst ? split.Left : split.Right, row);
        CodeBits second = AddSteps(isLeftFirst ? split.Right : split.Left, row + 1);
        (CodeBits left, CodeBits right) = isLeftFirst ? (first, second) : (second, first);
        CodeBits joined = CodeBits.Join(left, right, out int isMask, out int isStep);
        ushort mask = _maskOf[node];
        Span<ushort> planes = Waiting(row);
        ReadOnlySpan<ushort> others = Waiting(row + 1);
        for (int rest = (joined.Varies & ~first.Varies) | isStep; rest != 0; rest &= rest - 1)
        {
            int bit = BitOperations.TrailingZeroCount(rest);
            if ((isMask & (1 << bit)) != 0)
            {
                planes[bit] = mask;
                continue;
            }

            ushort one = Plane(first, planes, bit);
            ushort other = Plane(second, others, bit);
            planes[bit] = (isStep & (1 << bit)) == 0 ? other : isLeftFirst ? Step(mask, one, other) : Step(mask, other, one);
        }

        return joined;
    }

    private Span<ushort> Waiting(int row) => _waiting.AsSpan(row * PlaneStep.MaxCodeBits, PlaneStep.MaxCodeBits);

    private byte* At(int step) => _steps.Start + ((nint)step * format.Bytes);

    /// <summary>Writes the next step.</summary>
    private void Put(PlaneStep step)
    {
        if (_count >= steps)
        {
            throw new InvalidOperationException($"more than {steps} steps, which is what LeafCodes counts");
        }

        StepFormat.Write(At(_count++), format.Pack(step));
    }

    private static ushort Plane(CodeBits bits, ReadOnlySpan<ushort> planes, int bit) =>
        (bits.Varies & (1 << bit)) != 0 ? planes[bit] : (ushort)((bits.Ones >> bit) & 1);

    private ushort Step(ushort mask, ushort left, ushort right)
    {
        Release(left);
        Release(right);
        byte target = _freeCount > 0 ? _free[--_freeCount] : checked((byte)(PlaneStep.FirstSlot + _next++));
        Put(new PlaneStep { Mask = mask, Left = left, Right = right, Target = target });
        return target;
    }

    /// <summary>Leaves have numbers, and so have the roots of other chunks.</summary>
    private bool IsEnd(int node) => _leafOf[node] >= 0 && node != _root;

    private int Leaves(int node) => IsEnd(node) ? 0 : _codes[node].First;

    private static ushort Place(ushort plane, int firstMask, ReadOnlySpan<int> order) =>
        plane < MaskBuilder.First ? plane : checked((ushort)(firstMask + order[plane - MaskBuilder.First]));

    /// <summary>A plane is read by one step.</summary>
    private void Release(int plane)
    {
        if (plane is >= PlaneStep.FirstSlot and < MaskBuilder.First)
        {
            _free[_freeCount++] = (byte)plane;
        }
    }
}
