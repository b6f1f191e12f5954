using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>Adds leaves that have a value for each output: vectors run across outputs.</summary>
internal static unsafe class VectorSumKernel
{
    /// <summary>Adds a tree's leaves to the sums of rows.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="table">The values, leaf after leaf.</param>
    /// <param name="leaves">The leaf of each row.</param>
    /// <param name="outputs">The outputs.</param>
    /// <param name="sums">The sums, row after row.</param>
    /// <param name="rows">The rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add<T>(T* table, int* leaves, int outputs, T* sums, int rows)
        where T : unmanaged, INumberBase<T>
    {
        if (outputs == 2)
        {
            // Most forests that vote have two classes.
            for (int row = 0; row < rows; row++, sums += 2)
            {
                T* both = table + (2 * (nint)leaves[row]);
                sums[0] += both[0];
                sums[1] += both[1];
            }

            return;
        }

        for (int row = 0; row < rows; row++, sums += outputs)
        {
            T* values = table + ((nint)leaves[row] * outputs);
            int output = 0;
            if (Vector512.IsHardwareAccelerated)
            {
                for (; output + Vector512<T>.Count <= outputs; output += Vector512<T>.Count)
                {
                    (Vector512.Load(sums + output) + Vector512.Load(values + output)).Store(sums + output);
                }
            }

            if (Vector256.IsHardwareAccelerated)
            {
                for (; output + Vector256<T>.Count <= outputs; output += Vector256<T>.Count)
                {
                    (Vector256.Load(sums + output) + Vector256.Load(values + output)).Store(sums + output);
                }
            }

            if (Vector128.IsHardwareAccelerated)
            {
                for (; output + Vector128<T>.Count <= outputs; output += Vector128<T>.Count)
                {
                    (Vector128.Load(sums + output) + Vector128.Load(values + output)).Store(sums + output);
                }
            }

            for (; output < outputs; output++)
            {
                sums[output] += values[output];
            }
        }
    }
}
