using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Forests;
using Inference.Tests.Properties;
using Inference.Tests.Properties.Drafts;
using Inference.Tests.Properties.LightGbm;
using Inference.Tests.Properties.XGBoost;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>The fast contributions are the reference's, bit for bit.</summary>
public sealed class ContributionAgreementTests
{
    public static TheoryData<string> Models() => EngineAgreementTests.Models();

    public static TheoryData<string, string> Rules => ReferenceContributionsTests.Rules;

    [Theory]
    [MemberData(nameof(Models))]
    public void Contributions_have_the_references_bits(string model)
    {
        if (model.Contains("linear-tree", StringComparison.Ordinal))
        {
            return;
        }

        string path = Path.Combine(Repository.Fixtures, model);
        using Booster reference = Booster.Load(path, new BoosterOptions { Engine = EngineKind.Reference });
        using Booster managed = Booster.Load(path, new BoosterOptions { Engine = EngineKind.Managed });
        int features = reference.Info.Features.Count;
        Array data = Inference.Cli.Rows.NpyArray.Read(Path.Combine(Path.GetDirectoryName(path)!, "rows.npy")).Data;
        double[] rows = data as double[] ?? Array.ConvertAll((float[])data, value => (double)value);
        rows = rows[..(Math.Min(rows.Length / features, 200) * features)];
        Bits.Equal(Explain(reference, rows), Explain(managed, rows), model);

        float[] probes = new float[50 * features];
        managed.FillProbeRows(probes, seed: 3);
        double[] expected = new double[reference.GetOutputLength(50, PredictionKind.Contribution)];
        double[] actual = new double[expected.Length];
        reference.PredictContributions(probes, expected);
        managed.PredictContributions(probes, actual);
        Bits.Equal(expected, actual, $"{model}, probe rows");
    }

    /// <summary>Random forests with every kind of split, missing rule and constant leaf, and all lengths of batches around a register's.</summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Random_forests_have_the_references_bits(string rule, string precision)
    {
        for (int seed = 0; seed < 400; seed++)
        {
            Random random = new(seed);
            int features = random.Next(1, 20);
            Forest forest = Sketch.Draw(
                random, features, evenCovers: seed % 5 == 0, Enum.Parse<ScorePrecision>(precision), Enum.Parse<ContributionRule>(rule));
            int count = seed % 50 == 0 ? random.Next(200, 1500) : seed % 41;
            double[] rows = [.. Enumerable.Range(0, count).SelectMany(_ => Sketch.DrawRow(random, features))];
            double[] start = [.. Enumerable.Range(0, count * forest.OutputCount).Select(i => i / 8.0)];
            using Booster reference = Booster.Create(forest, new BoosterOptions { Engine = EngineKind.Reference });
            using Booster managed = Booster.Create(forest, new BoosterOptions { Engine = EngineKind.Managed });
            Bits.Equal(Explain(reference, rows), Explain(managed, rows), $"seed {seed}");
            Bits.Equal(Explain(reference, rows, start), Explain(managed, rows, start), $"seed {seed}, base margins");
        }
    }

    /// <summary>
    /// What <see cref="Sketch"/> does not draw: so many trees that they are laid out in several parts, paths of more features than
    /// kernels have constants for and than are laid out at all, shares of training rows that are next to nothing, and covers of
    /// 0 and -0; all in any range of iterations, for rows that share what they have in common and for rows that do not.
    /// </summary>
    [Theory]
    [MemberData(nameof(Rules))]
    public void Large_forests_have_the_references_bits(string rule, string precision) => Law.Holds(
        random =>
        {
            bool isMany = random.Next(4) == 0;
            int features = isMany ? random.Next(2, 30) : random.Next(2, 90);
            Tree[] trees = [.. Enumerable.Range(0, isMany ? random.Next(200, 600) : random.Next(1, 5)).Select(_ => DrawTree(random, features, isMany))];
            Forest forest = Sketch.Forest(features, trees, precision: Enum.Parse<ScorePrecision>(precision), rule: Enum.Parse<ContributionRule>(rule));
            using Booster reference = Booster.Create(forest, new BoosterOptions { Engine = EngineKind.Reference });
            using Booster managed = Booster.Create(forest, new BoosterOptions { Engine = EngineKind.Managed });
            int first = random.Next(trees.Length);
            foreach (Range iterations in new[] { 0..trees.Length, first..random.Next(first + 1, trees.Length + 1) })
            {
                double[] rows = [.. Enumerable.Range(0, random.Next(isMany ? 9 : 3) == 0 ? random.Next(20, 60) : 2).SelectMany(_ => Sketch.DrawRow(random, features))];
                Same(reference, managed, rows, new() { Iterations = iterations });
            }
        },
        share: 20);

