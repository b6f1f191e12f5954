using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Memory of <see cref="ScratchPool"/>. In front of it stands what every leaf is as an operand, which nobody writes to again.</summary>
internal sealed unsafe class Scratch
{
    private readonly AlignedArray<byte> _memory;

    /// <summary>Memory of a length.</summary>
    public Scratch(int length)
    {
        _memory = new(checked(LeafKernel.OperandBytes(0) + length));
        LeafKernel.FillLeaves((sbyte*)_memory.Start);
    }

    /// <summary>The bytes.</summary>
    public int Length => _memory.Length - LeafKernel.OperandBytes(0);

    /// <summary>The first byte; whoever uses it keeps this object alive.</summary>
    public byte* Start => _memory.Start + LeafKernel.OperandBytes(0);
}
