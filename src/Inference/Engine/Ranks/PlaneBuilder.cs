using System;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays trees out for <see cref="PlaneKernel"/>: the steps that lead from the masks of a tree's splits to the codes of its leaves.</summary>
/// <param name="format">How steps stand in memory.</param>
/// <param name="splits">The splits of all trees, or about as many.</param>
internal sealed unsafe class PlaneBuilder(StepFormat format, int splits)
{
    private const int StepsForSplit = 2;

    private readonly LayoutWriter<byte> _steps = new(checked(StepsForSplit * splits * format.Bytes));
    private readonly LayoutWriter<byte> _numbers = new(0);
    private byte[] _room = [];
    private int _count;

    /// <summary>Adds a tree, or a chunk of one, behind the chunk above it.</summary>
    /// <param name="chunk">Its place among the chunks.</param>
    /// <param name="masks">The masks of the tree's splits.</param>
    /// <param name="codes">The codes of what it ends at.</param>
    /// <param name="numbers">The numbers of its codes.</param>
    public TreePlanes Add(int chunk, ReadOnlySpan<ushort> masks, LeafCodes codes, LeafNumbers numbers)
    {
        (_, int start, int count) = codes.Chunks[chunk];
        int most = ((count * PlaneStep.MaxCodeBits) + PlaneStep.CodeSteps) * format.Bytes;
        GrowingBuffer.Reserve(ref _room, StepKernel.RoomFor(count));
        int steps;
        fixed (CodeJoin* joins = codes.Joins)
        fixed (CodeEnd* ends = codes.Ends)
        fixed (ushort* maskOf = masks)
        fixed (byte* room = _room)
        fixed (byte* target = _steps.Reserve(most + StepFormat.Slack))
        {
            steps = StepKernel.Write(joins + start, count, start, ends, maskOf, room, format, target);
        }

        int first = _count;
        _steps.Take((steps + PlaneStep.CodeSteps) * format.Bytes);
        _count += steps + PlaneStep.CodeSteps;
        NumberForm form = numbers.Form;
        int firstNumber = _numbers.Count;
        if (form != NumberForm.None)
        {
            NumberKernel.Write(form, numbers.Starts, numbers.InOrder, _numbers.Add(form.Bytes));
        }

        return new(first, firstNumber, checked((ushort)steps), form);
    }

    /// <summary>The steps of all trees.</summary>
    public AlignedArray<byte> BuildSteps() => _steps.Build(_steps.Count + StepFormat.Slack);

    /// <summary>The numbers of codes.</summary>
    public AlignedArray<byte> BuildNumbers() => _numbers.Build();
}
