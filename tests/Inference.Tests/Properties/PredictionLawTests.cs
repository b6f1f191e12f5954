using System;
using System.Linq;
using Inference.Tests.Properties.Drafts;
using Inference.Tests.Properties.LightGbm;
using Inference.Tests.Properties.Onnx;
using Inference.Tests.Properties.XGBoost;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Properties;

/// <summary>What holds of predicting with any model, whichever format it came from.</summary>
public sealed class PredictionLawTests
{
    /// <summary>More rows than a thread is given at least, several times over.</summary>
    private const int ManyRows = 400;

    public static TheoryData<ModelFormat> Formats => [ModelFormat.XGBoostJson, ModelFormat.LightGbmText, ModelFormat.Onnx];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Rows_with_a_stride_score_as_rows_without_gaps(ModelFormat format) => Holds(format, (subject, booster) =>
    {
        Draft draft = subject.Draft;
        int count = subject.Doubles.Length / draft.Features;
        foreach (int stride in new[] { draft.Features + 1, draft.Features + 7 })
        {
            // The table is wider than the model; the gaps hold what would change every answer, the last row has no gap.
            double[] table = new double[Math.Max(0, (count * stride) - (stride - draft.Features))];
            Array.Fill(table, 1e9);
            for (int row = 0; row < count; row++)
            {
                subject.Doubles.AsSpan(row * draft.Features, draft.Features).CopyTo(table.AsSpan(row * stride));
            }

            double[] margins = new double[count * draft.Outputs];
            booster.PredictMargin(table, margins, new PredictOptions { RowStride = stride, Columns = draft.Features });
            Bits.Equal(Margins(booster, subject.Doubles), margins, $"stride {stride}");
        }
    });

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_row_scores_the_same_alone_and_among_others(ModelFormat format) => Holds(format, (subject, booster) =>
    {
        Draft draft = subject.Draft;
        double[] together = Margins(booster, subject.Doubles);
        int[] leavesTogether = Leaves(booster, subject.Doubles);
        for (int row = 0; row < subject.Doubles.Length / draft.Features; row++)
        {
            double[] alone = subject.Doubles[(row * draft.Features)..((row + 1) * draft.Features)];
            Bits.Equal(together.AsSpan(row * draft.Outputs, draft.Outputs), Margins(booster, alone), $"row {row}");
            Assert.Equal(leavesTogether[(row * draft.Trees.Length)..((row + 1) * draft.Trees.Length)], Leaves(booster, alone));
        }
    });

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_number_of_threads_changes_no_bit(ModelFormat format) => Law.Holds(Draw(format), subject =>
    {
        Draft draft = subject.Draft;
        byte[] file = draft.Write().First().Content;
        if (subject.Doubles.Length == 0)
        {
            return;
        }

        double[] rows = [.. Enumerable.Range(0, ManyRows * draft.Features).Select(i => subject.Doubles[i * 31 % subject.Doubles.Length])];
        double[] start = [.. Enumerable.Range(0, ManyRows * draft.Outputs).Select(i => i * 0.37)];
        using Booster single = Booster.Load(file);
        double[] margins = Margins(single, rows), values = Values(single, rows), shifted = Margins(single, rows, start);
        int[] leaves = Leaves(single, rows);
        for (int threads = 2; threads <= 4; threads++)
        {
            using Booster several = Booster.Load(file, new BoosterOptions { Threads = threads });
            Bits.Equal(margins, Margins(several, rows), $"{threads} threads, margins");
            Bits.Equal(values, Values(several, rows), $"{threads} threads, values");
            Bits.Equal(shifted, Margins(several, rows, start), $"{threads} threads, base margins");
            Assert.Equal(leaves, Leaves(several, rows));
        }
    }, share: 40);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Columns_that_are_not_there_score_as_NaN(ModelFormat format) => Law.Holds(Draw(format), subject =>
    {
        Draft draft = subject.Draft;
        using Booster booster = Booster.Load(draft.Write().First().Content, new BoosterOptions { AbsentColumnsAreMissing = true });
        int count = subject.Doubles.Length / draft.Features;
        for (int columns = 1; columns < draft.Features; columns++)
        {
            double[] full = [.. subject.Doubles];
            double[] narrow = new double[count * columns];
            for (int row = 0; row < count; row++)
            {
                full.AsSpan((row * draft.Features) + columns, draft.Features - columns).Fill(double.NaN);
                full.AsSpan(row * draft.Features, columns).CopyTo(narrow.AsSpan(row * columns));
            }

            double[] margins = new double[count * draft.Outputs];
            booster.PredictMargin(narrow, margins, new PredictOptions { Columns = columns });
            Bits.Equal(Margins(booster, full), margins, $"{columns} of {draft.Features} columns");
            int[] leaves = new int[count * draft.Trees.Length];
            booster.PredictLeaf(narrow, leaves, new PredictOptions { Columns = columns });
            Assert.Equal(Leaves(booster, full), leaves);
        }
    });

