namespace Inference.Kernels;

/// <summary>One choice between two planes, for all rows of a block. Planes count from the block's first. <see cref="StepFormat"/> says how it stands in memory.</summary>
internal struct PlaneStep
{
    /// <summary>The plane of zeros.</summary>
    public const int Zeros = 0;

    /// <summary>The plane of ones.</summary>
    public const int Ones = 1;

    /// <summary>The first plane that steps write.</summary>
    public const int FirstSlot = 2;

    /// <summary>The planes that steps may write: of each bit of codes, one waits for each halving of a tree's leaves.</summary>
    public const int MostSlots = MaxCodeBits * MaxCodeBits;

    /// <summary>The first plane that is the mask of a split.</summary>
    public const int FirstMask = FirstSlot + MostSlots;

    /// <summary>The most masks: planes are numbered by 16 bits.</summary>
    public const int MostMasks = ushort.MaxValue + 1 - FirstMask;

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
