using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>How steps stand in memory: three planes and a slot, in as few bytes as the forest's planes allow. All of a step is one load.</summary>
/// <param name="planeBits">The bits of a plane's number.</param>
internal readonly struct StepFormat(int planeBits)
{
    /// <summary>The bits of a slot.</summary>
    private const int SlotBits = 8;

    /// <summary>A plane's number times its bytes is a shift to the place of the product, and never beyond: <see cref="PlaneWidth.MaxRows"/> are 256 bytes.</summary>
    private const int LeastPlaneBits = 8;

    /// <summary>What a load reads, and a store writes, behind the last step.</summary>
    public const int Slack = sizeof(ulong);

    /// <summary>The bits of a plane's number.</summary>
    public int PlaneBits => planeBits;

    /// <summary>The bytes of a step: four to six of up to 8,192 planes, seven of up to 65,536.</summary>
    public int Bytes => ((3 * planeBits) + SlotBits + 7) / 8;

    /// <summary>The format for so many planes, at most 65,536.</summary>
    public static StepFormat For(int planes)
    {
        Debug.Assert(planes is > 0 and <= 1 << 16, "planes are numbered by 16 bits");
        return new(Math.Max(LeastPlaneBits, 32 - BitOperations.LeadingZeroCount((uint)planes - 1)));
    }

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
    public static unsafe ulong Read(byte* step)
    {
        ulong bytes = Unsafe.ReadUnaligned<ulong>(step);
        return BitConverter.IsLittleEndian ? bytes : BinaryPrimitives.ReverseEndianness(bytes);
    }

    /// <summary>Writes a step to an address, and zeros behind it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Write(byte* target, ulong step) =>
        Unsafe.WriteUnaligned(target, BitConverter.IsLittleEndian ? step : BinaryPrimitives.ReverseEndianness(step));
}
