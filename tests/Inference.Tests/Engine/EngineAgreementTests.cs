using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>Every engine answers with the reference's bits, on every real model of the fixtures.</summary>
public class EngineAgreementTests
{
    public static TheoryData<string> Models()
    {
        TheoryData<string> data = [];
        foreach (string library in new[] { "xgboost-1.7.4", "xgboost-3.4.1", "lightgbm-4.1.0.99" })
        {
            foreach (Fixture fixture in Fixture.All(library))
            {
                data.Add(Path.GetRelativePath(Repository.Fixtures, fixture.Models[0]));
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Managed_answers_with_the_references_bits(string model)
    {
        string path = Path.Combine(Repository.Fixtures, model);
        using Booster reference = Booster.Load(path, new BoosterOptions { Engine = EngineKind.Reference });
        using Booster managed = Booster.Load(path, new BoosterOptions { Engine = EngineKind.Managed });
        using Booster threaded = Booster.Load(path, new BoosterOptions { Engine = EngineKind.Managed, Threads = 3 });
        double[] rows = Rows(path);
        float[] singles = Array.ConvertAll(rows, value => (float)value);
        foreach (Booster booster in new[] { managed, threaded })
        {
            foreach (PredictionKind kind in new[] { PredictionKind.Margin, PredictionKind.Value })
            {
                Bits.Equal(Scores(reference, kind, rows), Scores(booster, kind, rows), $"{model} {kind} of double rows");
                Bits.Equal(Scores(reference, kind, singles), Scores(booster, kind, singles), $"{model} {kind} of float rows");
            }

            if (reference.Info.TreeCount > 0)
            {
                Assert.Equal(Leaves(reference, rows), Leaves(booster, rows));
            }
        }
    }

    [Fact]
    public void The_managed_engine_runs_all_but_linear_boosters()
    {
        IEnumerable<string> others = Models().Select(row => row.Data).Where(model =>
        {
            using Booster booster = Booster.Load(Path.Combine(Repository.Fixtures, model));
            return booster.Info.Engine != EngineKind.Managed;
        });
        Assert.All(others, model => Assert.Contains("gblinear", model, StringComparison.Ordinal));
    }

    private static double[] Rows(string path)
    {
        Array rows = Inference.Cli.Rows.NpyArray.Read(Path.Combine(Path.GetDirectoryName(path)!, "rows.npy")).Data;
        return rows as double[] ?? Array.ConvertAll((float[])rows, value => (double)value);
    }

    private static double[] Scores(Booster booster, PredictionKind kind, ReadOnlySpan<double> rows)
    {
        double[] scores = new double[booster.GetOutputLength(rows.Length / booster.Info.Features.Count, kind)];
        if (kind == PredictionKind.Margin)
        {
            booster.PredictMargin(rows, scores);
        }
        else
        {
            booster.Predict(rows, scores);
        }

        return scores;
    }

    private static double[] Scores(Booster booster, PredictionKind kind, ReadOnlySpan<float> rows)
    {
        double[] scores = new double[booster.GetOutputLength(rows.Length / booster.Info.Features.Count, kind)];
        if (kind == PredictionKind.Margin)
        {
            booster.PredictMargin(rows, scores);
        }
        else
        {
            booster.Predict(rows, scores);
        }

        return scores;
    }

    private static int[] Leaves(Booster booster, ReadOnlySpan<double> rows)
    {
        int[] leaves = new int[booster.GetOutputLength(rows.Length / booster.Info.Features.Count, PredictionKind.Leaf)];
        booster.PredictLeaf(rows, leaves);
        return leaves;
    }
}
