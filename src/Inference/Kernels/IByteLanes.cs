namespace Inference.Kernels;

/// <summary>A register of signed bytes, one for each row, of whatever width the processor has.</summary>
/// <typeparam name="TSelf">The register.</typeparam>
internal unsafe interface IByteLanes<TSelf>
    where TSelf : struct, IByteLanes<TSelf>
{
    /// <summary>Rows in a register.</summary>
    public static abstract int Count { get; }

    /// <summary>A value for every row.</summary>
    public static abstract TSelf Broadcast(sbyte value);

    /// <summary>One value for each row.</summary>
    public static abstract TSelf Load(sbyte* address);

    /// <summary>For each row: <paramref name="greater"/> where its value is above the threshold, else <paramref name="other"/>.</summary>
    public static abstract TSelf Choose(TSelf values, TSelf thresholds, TSelf greater, TSelf other);

    /// <summary>Writes one value for each row.</summary>
    public void Store(sbyte* address);
}