    /// <summary>A tree that grows at its last leaf or at any.</summary>
    internal static Tree DrawTree(Random random, int features, bool isSmall)
    {
        int splits = isSmall ? random.Next(0, 31) : random.Next(20) == 0 ? random.Next(250, 300) : random.Next(0, 90);
        int spine = random.Next(5);
        bool isOdd = random.Next(3) == 0;
        List<Node> nodes = [Node.Leaf(0, 0)];
        List<NodeStatistics> statistics = [new(1 << 20, 0)];
        for (int i = 0; i < splits; i++)
        {
            int at = nodes.Count - 1 - (random.Next(4) < spine ? random.Next(Math.Min(2, nodes.Count)) : random.Next(nodes.Count));
            while (!nodes[at].IsLeaf)
            {
                at = nodes[at].Right;
            }

            double share = (isOdd ? random.Next(8) : 7) switch { 0 => 0, 1 => -0.0, 2 => Math.ScaleB(1, -random.Next(18, 70)), _ => random.NextDouble() };
            double cover = statistics[at].Cover;
            nodes[at] = new Node
            {
                Value = random.Next(0, 8) / 2.0,
                Feature = random.Next(features),
                Test = random.Next(2) == 0 ? NodeTest.Less : NodeTest.LessOrEqual,
                Missing = (MissingRule)random.Next(3),
                DefaultLeft = random.Next(2) == 0,
                Left = nodes.Count,
                Right = nodes.Count + 1,
            };
            nodes.AddRange([Node.Leaf(random.Next(-8, 9) / 4.0, nodes.Count), Node.Leaf(random.Next(-8, 9) / 4.0, nodes.Count + 1)]);
            statistics.AddRange([new(cover * share, 0), new(cover * (1 - share), 0)]);
        }

        return new Tree { Nodes = [.. nodes], Statistics = [.. statistics], Weight = random.Next(3) == 0 ? 0.25 : 1 }.Arranged();
    }

    /// <summary>Drafted models with rows as their formats allow them: float and double rows, strides, ranges of iterations, several threads.</summary>
    [Theory]
    [InlineData(ModelFormat.XGBoostJson)]
    [InlineData(ModelFormat.LightGbmText)]
    public void Drafted_models_have_the_references_bits(ModelFormat format) => Law.Holds(format == ModelFormat.XGBoostJson ? XGBoostDraftMaker.Draw : LightGbmDraftMaker.Draw, subject =>
    {
        Draft draft = subject.Draft;
        byte[] file = draft.Write().First().Content;
        using Booster reference = Booster.Load(file, new BoosterOptions { Engine = EngineKind.Reference });
        using Booster managed = Booster.Load(file, new BoosterOptions { Engine = EngineKind.Managed });
        using Booster threads = Booster.Load(file, new BoosterOptions { Engine = EngineKind.Managed, Threads = 2 });
        if (subject.Doubles.Length == 0 || draft.Iterations == 0)
        {
            return;
        }

        double[] few = subject.Doubles[..draft.Features];
        double[] rows = [.. Enumerable.Range(0, 150 * draft.Features).Select(i => subject.Doubles[i % subject.Doubles.Length])];
        Range all = 0..draft.Iterations;
        foreach (Range iterations in new[] { all, 0..1, (draft.Iterations - 1)..draft.Iterations })
        {
            Same(reference, managed, few, new() { Iterations = iterations });
            Same(reference, managed, rows, new() { Iterations = iterations });
        }

        Same(reference, threads, rows, new() { Iterations = all });
        Same(reference, managed, rows[..((10 * draft.Features) + 9)], new() { RowStride = draft.Features + 1, Columns = draft.Features, Iterations = all });
    }, share: 60);

    private static void Same(Booster reference, Booster managed, double[] rows, in PredictOptions options)
    {
        int features = reference.Info.Features.Count;
        int count = ((rows.Length - features) / (options.RowStride == 0 ? features : options.RowStride)) + 1;
        double[] expected = new double[count * reference.Info.OutputCount * (features + 1)];
        double[] actual = new double[expected.Length];
        try
        {
            reference.PredictContributions(rows, expected, options);
        }
        catch (ModelNotSupportedException refusal)
        {
            try
            {
                managed.PredictContributions(rows, actual, options);
                Assert.Fail($"not refused: {refusal.Message}");
            }
            catch (ModelNotSupportedException mine)
            {
                Assert.Equal(refusal.Message, mine.Message);
            }

            return;
        }

        managed.PredictContributions(rows, actual, options);
        Bits.Equal(expected, actual, $"{count} double rows");
        float[] singles = Array.ConvertAll(rows, value => (float)value);
        reference.PredictContributions(singles, expected, options);
        managed.PredictContributions(singles, actual, options);
        Bits.Equal(expected, actual, $"{count} float rows");
    }

    private static double[] Explain(Booster booster, double[] rows, double[]? start = null)
    {
        double[] contributions = new double[booster.GetOutputLength(rows.Length / booster.Info.Features.Count, PredictionKind.Contribution)];
        booster.PredictContributions(rows, contributions, new PredictOptions { BaseMargin = start });
        return contributions;
    }
}
