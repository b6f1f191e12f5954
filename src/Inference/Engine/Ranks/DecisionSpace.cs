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

    /// <summary>The bytes so far.</summary>
    public int Bytes { get; private set; }

    /// <summary>Begins a group: its ranks are others, so that no tree shares a register with one before it.</summary>
    public void Open() => _slots = RegisterKernel.SlotsOf(slotBits);

    /// <summary>The place of a tree: its first byte, and in a register the slot.</summary>
    /// <param name="form">How rows meet it.</param>
    /// <param name="depth">The splits on its longest path.</param>
    public (int Start, int Slot) Place(RowForm form, int depth)
    {
        if (form == RowForm.Register)
        {
            if (_slots == RegisterKernel.SlotsOf(slotBits))
            {
                _register = Add(RegisterKernel.Bytes);
                _slots = 0;
            }

            return (_register, _slots++);
        }

        Open();
        if (form == RowForm.Heap && depth == 0)
        {
            _lone = _lone < 0 ? Add(HeapKernel.BytesFor(0)) : _lone;
            return (_lone, 0);
        }

        return form switch
        {
            RowForm.Heap => (Add(HeapKernel.BytesFor(depth)), 0),
            RowForm.Blocks => (Add(BlockKernel.HeadBytes), 0),
            _ => (Bytes, 0),
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
