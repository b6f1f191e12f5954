using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The linear model of a leaf: a constant and, behind each other, its terms.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinearRange
{
    /// <summary>The constant.</summary>
    public double Constant;

    /// <summary>The first term.</summary>
    public int First;

    /// <summary>The number of terms.</summary>
    public int Count;
}

/// <summary>A term of a linear model.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LinearTerm
{
    /// <summary>The coefficient.</summary>
    public double Coefficient;

    /// <summary>The place of the value among those that linear models read.</summary>
    public int Place;
}

/// <summary>Evaluates the linear models of leaves.</summary>
internal static unsafe class LinearKernel
{
    /// <summary>The value of a leaf for a row: what its model gives, in the order of its terms, or a plain value where one of theirs is missing.</summary>
    /// <param name="leaf">The leaf's model.</param>
    /// <param name="terms">The terms of all models.</param>
    /// <param name="values">The row's values, by places.</param>
    /// <param name="plain">The plain value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Value(LinearRange* leaf, LinearTerm* terms, double* values, double plain)
    {
        double sum = leaf->Constant;
        bool isMissing = false;
        terms += leaf->First;
        for (LinearTerm* end = terms + leaf->Count; terms < end; terms++)
        {
            double value = values[terms->Place];
            isMissing |= double.IsNaN(value);
            sum += terms->Coefficient * value;
        }

        return isMissing ? plain : sum;
    }
}
