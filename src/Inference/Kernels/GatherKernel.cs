using System;
using System.Numerics;

namespace Inference.Kernels;

/// <summary>Gives split classes the numbers of those that they come from.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="sources">
/// For each new class the old one that it comes from, plus <paramref name="oldClasses"/> where its rows turned left;
/// <see langword="null"/> where each old class has become two.
/// </param>
/// <param name="oldClasses">Old classes.</param>
/// <param name="classes">New classes.</param>
/// <param name="pitch">The room of new classes' numbers; what is behind the classes is set to 0.</param>
internal readonly unsafe struct GatherKernel<T>(int* sources, int oldClasses, int classes, int pitch)
    where T : unmanaged, INumberBase<T>
{
    /// <summary>Copies numbers.</summary>
    public void Copy(T* from, T* to)
    {
        if (sources == null)
        {
            ReadOnlySpan<T> numbers = new(from, oldClasses);
            numbers.CopyTo(new Span<T>(to, oldClasses));
            numbers.CopyTo(new Span<T>(to + oldClasses, oldClasses));
        }
        else
        {
            for (int i = 0; i < classes; i++)
            {
                int source = sources[i];
                to[i] = from[source >= oldClasses ? source - oldClasses : source];
            }
        }

        new Span<T>(to + classes, pitch - classes).Clear();
    }

    /// <summary>Copies each class's number to its side, and 0 to the other.</summary>
    /// <param name="from">The old classes' numbers; <see langword="null"/> for 1.</param>
    /// <param name="right">Receives those of rows that turned right.</param>
    /// <param name="left">Receives those of rows that turned left.</param>
    public void Part(T* from, T* right, T* left)
    {
        for (int i = 0; i < classes; i++)
        {
            int source = sources == null ? i : sources[i];
            bool isLeft = source >= oldClasses;
            T number = from == null ? T.One : from[isLeft ? source - oldClasses : source];
            right[i] = isLeft ? T.Zero : number;
            left[i] = isLeft ? number : T.Zero;
        }

        new Span<T>(right + classes, pitch - classes).Clear();
        new Span<T>(left + classes, pitch - classes).Clear();
    }
}
