using System;
using System.IO;
using System.Linq;
using Inference.Tests.Forests;
using Inference.Tests.Support;
using Inference.Forests;
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

    private static double[] Explain(Booster booster, double[] rows, double[]? start = null)
    {
        double[] contributions = new double[booster.GetOutputLength(rows.Length / booster.Info.Features.Count, PredictionKind.Contribution)];
        booster.PredictContributions(rows, contributions, new PredictOptions { BaseMargin = start });
        return contributions;
    }
}
