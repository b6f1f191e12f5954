using System;
using System.Numerics;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>The path of a node for all classes of rows, as <see cref="Forests.TreeShap{TScore}"/> has it for one row.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal unsafe struct ShapPath<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Steps.</summary>
    public int Count;

    /// <summary>Classes.</summary>
    public int Classes;

    /// <summary>Numbers from one step to the next.</summary>
    public int Pitch;

    /// <summary>Each step's feature, as a place among those that the tree tests; -1 for the first step.</summary>
    public int* Slots;

    /// <summary>Each step's share of training rows that pass.</summary>
    public T* Zeros;

    /// <summary>Whether each class passes each step's splits: 1 or 0.</summary>
    public T* Ones;

    /// <summary>Each class's weight at each step.</summary>
    public T* Weights;

    /// <summary>Room for a path and one more step, whose weights are somewhere else.</summary>
    /// <param name="bump">Gives the memory.</param>
    /// <param name="count">Steps.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="lanes">Of a register: classes are worked on in whole ones.</param>
    public static ShapPath<T> Take(ref Bump bump, int count, int classes, int lanes)
    {
        int pitch = (classes + lanes - 1) / lanes * lanes;
        return new ShapPath<T>
        {
            Count = count,
            Classes = classes,
            Pitch = pitch,
            Slots = bump.Take<int>(count + 1),
            Zeros = bump.Take<T>(count + 1),
            Ones = bump.Take<T>((nint)(count + 1) * pitch),
            Weights = bump.Take<T>((nint)count * pitch),
        };
    }

    /// <summary>The place of a feature's step; -1 where it has none.</summary>
    public readonly int IndexOf(int slot) => new ReadOnlySpan<int>(Slots, Count).LastIndexOf(slot);

    /// <summary>Copies the steps of the path of a split, which has other classes.</summary>
    /// <param name="from">That path, its weights without what is left out.</param>
    /// <param name="known">A step that is left out, since its feature is tested again; -1 for none.</param>
    /// <param name="gather">Copies a step's numbers.</param>
    public readonly void CopySteps(in ShapPath<T> from, int known, in GatherKernel<T> gather)
    {
        for (int step = 0; step < Count; step++)
        {
            int source = known >= 0 && step >= known ? step + 1 : step;
            Slots[step] = from.Slots[source];
            Zeros[step] = from.Zeros[source];
            gather.Copy(from.OnesOf(source), OnesOf(step));
            gather.Copy(from.WeightsOf(step), WeightsOf(step));
        }
    }

    /// <summary>Makes a leaf say nothing to classes that neither pass a step's splits nor find training rows that do: the specification does not go there.</summary>
    /// <param name="parts">The leaf's parts.</param>
    public readonly void Silence(in PartPlaces<T> parts)
    {
        for (int step = 1; step < Count; step++)
        {
            if (Zeros[step] != T.Zero)
            {
                continue;
            }

            for (int i = 0; i < Classes; i++)
            {
                if (OnesOf(step)[i] == T.Zero)
                {
                    parts.Silence(i, Count - 1);
                }
            }
        }
    }

    /// <summary>The ones of a step.</summary>
    public readonly T* OnesOf(int step) => Ones + ((nint)step * Pitch);

    /// <summary>The weights of a step.</summary>
    public readonly T* WeightsOf(int step) => Weights + ((nint)step * Pitch);
}
