using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Inference;

// The README's examples, compiled and run. It is started in the folder of the sample models; what it prints, the README shows.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Columns = 10;
float[] table = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes("risk.npy").AsSpan(128)).ToArray();

Load();
Kinds(table);
Questions(table);
Names();
Errors();
Describe();

static void Load()
{
    BoosterOptions options = new()
    {
        Threads = 2,                                                         // default 1: the caller's thread
        Limits = LoadLimits.Default with { MaxBytes = 50_000_000 },          // for files from strangers
        AbsentColumnsAreMissing = true,                                      // default false: fewer columns are refused
    };
    using Booster booster = Booster.Load("risk.ubj", options);
    using Booster again = Booster.Load(File.ReadAllBytes("risk.ubj"));       // or bytes; LoadAsync takes a path or a stream
}

static void Kinds(float[] rows)
{
    using Booster booster = Booster.Load("risk.ubj");
    int count = rows.Length / Columns;

    float[] margins = new float[booster.GetOutputLength(count, PredictionKind.Margin)];
    booster.PredictMargin(rows, margins);

    int[] leaves = new int[booster.GetOutputLength(count, PredictionKind.Leaf)];
    booster.PredictLeaf(rows, leaves);

    double[] contributions = new double[booster.GetOutputLength(count, PredictionKind.Contribution)];
    booster.PredictContributions(rows, contributions);

    double[] first = contributions[..(booster.Info.Features.Count + 1)];
    Console.WriteLine($"margin {margins[0]}, leaf {leaves[0]} of the first tree");
    Console.WriteLine($"feature 2 adds {first[2]:F4} to a bias of {first[^1]:F4}; all together {first.Sum():F4}");
}

static void Questions(float[] rows)
{
    using Booster booster = Booster.Load("risk.ubj");
    float[] scores = new float[8];
    float[] start = [.. Enumerable.Repeat(0.25f, scores.Length)];

    booster.Predict(rows, scores, new PredictOptions { Iterations = 0..5 });
    booster.Predict(rows, scores, new PredictOptions { Iterations = IterationRange.Best });
    booster.Predict(rows, scores, new PredictOptions { BaseMargin = start });

    // Every second row of the table, read where it lies.
    booster.Predict(rows, scores.AsSpan(0, 4), new PredictOptions { RowStride = 20 });
    Console.WriteLine(string.Join(' ', scores[..4]));
}

static void Names()
{
    using Booster booster = Booster.Load("plans.txt");
    CategoryVocabulary cities = booster.Info.Features[1].Vocabulary!;

    // The table has its columns in another order; the mapping is made once and used for every batch.
    ColumnMapping mapping = booster.BindColumns(["age", "plan", "city", "amount"]);
    double[] table = [-1.4017039796808408, booster.Info.Features[2].Vocabulary!.Encode("basic"), cities.Encode("city-30"), 0.9208613503510445];
    double[] row = new double[mapping.FeatureCount];
    mapping.Arrange(table, row);
    Console.WriteLine(booster.Predict(row));
}

static void Errors()
{
    try
    {
        using Booster booster = Booster.Load("README.md");
    }
    catch (ModelFormatException exception)
    {
        Console.WriteLine(exception.Message);
    }
    catch (ModelNotSupportedException exception)
    {
        Console.WriteLine($"{exception.Found} is not supported; {exception.Allowed}");
    }
}

static void Describe()
{
    using Booster booster = Booster.Load("risk.ubj");
    BoosterInfo info = booster.Info;
    Console.WriteLine($"{info.Format} {info.Version} (verified: {info.VersionVerified}), {info.Objective}, {info.TreeCount} trees");
    Console.WriteLine($"runs on {info.Engine}: {info.EngineReason}");
}
