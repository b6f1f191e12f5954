namespace Inference.Kernels;

/// <summary>What <see cref="DecisionTree"/>s point into.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
internal readonly unsafe struct DecisionForest<TScore>(byte* data, byte* blocks, TScore* values, RowSets* sets, int doublings, ulong slotEnds)
    where TScore : unmanaged
{
    /// <summary>The decisions of all trees.</summary>
    public byte* Data { get; } = data;

    /// <summary>The blocks of all trees.</summary>
    public byte* Blocks { get; } = blocks;

    /// <summary>The leaf values of all trees.</summary>
    public TScore* Values { get; } = values;

    /// <summary>The set tests of all trees.</summary>
    public RowSets* Sets { get; } = sets;

    /// <summary>What <see cref="RegisterKernel.DoublingsFor"/> says of the highest tree in a register.</summary>
    public int Doublings { get; } = doublings;

    /// <summary>What <see cref="RegisterKernel.EndsOf"/> says of the slots.</summary>
    public ulong SlotEnds { get; } = slotEnds;
}
