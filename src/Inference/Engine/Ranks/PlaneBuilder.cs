using System;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out for <see cref="PlaneKernel"/>: the steps that lead from the masks of a tree's splits to the codes of its leaves.</summary>
/// <param name="format">How steps stand in memory.</param>
internal sealed unsafe class PlaneBuilder(StepFormat format)
{
    private readonly StepPieces.Writer _steps = new(format);
    private readonly LayoutWriter<byte> _numbers = new(0);
    private byte[] _room = [];

    /// <summary>Adds a tree, or a chunk of one, behind the chunk above it.</summary>
    /// <param name="chunk">Its place among the chunks.</param>
    /// <param name="shape">The tree's shape, after its codes have been assigned.</param>
    /// <param name="masks">The masks of the tree's splits.</param>
    /// <param name="codes">The codes of what it ends at.</param>
    /// <param name="numbers">The numbers of its codes.</param>
    public TreePlanes Add(int chunk, TreeShape shape, ReadOnlySpan<ushort> masks, LeafCodes codes, LeafNumbers numbers)
    {
        (_, int start, int count) = codes.Chunks[chunk];
        GrowingBuffer.Reserve(ref _room, StepKernel.RoomFor(count));
        int steps;
        int first;
        fixed (CodeJoin* joins = shape.Room<CodeJoin>())
        fixed (CodeEnd* ends = codes.Ends)
        fixed (ushort* maskOf = masks)
        fixed (byte* room = _room)
        {
            steps = StepKernel.Find(joins + start, count, start, ends, maskOf, room);
            first = _steps.Add(room, count, steps);
        }

        NumberForm form = numbers.Form;
        int firstNumber = _numbers.Count;
        if (form != NumberForm.None)
        {
            NumberKernel.Write(form, numbers.Starts, numbers.InOrder, _numbers.Add(form.Bytes));
        }

        return new(first, firstNumber, checked((ushort)steps), form);
    }

    /// <summary>The steps of all trees.</summary>
    public StepPieces BuildSteps() => _steps.Build();

    /// <summary>The numbers of codes.</summary>
    public AlignedArray<byte> BuildNumbers() => _numbers.Build();
}
