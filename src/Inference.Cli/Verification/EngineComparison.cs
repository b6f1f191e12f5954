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

    /// <summary>The answers compared.</summary>
    public long Compared { get; private set; }

    /// <summary>The answers that differ.</summary>
    public long Differences { get; private set; }

    /// <summary>The first answer that differs.</summary>
    public Difference? FirstDifference { get; private set; }

    /// <summary>Compares the answers to a chunk of rows by their bits; a NaN equals any NaN.</summary>
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
            if (Bits(first[i]) != Bits(second[i]) && !(IsNaN(first[i]) && IsNaN(second[i])))
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

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Two answers that should have been one.</summary>
    /// <param name="Row">The row, from 0.</param>
    /// <param name="Column">The output, value or tree, from 0.</param>
    /// <param name="First">The first engine's answer.</param>
    /// <param name="Second">The second engine's answer.</param>
    internal sealed record Difference(long Row, int Column, string First, string Second);
}
