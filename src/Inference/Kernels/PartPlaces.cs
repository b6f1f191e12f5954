using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>Where a leaf's parts go: entry after entry, one for each class, or where a path has more steps than an entry takes, several.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="start">The first entry of class 0.</param>
/// <param name="stride">Numbers from one class's first entry to the next one's.</param>
/// <remarks>An entry begins with a number that says which of the tree's sums its parts go to, and -0, which changes no sum.</remarks>
internal readonly unsafe struct PartPlaces<T>(T* start, int stride)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The numbers before an entry's parts.</summary>
    public const int Head = 2;

    /// <summary>The most parts of an entry: with the numbers before them a 512-bit register of floats, or two of doubles.</summary>
    public const int EntrySteps = 14;

    /// <summary>Numbers from one of a class's entries to its next one.</summary>
    public const int EntryNumbers = Head + EntrySteps;

    /// <summary>The entries of a path.</summary>
    /// <param name="steps">Its steps, the first one not counted.</param>
    public static int Entries(int steps) => int.Max(1, (steps + EntrySteps - 1) / EntrySteps);

    /// <summary>The numbers that a class takes.</summary>
    /// <param name="entries">Its entries.</param>
    /// <param name="steps">The path's steps, the first one not counted.</param>
    public static int Numbers(int entries, int steps) => entries == 1 ? Head + steps : entries * EntryNumbers;

    /// <summary>Writes a step's parts of the classes of a register.</summary>
    /// <param name="lanes">The parts.</param>
    /// <param name="count">How many.</param>
    /// <param name="first">The first class.</param>
    /// <param name="step">The step, from 1.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(T* lanes, int count, int first, int step)
    {
        T* target = start + ((nint)first * stride) + PlaceOf(step);
        for (int lane = 0; lane < count; lane++)
        {
            *target = lanes[lane];
            target += stride;
        }
    }

    /// <summary>Writes the numbers before the parts of every class.</summary>
    /// <param name="classes">Classes.</param>
    /// <param name="entry">Which of a class's entries.</param>
    /// <param name="sums">What says which sums its parts go to.</param>
    public void Begin(int classes, int entry, int sums)
    {
        T* target = start + (entry * EntryNumbers);
        for (int i = 0; i < classes; i++)
        {
            *(int*)target = sums;
            target[1] = T.NegativeZero;
            target += stride;
        }
    }

    /// <summary>Makes a class's parts say nothing.</summary>
    /// <param name="number">The class.</param>
    /// <param name="steps">The path's steps, the first one not counted.</param>
    public void Silence(int number, int steps)
    {
        for (int step = 1; step <= steps; step++)
        {
            start[((nint)number * stride) + PlaceOf(step)] = T.NegativeZero;
        }
    }

    private static int PlaceOf(int step) => ((step - 1) / EntrySteps * EntryNumbers) + Head + ((step - 1) % EntrySteps);
}