    [Theory]
    [InlineData(ModelFormat.XGBoostJson)]
    [InlineData(ModelFormat.LightGbmText)]
    public void A_range_of_iterations_scores_as_the_model_cut_to_it(ModelFormat format) => Holds(format, (subject, booster) =>
    {
        Draft draft = subject.Draft;
        Assert.Equal(draft.Iterations, booster.Info.IterationCount);
        for (int first = 0; first < draft.Iterations; first++)
        {
            for (int end = first + 1; end <= draft.Iterations; end++)
            {
                int count = subject.Doubles.Length / draft.Features;
                PredictOptions options = new() { Iterations = first..end };
                double[] margins = new double[count * draft.Outputs];
                booster.PredictMargin(subject.Doubles, margins, options);
                Bits.Equal(RoundTrip.Margins(draft, subject.Doubles, first, end), margins, $"iterations {first}..{end} by the published rules");

                using Booster cut = Booster.Load(draft.Cut(first, end).Write().First().Content);
                Bits.Equal(Margins(cut, subject.Doubles), margins, $"iterations {first}..{end} against the cut model");
                double[] values = new double[booster.GetOutputLength(count)];
                booster.Predict(subject.Doubles, values, options);
                Bits.Equal(Values(cut, subject.Doubles), values, $"values of iterations {first}..{end} against the cut model");
                int[] leaves = new int[booster.GetOutputLength(count, PredictionKind.Leaf, first..end)];
                booster.PredictLeaf(subject.Doubles, leaves, options);
                Assert.Equal(Leaves(cut, subject.Doubles), leaves);
            }
        }
    });

    [Theory]
    [MemberData(nameof(Formats))]
    public void Base_margins_take_the_place_that_the_format_gives_them(ModelFormat format) => Holds(format, (subject, booster) =>
    {
        Draft draft = subject.Draft;
        int count = subject.Doubles.Length / draft.Features;
        Random random = new(count);
        float[] start = [.. Enumerable.Range(0, count * draft.Outputs).Select(_ => DraftPools.SingleLeaf(random))];
        double[] wide = Array.ConvertAll(start, value => (double)value);
        double[] expected = RoundTrip.Margins(draft, subject.Doubles, 0, draft.Iterations, wide);
        double[] margins = Margins(booster, subject.Doubles, wide);
        Bits.Equal(expected, draft.ScoresInSingle ? Array.ConvertAll(margins, value => (double)(float)value) : margins, "double base margins");
        double[] single = new double[margins.Length];
        booster.PredictMargin(subject.Doubles, single, new PredictOptions { BaseMargin = start });
        Bits.Equal(margins, single, "float base margins");
    });

    [Theory]
    [MemberData(nameof(Formats))]
    public void Float_outputs_are_double_outputs_rounded_once(ModelFormat format) => Holds(format, (subject, booster) =>
    {
        Draft draft = subject.Draft;
        float[] margins = new float[subject.Doubles.Length / draft.Features * draft.Outputs];
        booster.PredictMargin(subject.Doubles, margins);
        Bits.Equal(Array.ConvertAll(Margins(booster, subject.Doubles), value => (float)value), margins, "margins");
        float[] values = new float[booster.GetOutputLength(subject.Doubles.Length / draft.Features)];
        booster.Predict(subject.Doubles, values);
        Bits.Equal(Array.ConvertAll(Values(booster, subject.Doubles), value => (float)value), values, "values");
    });

    private static void Holds(ModelFormat format, Action<DraftCase, Booster> law) => Law.Holds(Draw(format), subject =>
    {
        using Booster booster = Booster.Load(subject.Draft.Write().First().Content);
        law(subject, booster);
    }, share: 100);

    private static Func<Random, int, Draft> Draw(ModelFormat format) => format switch
    {
        ModelFormat.XGBoostJson => XGBoostDraftMaker.Draw,
        ModelFormat.LightGbmText => LightGbmDraftMaker.Draw,
        _ => OnnxDraftMaker.Draw,
    };

    private static double[] Margins(Booster booster, double[] rows, double[]? start = null)
    {
        double[] margins = new double[booster.GetOutputLength(rows.Length / booster.Info.Features.Count, PredictionKind.Margin)];
        booster.PredictMargin(rows, margins, new PredictOptions { BaseMargin = start });
        return margins;
    }

    private static double[] Values(Booster booster, double[] rows)
    {
        double[] values = new double[booster.GetOutputLength(rows.Length / booster.Info.Features.Count)];
        booster.Predict(rows, values);
        return values;
    }

    private static int[] Leaves(Booster booster, double[] rows)
    {
        int[] leaves = new int[booster.GetOutputLength(rows.Length / booster.Info.Features.Count, PredictionKind.Leaf)];
        booster.PredictLeaf(rows, leaves);
        return leaves;
    }
}
