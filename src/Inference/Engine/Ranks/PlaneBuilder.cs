using System;
using System.Buffers.Binary;
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
internal sealed class PlaneBuilder(MaskBuilder masks, int steps, StepFormat format)
{
    private readonly AlignedArray<byte> _steps = new(checked((steps * format.Bytes) + StepFormat.Slack));
    private readonly List<byte> _numbers = [];
    private readonly Stack<int> _free = [];
    private Func<int, int> _maskOf = null!;
    private Node[] _nodes = [];
    private int[] _leafOf = [];
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
    /// <param name="areNumbered">Whether leaves have numbers that are not their codes.</param>
    /// <param name="maskOf">The mask of a split, by its node.</param>
    public TreePlanes Add(Tree tree, int root, int[] leafOf, ReadOnlySpan<Cube> codes, bool areNumbered, Func<int, int> maskOf)
    {
        (_nodes, _root, _leafOf, _maskOf) = (tree.Nodes, root, leafOf, maskOf);
        _free.Clear();
        _next = 0;
        int firstStep = _count;
        Span<byte> numbers = areNumbered ? stackalloc byte[1 << PlaneStep.MaxCodeBits] : [];
        Span<ushort> planes = stackalloc ushort[PlaneStep.MaxCodeBits];
        CodeBits bits = AddSteps(root, codes, planes, numbers);
        int ownSteps = _count - firstStep;
        for (int bit = 0; bit < 3 * PlaneStep.CodeSteps; bit += 3)
        {
            Put(_count++, new PlaneStep { Mask = Plane(bits, planes, bit), Right = Plane(bits, planes, bit + 1), Left = Plane(bits, planes, bit + 2) });
        }

        _groupSlots = Math.Max(_groupSlots, _next);
        NumberForm form = areNumbered ? NumberKernel.FormFor(codes[root].Bits, (tree.Nodes.Length + 1) / 2) : NumberForm.None;
        return new(firstStep, AddNumbers(form, numbers), checked((ushort)ownSteps), form);
    }

    private int AddNumbers(NumberForm form, ReadOnlySpan<byte> numbers)
    {
        int first = _numbers.Count;
        CollectionsMarshal.SetCount(_numbers, first + NumberKernel.BytesFor(form));
        Span<byte> added = CollectionsMarshal.AsSpan(_numbers)[first..];
        added.Clear();
        NumberKernel.Write(form, numbers, added);
        return first;
    }

    /// <summary>Ends a group: its masks stand behind the slots that its trees need, and in their own order.</summary>
    /// <returns>The first mask.</returns>
    public int Close()
    {
        int first = PlaneStep.FirstSlot + _groupSlots;
        ReadOnlySpan<int> order = masks.Close();
        for (int index = _groupStep; index < _count; index++)
        {
            PlaneStep step = format.Unpack(BinaryPrimitives.ReadUInt64LittleEndian(_steps.Span[(index * format.Bytes)..]));
            step.Mask = Place(step.Mask, first, order);
            step.Right = Place(step.Right, first, order);
            step.Left = Place(step.Left, first, order);
            Put(index, step);
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

    /// <summary>Adds the steps of a subtree, and says which plane each bit of its codes is that differs from row to row. At most 255 splits, so the recursion is bounded.</summary>
    private CodeBits AddSteps(int node, ReadOnlySpan<Cube> codes, Span<ushort> planes, Span<byte> numbers)
    {
        if (IsEnd(node))
        {
            Cube own = _nodes[node].IsLeaf ? codes[node] : new Cube(codes[node].First, 0);
            if (!numbers.IsEmpty)
            {
                numbers.Slice(own.First, own.Codes).Fill((byte)_leafOf[node]);
            }

            return CodeBits.Of(own);
        }

        // The larger side first: the planes that wait then fit into few slots.
        ref readonly Node split = ref _nodes[node];
        bool isLeftFirst = Leaves(split.Left, codes) >= Leaves(split.Right, codes);
        Span<ushort> others = stackalloc ushort[PlaneStep.MaxCodeBits];
        CodeBits first = AddSteps(isLeftFirst ? split.Left : split.Right, codes, planes, numbers);
        CodeBits second = AddSteps(isLeftFirst ? split.Right : split.Left, codes, others, numbers);
        (CodeBits left, CodeBits right) = isLeftFirst ? (first, second) : (second, first);
        CodeBits joined = CodeBits.Join(left, right, out int isMask, out int isStep);
        ushort mask = (ushort)_maskOf(node);
        for (int rest = (joined.Varies & ~first.Varies) | isStep; rest != 0; rest &= rest - 1)
        {
            int bit = BitOperations.TrailingZeroCount(rest);
            ushort one = Plane(first, planes, bit);
            ushort other = Plane(second, others, bit);
            planes[bit] = (isMask & (1 << bit)) != 0 ? mask
                : (isStep & (1 << bit)) == 0 ? other
                : isLeftFirst ? Step(mask, one, other) : Step(mask, other, one);
        }

        return joined;
    }

    /// <summary>Writes a step, and leaves those behind it as they are.</summary>
    private void Put(int index, PlaneStep step)
    {
        Span<byte> target = _steps.Span[(index * format.Bytes)..];
        ulong behind = BinaryPrimitives.ReadUInt64LittleEndian(target) >> (8 * format.Bytes) << (8 * format.Bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(target, format.Pack(step) | behind);
    }

    private static ushort Plane(CodeBits bits, Span<ushort> planes, int bit) =>
        (bits.Varies & (1 << bit)) != 0 ? planes[bit] : (ushort)((bits.Ones >> bit) & 1);

    private ushort Step(ushort mask, ushort left, ushort right)
    {
        Release(left);
        Release(right);
        int target = PlaneStep.FirstSlot + (_free.TryPop(out int slot) ? slot : _next++);
        Put(_count++, new PlaneStep { Mask = mask, Left = left, Right = right, Target = checked((byte)target) });
        return (ushort)target;
    }

    private bool IsEnd(int node) => _nodes[node].IsLeaf || (node != _root && _leafOf[node] >= 0);

    private int Leaves(int node, ReadOnlySpan<Cube> codes) => IsEnd(node) ? 0 : codes[node].First;

    private static ushort Place(ushort plane, int firstMask, ReadOnlySpan<int> order) =>
        plane < MaskBuilder.First ? plane : checked((ushort)(firstMask + order[plane - MaskBuilder.First]));

    /// <summary>A plane is read by one step.</summary>
    private void Release(int plane)
    {
        if (plane is >= PlaneStep.FirstSlot and < MaskBuilder.First)
        {
            _free.Push(plane - PlaneStep.FirstSlot);
        }
    }
}
