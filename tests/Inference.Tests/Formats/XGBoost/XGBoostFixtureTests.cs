using System.Collections.Generic;
using System.IO;
using System.Linq;
using Inference.Formats;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>Every model that XGBoost 1.7 and 3.4 wrote, in every format, answers as the library that wrote it does.</summary>
public sealed class XGBoostFixtureTests
{
    private static readonly string[] Libraries = ["xgboost-1.7.4", "xgboost-3.4.1"];

    private static readonly BoosterOptions ByReference = new() { Engine = EngineKind.Reference };

    public static IEnumerable<TheoryDataRow<string, string, string>> Models =>
        from library in Libraries
        from fixture in Fixture.All(library)
        from model in fixture.Models
        select new TheoryDataRow<string, string, string>(library, fixture.Name, Path.GetFileName(model));

    public static IEnumerable<TheoryDataRow<string, string, string>> ModelsWithLeaves =>
        Models.Where(row => File.Exists(new Fixture(row.Data.Item1, row.Data.Item2).PathOf("expected-leaf.npy")));

    public static IEnumerable<TheoryDataRow<string, string>> Cases =>
        from library in Libraries
        from fixture in Fixture.All(library)
        select new TheoryDataRow<string, string>(library, fixture.Name);

    [Theory]
    [MemberData(nameof(Models))]
    public void Margins_have_the_librarys_bits(string library, string name, string file)
    {
        Fixture fixture = new(library, name);
        using Booster booster = Booster.Load(fixture.PathOf(file), ByReference);
        float[] rows = (float[])fixture.Read("rows.npy").Data;
        float[] expected = (float[])fixture.Read("expected-margin.npy").Data;
        PredictOptions options = new() { Iterations = fixture.Iterations };
        float[] margins = new float[expected.Length];

        booster.PredictMargin(rows, margins, options);
        Bits.Equal(expected, margins, $"{fixture} {file}");

        booster.PredictMargin(rows.Select(value => (double)value).ToArray(), margins, options);
        Bits.Equal(expected, margins, $"{fixture} {file}, rows of doubles");
    }

    [Theory]
    [MemberData(nameof(ModelsWithLeaves))]
    public void Leaves_have_the_librarys_node_ids(string library, string name, string file)
    {
        Fixture fixture = new(library, name);
        using Booster booster = Booster.Load(fixture.PathOf(file), ByReference);
        int[] expected = (int[])fixture.Read("expected-leaf.npy").Data;
        int[] leaves = new int[expected.Length];

        booster.PredictLeaf((float[])fixture.Read("rows.npy").Data, leaves, new PredictOptions { Iterations = fixture.Iterations });

        Assert.Equal(expected, leaves);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_format_of_a_model_is_the_same_forest(string library, string name)
    {
        Fixture fixture = new(library, name);
        Forest[] forests = [.. fixture.Models.Select(Read)];

        Assert.True(forests.Length >= 2);
        Assert.All(forests.Skip(1), forest => SameForest.Check(forests[0], forest));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_part_of_a_model_is_described(string library, string name, string file)
    {
        Fixture fixture = new(library, name);
        using Booster booster = Booster.Load(fixture.PathOf(file), ByReference);
        BoosterInfo info = booster.Info;

        Assert.Equal(
            Path.GetExtension(file) switch { ".json" => ModelFormat.XGBoostJson, ".ubj" => ModelFormat.XGBoostUbjson, _ => ModelFormat.XGBoostBinary },
            info.Format);
        Assert.StartsWith(info.Version, library["xgboost-".Length..], System.StringComparison.Ordinal);
        Assert.True(info.VersionVerified);
        Assert.False(info.ScoresInDouble);
        Assert.Equal(name switch { "gblinear" => "gblinear", "dart" when library == "xgboost-1.7.4" => "dart", _ => "gbtree" }, info.Booster);
        Assert.Equal(name == "binary-named", info.HasFeatureNames);
        Assert.Equal(fixture.Read("rows.npy").Shape[1], info.Features.Count);
        Assert.Equal(name is "gblinear", info.IterationCount == 0);
        Assert.Equal(name is "softmax", info.ValueCount < info.OutputCount);
    }

    [Fact]
    public void The_best_iteration_of_early_stopping_is_found()
    {
        using Booster booster = Booster.Load(new Fixture("xgboost-1.7.4", "iteration-range").PathOf("model.ubj"), ByReference);

        Assert.NotNull(booster.Info.BestIteration);
        Assert.Equal(20, booster.Info.IterationCount);
    }

    [Fact]
    public void Double_rows_are_rounded_to_float_before_they_are_compared()
    {
        Fixture fixture = new("xgboost-3.4.1", "exact-many-thresholds");
        using Booster booster = Booster.Load(fixture.PathOf("model.json"), ByReference);
        float[] rows = (float[])fixture.Read("rows.npy").Data;

        // A quarter of a float's spacing below it: as a double it would fall short of an equal threshold.
        double[] near = rows.Select(value => value - ((double)(System.MathF.BitIncrement(value) - value) / 4)).ToArray();
        float[] expected = (float[])fixture.Read("expected-margin.npy").Data;
        float[] margins = new float[expected.Length];
        for (int i = 0; i < near.Length; i++)
        {
            near[i] = (float)near[i] == rows[i] ? near[i] : rows[i];
        }

        booster.PredictMargin(near, margins, new PredictOptions { Iterations = fixture.Iterations });

        Bits.Equal(expected, margins, "rows a quarter below");
    }

    private static Forest Read(string path) => ModelFile.Read(File.ReadAllBytes(path), new LoadContext(path, LoadLimits.Default));
}
