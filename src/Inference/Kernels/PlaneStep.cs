namespace Inference.Kernels;

/// <summary>One choice between two planes, for all rows of a block. Planes count from the block's first. <see cref="StepFormat"/> says how it stands in memory.</summary>
internal struct PlaneStep
{
    /// <summary>The plane of zeros.</summary>
    public const int Zeros = 0;

    /// <summary>The plane of ones.</summary>
    public const int Ones = 1;

    /// <summary>The first plane that steps write; the masks of splits come behind them.</summary>
    public const int FirstSlot = 2;

    /// <summary>The steps that stand behind a tree's own and say which plane each bit of its codes is, three bits each, the lowest first.</summary>
    public const int CodeSteps = 3;

    /// <summary>The most bits of a code.</summary>
    public const int MaxCodeBits = 8;

    /// <summary>A split's mask: ones where rows go right.</summary>
    public ushort Mask;

    /// <summary>The plane for rows that go right.</summary>
    public ushort Right;

    /// <summary>The plane for rows that go left.</summary>
    public ushort Left;

    /// <summary>Receives the choice.</summary>
    public byte Target;
}
