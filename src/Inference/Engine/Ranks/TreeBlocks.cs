using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The blocks of a tree, in their order: each behind those above it, small ones last.</summary>
/// <param name="Tops">The splits at which they begin.</param>
/// <param name="Large">How many of them are not small: see <see cref="BlockKernel.SmallBytes"/>.</param>
internal readonly record struct TreeBlocks(int[] Tops, int Large)
{
    /// <summary>A tree that has none.</summary>
    public static readonly TreeBlocks None = new([], 0);

    /// <summary>Their bytes: those of the next tree begin where no large block is in two cache lines.</summary>
    public int Bytes => (StartOf(Tops.Length) + BlockKernel.Bytes - 1) / BlockKernel.Bytes * BlockKernel.Bytes;

    /// <summary>Where a block begins.</summary>
    public int StartOf(int number) =>
        (int.Min(number, Large) * BlockKernel.Bytes) + (int.Max(number - Large, 0) * BlockKernel.SmallBytes);
}
