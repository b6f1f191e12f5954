using System;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Forests;
using Inference.Tests.Properties.Drafts;
using Inference.Tests.Support;

namespace Inference.Tests.Properties;

/// <summary>
/// The law of the importers: a drafted model that is written to a file and loaded answers, bit for bit, what two judges
/// say: the published rules applied to the draft itself, and the reference scorer on the forest that should be read.
/// </summary>
internal static class RoundTrip
{
    /// <summary>Checks every layout of a case's model.</summary>
    public static void Check(DraftCase subject)
    {
        Draft draft = subject.Draft;
        Forest forest = draft.Canonical();
        foreach (DraftFile file in draft.Write())
        {
            using Booster booster = Booster.Load(file.Content);
            Check(draft, forest, booster, subject.Singles, $"{file.Layout}, float rows");
            Check(draft, forest, booster, subject.Doubles, $"{file.Layout}, double rows");
            CheckSinglesAsFloats(draft, booster, subject.Singles, file.Layout);
        }
    }

    /// <summary>Checks the two judges against each other, without any file.</summary>
    public static void CheckJudges(DraftCase subject)
    {
        Draft draft = subject.Draft;
        Forest forest = draft.Canonical();
        foreach (double[] rows in new[] { subject.Singles, subject.Doubles })
        {
            Bits.Equal(Margins(draft, rows, 0, draft.Iterations), Rounded(draft, ReferenceMargins(forest, rows)), "margins");
            int[] leaves = new int[rows.Length / draft.Features * draft.Trees.Length];
            Reference(forest).Leaves(Block(forest, rows), All(forest), leaves);
            Xunit.Assert.Equal(Leaves(draft, rows), leaves);
        }
    }

    /// <summary>The margins of rows by the published rules.</summary>
    public static double[] Margins(Draft draft, double[] rows, int first, int end, double[]? start = null)
    {
        int count = rows.Length / draft.Features;
        return [.. Enumerable.Range(0, count).SelectMany(row => draft.Margins(
            rows.AsSpan(row * draft.Features, draft.Features), first, end, start?[(row * draft.Outputs)..((row + 1) * draft.Outputs)]))];
    }

    /// <summary>The leaves of rows by the published rules.</summary>
    public static int[] Leaves(Draft draft, double[] rows)
    {
        int count = rows.Length / draft.Features;
        int[] leaves = new int[count * draft.Trees.Length];
        for (int row = 0; row < count; row++)
        {
            for (int tree = 0; tree < draft.Trees.Length; tree++)
            {
                leaves[(row * draft.Trees.Length) + tree] = draft.Leaf(rows.AsSpan(row * draft.Features, draft.Features), tree);
            }
        }

        return leaves;
    }

    private static void Check(Draft draft, Forest forest, Booster booster, double[] rows, string what)
    {
        int count = rows.Length / draft.Features;
        double[] margins = new double[count * draft.Outputs];
        booster.PredictMargin(rows, margins);
        Bits.Equal(Margins(draft, rows, 0, draft.Iterations), Rounded(draft, margins), $"{what}: margins against the published rules");
        Bits.Equal(ReferenceMargins(forest, rows), margins, $"{what}: margins against the reference scorer");

        int[] leaves = new int[count * draft.Trees.Length];
        booster.PredictLeaf(rows, leaves);
        Xunit.Assert.Equal(Leaves(draft, rows), leaves);

        if (draft.HasCovers)
        {
            CheckContributions(draft, forest, booster, rows, what);
        }
    }

    /// <summary>Contributions against the reference scorer and, where it is not too deep for a recursion, the judge. What overflows is refused.</summary>
    private static void CheckContributions(Draft draft, Forest forest, Booster booster, double[] rows, string what)
    {
        int count = rows.Length / draft.Features;
        double[] contributions = new double[count * draft.Outputs * (draft.Features + 1)];
        double[] expected = new double[contributions.Length];
        bool isShallow = Enumerable.Range(0, forest.Trees.Length).All(tree => TreeSurvey.Of<double>(forest, tree).Levels < 200);
        double[] judged = isShallow
            ? [.. Enumerable.Range(0, count).SelectMany(row => Sketch.Judged(forest, rows[(row * draft.Features)..((row + 1) * draft.Features)]))]
            : [];
        try
        {
            Reference(forest).Contributions(Block(forest, rows), All(forest), expected);
        }
        catch (ModelNotSupportedException refusal)
        {
            Xunit.Assert.True(!isShallow || judged.Any(double.IsNaN), $"{what}: {refusal.Message}");
            Xunit.Assert.Throws<ModelNotSupportedException>(() => booster.PredictContributions(rows, contributions));
            return;
        }

        booster.PredictContributions(rows, contributions);
        Bits.Equal(expected, contributions, $"{what}: contributions against the reference scorer");
        Bits.Equal(isShallow ? judged : contributions, contributions, $"{what}: contributions against the recursion");
        Xunit.Assert.DoesNotContain(contributions, double.IsNaN);
    }

    /// <summary>Margins in the precision in which the format's library hands them out.</summary>
    private static double[] Rounded(Draft draft, double[] margins) =>
        draft.ScoresInSingle ? Array.ConvertAll(margins, value => (double)(float)value) : margins;

    private static void CheckSinglesAsFloats(Draft draft, Booster booster, double[] rows, string layout)
    {
        int count = rows.Length / draft.Features;
        double[] wide = new double[count * draft.Outputs];
        double[] narrow = new double[count * draft.Outputs];
        booster.PredictMargin(rows, wide);
        booster.PredictMargin(Array.ConvertAll(rows, value => (float)value), narrow);
        Bits.Equal(wide, narrow, $"{layout}: float rows against the same rows as doubles");
    }

    private static double[] ReferenceMargins(Forest forest, double[] rows)
    {
        int count = rows.Length / forest.FeatureCount;
        if (forest.Precision == ScorePrecision.Double)
        {
            double[] margins = new double[count * forest.OutputCount];
            new ReferenceScorer<double>(forest).Margins(Block(forest, rows), All(forest), margins);
            return margins;
        }

        float[] singles = new float[count * forest.OutputCount];
        new ReferenceScorer<float>(forest).Margins(Block(forest, rows), All(forest), singles);
        return Array.ConvertAll(singles, value => (double)value);
    }

    private static Scorer Reference(Forest forest) =>
        forest.Precision == ScorePrecision.Double ? new ReferenceScorer<double>(forest) : new ReferenceScorer<float>(forest);

    private static RowBlock<double> Block(Forest forest, double[] rows) =>
        new(rows, rows.Length / forest.FeatureCount, forest.FeatureCount, forest.FeatureCount);

    private static ScoringCall All(Forest forest) => new() { FirstTree = 0, EndTree = forest.Trees.Length, Iterations = forest.IterationCount };
}
