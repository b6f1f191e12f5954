using System;
using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;
using Inference.Forests;

namespace Inference.Engine;

/// <summary>Carries a checked call to a scorer: row type, score type, output type, blocks, threads.</summary>
/// <remarks>Allocates nothing once the array pool is warm.</remarks>
internal static class Predictor
{
    /// <summary>The numbers of a buffer that scores pass through: it stays in the second-level cache.</summary>
    private const int BlockNumbers = 1 << 14;

    /// <summary>The rows of a block that is not too small for an engine of whole registers.</summary>
    private const int LeastBlockRows = 512;

    /// <summary>Rows of a block whose scores pass through a buffer of so many numbers for each.</summary>
    public static int BlockRows(int rows, int numbers) => Math.Min(rows, Math.Max(BlockNumbers / numbers / LeastBlockRows, 1) * LeastBlockRows);

    /// <summary>Whatever is asked for, into the caller's memory: leaf ids are int, all else is what <see cref="Score"/> writes.</summary>
    public static void Answer<TRow, TOut>(Scorer scorer, PredictionKind kind, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        if (kind == PredictionKind.Leaf)
        {
            Leaves(scorer, rows, call, MemoryMarshal.Cast<TOut, int>(output));
        }
        else
        {
            Score(scorer, kind, rows, call, output);
        }
    }

    /// <summary>Margins, values or contributions into the caller's memory, every length checked before.</summary>
    public static void Score<TRow, TOut>(Scorer scorer, PredictionKind kind, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output)
        where TRow : unmanaged, INumberBase<TRow>
        where TOut : unmanaged, INumberBase<TOut>
    {
        if (kind == PredictionKind.Contribution)
        {
            Contributions(scorer, rows, call, output);
        }
        else if (scorer is Scorer<float> single)
        {
            Scores(single, kind, rows, call, output);
        }
        else
        {
            Scores((Scorer<double>)scorer, kind, rows, call, output);
        }
    }

    /// <summary>Leaf ids into the caller's memory.</summary>
    public static void Leaves<TRow>(Scorer scorer, RowBlock<TRow> rows, in ScoringCall call, Span<int> leaves)
        where TRow : unmanaged
    {
        if (typeof(TRow) == typeof(float))
        {
            scorer.Leaves(rows.As<float>(), call, leaves);
        }
        else
        {
            scorer.Leaves(rows.As<double>(), call, leaves);
        }
    }

    private static void Scores<TRow, TScore, TOut>(Scorer<TScore> scorer, PredictionKind kind, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output)
        where TRow : unmanaged
        where TScore : unmanaged, INumberBase<TScore>
        where TOut : unmanaged, INumberBase<TOut>
    {
        bool transforms = kind == PredictionKind.Value;
        int outputs = scorer.Forest.OutputCount;
        int width = transforms ? scorer.Forest.ValueCount : outputs;
        if (typeof(TScore) == typeof(TOut))
        {
            Span<TScore> scores = MemoryMarshal.Cast<TOut, TScore>(output);
            if (transforms && TryValues(scorer, rows, call, scores))
            {
                return;
            }

            if (width == outputs)
            {
                Margins(scorer, rows, call, scores);
                if (transforms)
                {
                    scorer.Transform(rows.Count, call, scores, scores);
                }

                return;
            }
        }

        int blockRows = BlockRows(rows.Count, outputs + width);
        TScore[] buffer = ArrayPool<TScore>.Shared.Rent(checked(blockRows * (outputs + width)));
        try
        {
            for (int start = 0; start < rows.Count; start += blockRows)
            {
                int count = Math.Min(blockRows, rows.Count - start);
                Span<TScore> margins = buffer.AsSpan(0, count * outputs);
                ScoringCall part = call.ForRows(start, count, outputs);
                Span<TScore> scores = transforms ? buffer.AsSpan(count * outputs, count * width) : margins;
                if (!transforms || !TryValues(scorer, rows.Slice(start, count), part, scores))
                {
                    Margins(scorer, rows.Slice(start, count), part, margins);
                    if (transforms)
                    {
                        scorer.Transform(count, part, margins, scores);
                    }
                }

                Convert(scores, output.Slice(start * width, count * width));
            }
        }
        finally
        {
            ArrayPool<TScore>.Shared.Return(buffer);
        }
    }

    private static void Margins<TRow, TScore>(Scorer<TScore> scorer, RowBlock<TRow> rows, in ScoringCall call, Span<TScore> margins)
        where TRow : unmanaged
        where TScore : unmanaged
    {
        if (typeof(TRow) == typeof(float))
        {
            scorer.Margins(rows.As<float>(), call, margins);
        }
        else
        {
            Debug.Assert(typeof(TRow) == typeof(double), "rows are float or double");
            scorer.Margins(rows.As<double>(), call, margins);
        }
    }

    private static bool TryValues<TRow, TScore>(Scorer<TScore> scorer, RowBlock<TRow> rows, in ScoringCall call, Span<TScore> values)
        where TRow : unmanaged
        where TScore : unmanaged => typeof(TRow) == typeof(float)
            ? scorer.TryValues(rows.As<float>(), call, values)
            : scorer.TryValues(rows.As<double>(), call, values);

    private static void Contributions<TRow, TOut>(Scorer scorer, RowBlock<TRow> rows, in ScoringCall call, Span<TOut> output)
        where TRow : unmanaged
        where TOut : unmanaged, INumberBase<TOut>
    {
        int outputs = scorer.Forest.OutputCount;
        int width = outputs * (scorer.Forest.FeatureCount + 1);
        int blockRows = Math.Min(rows.Count, scorer.ContributionRows);
        double[] buffer = ArrayPool<double>.Shared.Rent(blockRows * width);
        try
        {
            for (int start = 0; start < rows.Count; start += blockRows)
            {
                int count = Math.Min(blockRows, rows.Count - start);
                Span<double> contributions = buffer.AsSpan(0, count * width);
                ScoringCall part = call.ForRows(start, count, outputs);
                if (typeof(TRow) == typeof(float))
                {
                    scorer.Contributions(rows.Slice(start, count).As<float>(), part, contributions);
                }
                else
                {
                    scorer.Contributions(rows.Slice(start, count).As<double>(), part, contributions);
                }

                Convert(contributions, output.Slice(start * width, count * width));
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(buffer);
        }
    }

    private static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, Span<TTo> to)
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = TTo.CreateTruncating(from[i]);
        }
    }
}
