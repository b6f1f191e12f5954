using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Says where each tree's decisions go, one after the other.</summary>
/// <param name="slotBits">The logarithm of the entries that a tree has in a register.</param>
internal sealed class DecisionSpace(int slotBits)
{
    private const int LineBytes = 64;

    // The register that a next tree may share, and its slots in use: all where there is none.
    private int _register;
    private int _slots = RegisterKernel.SlotsOf(slotBits);

    /// <summary>The heap of no levels, which all trees of one leaf share; -1 before the first.</summary>
    private int _lone = -1;

    /// <summary>The bytes of decisions so far.</summary>
    public int Bytes { get; private set; }

    /// <summary>The bytes of blocks so far.</summary>
    public int BlockBytes { get; private set; }

    /// <summary>What the highest tree in a register needs.</summary>
    public int Doublings { get; private set; }

    /// <summary>Begins a group: its ranks are others, so that no tree shares a register with one before it.</summary>
    public void Open() => _slots = RegisterKernel.SlotsOf(slotBits);

    /// <summary>The place of a tree.</summary>
    /// <param name="form">How rows meet it.</param>
    /// <param name="tree">The tree.</param>
    /// <param name="depth">The splits on its longest path.</param>
    /// <param name="blockBytes">The bytes of its blocks.</param>
    public DecisionPlace Place(RowForm form, Tree tree, int depth, int blockBytes)
    {
        if (form == RowForm.Register)
        {
            // A root that tests a set comes behind an entry that only leads to it.
            Doublings = int.Max(Doublings, RegisterKernel.DoublingsFor(SplitSet.IsOne(tree.Nodes[0]) ? depth + 1 : depth));
            if (_slots == RegisterKernel.SlotsOf(slotBits))
            {
                _register = Add(RegisterKernel.Bytes);
                _slots = 0;
            }

            return new(_register, _slots++);
        }

        Open();
        if (form == RowForm.Heap && depth == 0)
        {
            _lone = _lone < 0 ? Add(HeapKernel.BytesFor(0)) : _lone;
            return new(_lone);
        }

        int block = BlockBytes;
        BlockBytes = checked(block + blockBytes);
        return form switch
        {
            RowForm.Heap => new(Add(HeapKernel.BytesFor(depth))),
            RowForm.Blocks => new(Add(BlockKernel.HeadBytes), Block: block),
            _ => new(Bytes),
        };
    }

    /// <summary>What fits into a cache line does not begin in one and end in another, if the array begins with one.</summary>
    private int Add(int bytes)
    {
        int used = Bytes % LineBytes;
        int start = used + int.Min(bytes, LineBytes) > LineBytes ? Bytes + LineBytes - used : Bytes;
        Bytes = checked(start + bytes);
        return start;
    }
}

/// <summary>Where a tree's decisions go.</summary>
/// <param name="Data">Their first byte.</param>
/// <param name="Slot">In a register, the slot.</param>
/// <param name="Block">The first byte of its blocks, where it has any.</param>
internal readonly record struct DecisionPlace(int Data, int Slot = 0, int Block = 0);
