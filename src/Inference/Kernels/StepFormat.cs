using System;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>How steps stand in memory: three planes and a slot, in as few bytes as the forest's planes allow. All of a step is one load.</summary>
/// <param name="planeBits">The bits of a plane's number.</param>
internal readonly struct StepFormat(int planeBits)
{
    /// <summary>The bits of a slot.</summary>
    private const int SlotBits = 8;

    /// <summary>What a load reads behind the last step.</summary>
    public const int Slack = sizeof(ulong);

    /// <summary>The bits of a plane's number.</summary>
    public int PlaneBits => planeBits;

    /// <summary>The bytes of a step: six of up to 8,192 planes, seven of up to 65,536.</summary>
    public int Bytes => ((3 * planeBits) + SlotBits + 7) / 8;

    /// <summary>The format for so many planes. A plane's number has no fewer bits than its bytes: see <see cref="PlaneKernel"/>.</summary>
    public static StepFormat For(int planes) => new(Math.Max(SlotBits, 32 - BitOperations.LeadingZeroCount((uint)planes - 1)));

    /// <summary>A step as it stands in memory.</summary>
    public ulong Pack(PlaneStep step) =>
        step.Mask | ((ulong)step.Right << planeBits) | ((ulong)step.Left << (2 * planeBits)) | ((ulong)step.Target << (3 * planeBits));

    /// <summary>A step that stands in memory.</summary>
    public PlaneStep Unpack(ulong step)
    {
        ulong plane = (1UL << planeBits) - 1;
        return new()
        {
            Mask = (ushort)(step & plane),
            Right = (ushort)((step >> planeBits) & plane),
            Left = (ushort)((step >> (2 * planeBits)) & plane),
            Target = (byte)(step >> (3 * planeBits)),
        };
    }

    /// <summary>The step at an address, and what stands behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe ulong Read(byte* step) => Unsafe.ReadUnaligned<ulong>(step);
}
