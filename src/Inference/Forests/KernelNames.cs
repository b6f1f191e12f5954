namespace Inference.Forests;

/// <summary>The managed kernels, as reports print them and the environment may ask for them.</summary>
internal static class KernelNames
{
    /// <summary><see cref="ReferenceScorer{TScore}"/>.</summary>
    public const string NodeWalk = "node-walk";

    /// <summary>The walk over packed nodes.</summary>
    public const string PackedWalk = "packed-walk";

    /// <summary>The engine of ranks.</summary>
    public const string ByteRanks = "byte-ranks";
}
