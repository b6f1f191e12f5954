using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Inference.Cli.Verification;

/// <summary>What two engines answered to the same question, counted over all rows.</summary>
/// <param name="first">An engine.</param>
/// <param name="second">Another.</param>
/// <param name="kind">The question.</param>
internal sealed class EngineComparison(VerifiedEngine first, VerifiedEngine second, PredictionKind kind)
{
    /// <summary>An engine.</summary>
    public VerifiedEngine First { get; } = first;

    /// <summary>Another.</summary>
    public VerifiedEngine Second { get; } = second;

    /// <summary>The question.</summary>
    public PredictionKind Kind { get; } = kind;

    /// <summary>How many units in the last place two answers may be apart: 2 for values where one of the engines is native, else none.</summary>
    public int MostUlps { get; } = kind == PredictionKind.Value && first.IsNative != second.IsNative ? 2 : 0;

    /// <summary>The answers compared.</summary>
    public long Compared { get; private set; }

    /// <summary>The answers that differ.</summary>
    public long Differences { get; private set; }

    /// <summary>The first answer that differs.</summary>
    public Difference? FirstDifference { get; private set; }

    /// <summary>Compares the answers to a chunk of rows by their bits, or by <see cref="MostUlps"/>; a NaN equals any NaN.</summary>
    /// <param name="firstRow">The number of the chunk's first row.</param>
    /// <param name="width">The answers of a row.</param>
    /// <param name="first">The first engine's answers.</param>
    /// <param name="second">The second engine's answers.</param>
    public void Add<T>(long firstRow, int width, ReadOnlySpan<T> first, ReadOnlySpan<T> second)
        where T : unmanaged, IFormattable
    {
        Compared += first.Length;
        if (MemoryMarshal.AsBytes(first).SequenceEqual(MemoryMarshal.AsBytes(second)))
        {
            return;
        }

        for (int i = 0; i < first.Length; i++)
        {
            if (Bits(first[i]) != Bits(second[i]) && !(IsNaN(first[i]) && IsNaN(second[i])) && Distance(first[i], second[i]) > (UInt128)MostUlps)
            {
                Differences++;
                FirstDifference ??= new Difference(firstRow + (i / width), i % width, Text(first[i]), Text(second[i]));
            }
        }
    }

    private static ulong Bits<T>(T value)
        where T : unmanaged => Unsafe.SizeOf<T>() == 4 ? Unsafe.BitCast<T, uint>(value) : Unsafe.BitCast<T, ulong>(value);

    private static bool IsNaN<T>(T value) => value switch
    {
        float single => float.IsNaN(single),
        double real => double.IsNaN(real),
        _ => false,
    };

    /// <summary>How many numbers of the type lie from one to the other, the zeros counted as two; none is near a NaN.</summary>
    private static UInt128 Distance<T>(T first, T second)
        where T : unmanaged
    {
        if (IsNaN(first) || IsNaN(second))
        {
            return UInt128.MaxValue;
        }

        (Int128 a, Int128 b) = (Place(first), Place(second));
        return (UInt128)(a < b ? b - a : a - b);
    }

    private static Int128 Place<T>(T value)
        where T : unmanaged
    {
        long bits = Unsafe.SizeOf<T>() == 4 ? Unsafe.BitCast<T, int>(value) : Unsafe.BitCast<T, long>(value);
        long lowest = Unsafe.SizeOf<T>() == 4 ? int.MinValue : long.MinValue;
        return value is int || bits >= 0 ? bits : lowest - bits - 1;
    }

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Two answers that should have been one.</summary>
    /// <param name="Row">The row, from 0.</param>
    /// <param name="Column">The output, value or tree, from 0.</param>
    /// <param name="First">The first engine's answer.</param>
    /// <param name="Second">The second engine's answer.</param>
    internal sealed record Difference(long Row, int Column, string First, string Second);
}
