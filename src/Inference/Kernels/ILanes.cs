namespace Inference.Kernels;

/// <summary>A register of numbers, one for each lane, of whatever width the processor has. Every operation rounds once, as its scalar twin does.</summary>
/// <typeparam name="TSelf">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
/// <remarks>A mask is what a comparison gives; nothing else may be chosen by.</remarks>
internal unsafe interface ILanes<TSelf, T>
    where TSelf : struct, ILanes<TSelf, T>
    where T : unmanaged
{
    /// <summary>Lanes of a register.</summary>
    public static abstract int Count { get; }

    /// <summary>Whether the processor has <see cref="Fused"/>.</summary>
    public static abstract bool HasFused { get; }

    /// <summary>The sums.</summary>
    public static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>The differences.</summary>
    public static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The products.</summary>
    public static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>The quotients.</summary>
    public static abstract TSelf operator /(TSelf left, TSelf right);

    /// <summary>Left times right plus the third, rounded once. Only where a proof stands beside it that the bits are those of what it replaces.</summary>
    public static abstract TSelf Fused(TSelf left, TSelf right, TSelf added);

    /// <summary>A number for every lane.</summary>
    public static abstract TSelf Broadcast(T value);

    /// <summary>One number for each lane.</summary>
    public static abstract TSelf Load(T* address);

    /// <summary>The number at each of the places.</summary>
    public static abstract TSelf Gather(T* numbers, ushort* places);

    /// <summary>The number at each of the places.</summary>
    public static abstract TSelf Gather(T* numbers, int* places);

    /// <summary>Where left is below right; no where one is NaN.</summary>
    public static abstract TSelf Less(TSelf left, TSelf right);

    /// <summary>Where left is not above right; no where one is NaN.</summary>
    public static abstract TSelf LessOrEqual(TSelf left, TSelf right);

    /// <summary>Where both are equal; no where one is NaN.</summary>
    public static abstract TSelf Same(TSelf left, TSelf right);

    /// <summary>Where a number is +0.</summary>
    public static abstract TSelf IsPositiveZero(TSelf value);

    /// <summary>Where the sign bit is set, that of -0 or of a NaN, too.</summary>
    public static abstract TSelf IsNegative(TSelf value);

    /// <summary>The numbers without their signs.</summary>
    public static abstract TSelf Magnitude(TSelf value);

    /// <summary>The smaller of a size and a number's magnitude, or the number next below it; zeros are left out.</summary>
    public static abstract TSelf LeastSize(TSelf size, TSelf value);

    /// <summary>The larger of a size and a number's magnitude; NaN where one is NaN.</summary>
    public static abstract TSelf MostSize(TSelf size, TSelf value);

    /// <summary>For each lane: <paramref name="yes"/> where the mask says yes, else <paramref name="no"/>.</summary>
    public static abstract TSelf Choose(TSelf mask, TSelf yes, TSelf no);

    /// <summary>Whether any lane of a mask says yes.</summary>
    public static abstract bool Any(TSelf mask);

    /// <summary>Writes one number for each lane.</summary>
    public void Store(T* address);
}
