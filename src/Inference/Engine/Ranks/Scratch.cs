namespace Inference.Engine.Ranks;

/// <summary>Memory of <see cref="ScratchPool"/>.</summary>
/// <param name="length">Its bytes.</param>
internal sealed unsafe class Scratch(int length)
{
    private readonly AlignedArray<byte> _memory = new(length);

    /// <summary>The bytes.</summary>
    public int Length => _memory.Length;

    /// <summary>The first byte; whoever uses it keeps this object alive.</summary>
    public byte* Start => _memory.Start;
}
