using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>Puts the answers of a tree's chunks together: for each row the number of the chunk where it ends, and its leaf in that chunk.</summary>
internal static unsafe class ChunkKernel
{
    /// <summary>The most chunks of a tree: their numbers are bytes.</summary>
    public const int MaxChunks = 256;

    /// <summary>Moves the rows that end at a chunk's place in the chunk above it to their leaves in the chunk.</summary>
    /// <param name="leaves">For each row its leaf, or its exit, so far.</param>
    /// <param name="chunks">For each row the chunk of that.</param>
    /// <param name="answers">For each row the chunk's answer, whether it comes there or not.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="number">Its number.</param>
    /// <param name="rows">The rows, a multiple of 32.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Enter(byte* leaves, byte* chunks, byte* answers, in TreeChunk chunk, byte number, int rows)
    {
        Vector256<byte> parent = Vector256.Create(chunk.Parent);
        Vector256<byte> exit = Vector256.Create(chunk.Exit);
        Vector256<byte> self = Vector256.Create(number);
        for (int row = 0; row < rows; row += Vector256<byte>.Count)
        {
            Vector256<byte> leaf = Vector256.Load(leaves + row);
            Vector256<byte> at = Vector256.Load(chunks + row);
            Vector256<byte> comes = Vector256.Equals(leaf, exit) & Vector256.Equals(at, parent);
            Vector256.ConditionalSelect(comes, Vector256.Load(answers + row), leaf).Store(leaves + row);
            Vector256.ConditionalSelect(comes, self, at).Store(chunks + row);
        }
    }
}
