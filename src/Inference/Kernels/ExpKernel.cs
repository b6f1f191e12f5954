using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Inference.Numerics;

namespace Inference.Kernels;

/// <summary>Exponentials of many numbers: <see cref="PortableMath"/>'s operations lane by lane, and so its bits.</summary>
internal static unsafe class ExpKernel
{
    /// <summary>e to the power of each number, in its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(Span<float> values)
    {
        int start = 0;
        if (Avx2.IsSupported)
        {
            fixed (float* first = values)
            {
                for (; start + Vector128<float>.Count <= values.Length; start += Vector128<float>.Count)
                {
                    Exp(Vector128.Load(first + start)).Store(first + start);
                }
            }
        }

        foreach (ref float value in values[start..])
        {
            value = PortableMath.Exp(value);
        }
    }

    /// <summary>e to the power of each number, in its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(Span<double> values)
    {
        int start = 0;
        if (Avx2.IsSupported && Fma.IsSupported)
        {
            fixed (double* first = values)
            {
                for (; start + Vector256<double>.Count <= values.Length; start += Vector256<double>.Count)
                {
                    Vector256<double> x = Vector256.Load(first + start);
                    if (Vector256.LessThanAll(Vector256.Abs(x), Vector256.Create(PortableMath.PlainExp)))
                    {
                        Exp(x).Store(first + start);
                        continue;
                    }

                    for (int i = start; i < start + Vector256<double>.Count; i++)
                    {
                        first[i] = PortableMath.Exp(first[i]);
                    }
                }
            }
        }

        foreach (ref double value in values[start..])
        {
            value = PortableMath.Exp(value);
        }
    }

    /// <summary>The table lies in the library's own file, and never moves.</summary>
    private static long* Table => (long*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(PortableMath.ExpTable));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Exp(Vector128<float> x)
    {
        x = Vector128.ConditionalSelect(Vector128.GreaterThan(x, Vector128.Create(89f)), Vector128.Create(89f), x);
        x = Vector128.ConditionalSelect(Vector128.LessThan(x, Vector128.Create(-104f)), Vector128.Create(-104f), x);
        Vector256<double> wide = Avx.ConvertToVector256Double(x);
        Vector256<double> shifted = (Vector256.Create(32 * PortableMath.InverseLn2) * wide) + Vector256.Create(PortableMath.RoundingShift);
        Vector256<long> step = shifted.AsInt64();
        Vector256<double> nearest = shifted - Vector256.Create(PortableMath.RoundingShift);
        Vector256<double> rest = ((Vector256.Create(PortableMath.InverseLn2Times32High) * wide) - nearest) + (Vector256.Create(PortableMath.InverseLn2Times32Low) * wide);
        Vector256<long> power = Avx2.GatherVector256(Table + 1, (step & Vector256.Create(31L)) << 3, sizeof(long)) + (step << 47);
        Vector256<double> high = (Vector256.Create(PortableMath.ExpCubic3) * rest) + Vector256.Create(PortableMath.ExpCubic2);
        Vector256<double> low = (Vector256.Create(PortableMath.ExpCubic1) * rest) + Vector256<double>.One;
        return Avx.ConvertToVector128Single(((high * (rest * rest)) + low) * power.AsDouble());
    }

    /// <summary>Of numbers below <see cref="PortableMath.PlainExp"/> in magnitude.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Exp(Vector256<double> x)
    {
        Vector256<double> shifted = Fma.MultiplyAdd(Vector256.Create(PortableMath.InverseLn2 * 128), x, Vector256.Create(PortableMath.RoundingShift));
        Vector256<long> step = shifted.AsInt64();
        Vector256<double> nearest = shifted - Vector256.Create(PortableMath.RoundingShift);
        Vector256<double> r = Fma.MultiplyAdd(nearest, Vector256.Create(-PortableMath.Ln2Over128High), x);
        r = Fma.MultiplyAdd(nearest, Vector256.Create(-PortableMath.Ln2Over128Low), r);
        Vector256<double> square = r * r;
        Vector256<long> entry = (step & Vector256.Create(127L)) << 1;
        Vector256<double> tail = Avx2.GatherVector256(Table, entry, sizeof(long)).AsDouble();
        Vector256<double> low = Fma.MultiplyAdd(r, Vector256.Create(PortableMath.ExpSeries3), Vector256.Create(PortableMath.ExpSeries2));
        Vector256<double> high = Fma.MultiplyAdd(r, Vector256.Create(PortableMath.ExpSeries5), Vector256.Create(PortableMath.ExpSeries4));
        Vector256<double> growth = Fma.MultiplyAdd(square * square, high, Fma.MultiplyAdd(square, low, tail + r));
        Vector256<double> power = (Avx2.GatherVector256(Table + 1, entry, sizeof(long)) + (step << 45)).AsDouble();
        return Fma.MultiplyAdd(power, growth, power);
    }
}
