using System;
using System.Linq;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Features;

public class ColumnMappingTests
{
    private static readonly BoosterOptions AbsentIsMissing = new() { AbsentColumnsAreMissing = true };

    [Fact]
    public void The_models_own_order_is_the_identity()
    {
        using Booster booster = SmallModel.Load(3, ["a", "b", "c"]);
        ColumnMapping mapping = booster.BindColumns(["a", "b", "c"]);
        Assert.True(mapping.IsIdentity);
        Assert.Equal([0, 1, 2], mapping.Columns);
        Assert.Equal(3, mapping.ColumnCount);
        Assert.Equal(3, mapping.FeatureCount);
        Assert.Empty(mapping.Absent);
        Assert.Empty(mapping.Ignored);
    }

    [Fact]
    public void Arranged_rows_score_as_rows_in_the_models_order()
    {
        using Booster booster = SmallModel.Load(3, ["a", "b", "c"]);
        ColumnMapping mapping = booster.BindColumns(["c", "a", "b"]);
        Assert.False(mapping.IsIdentity);
        float[] arranged = new float[6];
        mapping.Arrange([0.9f, 0.1f, 0.8f, 0.1f, 0.9f, 0.2f], arranged);
        Assert.Equal([0.1f, 0.8f, 0.9f, 0.9f, 0.2f, 0.1f], arranged);
        float[] margins = new float[2];
        booster.PredictMargin(arranged, margins);
        Assert.Equal([221f, 112f], margins);
    }

    [Fact]
    public void Doubles_are_arranged_without_loss()
    {
        using Booster booster = SmallModel.Load(2, ["a", "b"]);
        double[] arranged = new double[2];
        booster.BindColumns(["b", "a"]).Arrange([0.1, Math.PI], arranged);
        Assert.Equal([Math.PI, 0.1], arranged);
    }

    [Fact]
    public void Missing_and_unknown_names_are_listed()
    {
        using Booster booster = SmallModel.Load(3, ["a", "b", "c"]);
        SchemaMismatchException error = Assert.Throws<SchemaMismatchException>(() => booster.BindColumns(["a", "x", "B"]));
        Assert.Equal(["b", "c"], error.Missing);
        Assert.Equal(["x", "B"], error.Unknown);
        Assert.Equal(
            "small: 2 features without a column (\"b\", \"c\"), 2 columns unknown to the model (\"x\", \"B\"); one column for each of its 3 features, by name",
            error.Message);
    }

    [Fact]
    public void A_message_stays_short_and_the_lists_stay_whole()
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(i => $"feature {i}")];
        using Booster booster = SmallModel.Load(500, names);
        SchemaMismatchException error = Assert.Throws<SchemaMismatchException>(() => booster.BindColumns([new string('x', 9999)]));
        Assert.Equal(names, error.Missing);
        Assert.True(error.Message.Length < 400, error.Message);
        Assert.Contains("and 492 more", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_columns_are_left_out_when_asked()
    {
        using Booster booster = SmallModel.Load(2, ["a", "b"]);
        ColumnMapping mapping = booster.BindColumns(["id", "b", "label", "a"], ignoreUnknown: true);
        Assert.Equal(["id", "label"], mapping.Ignored);
        float[] arranged = new float[2];
        mapping.Arrange([7, 1, 8, 2], arranged);
        Assert.Equal([2f, 1f], arranged);
    }

    [Fact]
    public void More_columns_than_features_in_the_models_order_are_no_identity()
    {
        using Booster booster = SmallModel.Load(2, ["a", "b"]);
        Assert.False(booster.BindColumns(["a", "b", "id"], ignoreUnknown: true).IsIdentity);
    }

    [Fact]
    public void Absent_columns_become_missing_values_only_when_asked()
    {
        Assert.Throws<SchemaMismatchException>(() => SmallModel.Load(2, ["a", "b"]).BindColumns(["b"]));
        using Booster booster = SmallModel.Load(2, ["a", "b"], AbsentIsMissing);
        ColumnMapping mapping = booster.BindColumns(["b"]);
        Assert.Equal(["a"], mapping.Absent);
        Assert.Equal([-1, 0], mapping.Columns);
        float[] arranged = new float[2];
        mapping.Arrange([5], arranged);
        Assert.Equal([float.NaN, 5f], arranged);
    }

    [Fact]
    public void A_table_of_strangers_is_refused_even_where_absent_columns_are_welcome()
    {
        using Booster booster = SmallModel.Load(2, ["a", "b"], AbsentIsMissing);
        Assert.Throws<SchemaMismatchException>(() => booster.BindColumns(["x", "y"], ignoreUnknown: true));
        Assert.Throws<SchemaMismatchException>(() => booster.BindColumns([]));
    }

    [Fact]
    public void Duplicates_are_named()
    {
        using Booster booster = SmallModel.Load(2, ["a", "b"]);
        SchemaMismatchException error = Assert.Throws<SchemaMismatchException>(() => booster.BindColumns(["a", "b", "a"]));
        Assert.Contains("columns 0 (\"a\") and 2 (\"a\") are duplicates", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_names_two_features_alike_cannot_be_bound_by_name()
    {
        using Booster booster = SmallModel.Load(2, ["a", "a"]);
        Assert.Contains("both named", Assert.Throws<SchemaMismatchException>(() => booster.BindColumns(["a", "b"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_names_is_bound_by_position()
    {
        using Booster booster = SmallModel.Load(2);
        Assert.True(booster.BindColumns(["whatever", "they"]).IsIdentity);
        Assert.Contains("3 columns", Assert.Throws<SchemaMismatchException>(() => booster.BindColumns(["a", "b", "c"], ignoreUnknown: true)).Message, StringComparison.Ordinal);
        Assert.Throws<SchemaMismatchException>(() => booster.BindColumns(["a"]));
        using Booster patient = SmallModel.Load(2, options: AbsentIsMissing);
        Assert.Equal([0, -1], patient.BindColumns(["a"]).Columns);
    }

    [Fact]
    public void Spaces_match_the_underscores_that_LightGBM_writes()
    {
        using Booster lightGbm = SmallModel.Load(2, ["unit_price", "a_b"], format: ModelFormat.LightGbmText);
        Assert.True(lightGbm.BindColumns(["unit price", "a_b"]).IsIdentity);
        Assert.Throws<SchemaMismatchException>(() => lightGbm.BindColumns(["unit\tprice", "a_b"]));

        // An exact match comes first, whatever the order of the columns.
        Assert.Contains(
            "duplicates",
            Assert.Throws<SchemaMismatchException>(() => lightGbm.BindColumns(["a b", "unit_price", "a_b"])).Message,
            StringComparison.Ordinal);

        using Booster xgboost = SmallModel.Load(1, ["unit_price"]);
        Assert.Throws<SchemaMismatchException>(() => xgboost.BindColumns(["unit price"]));
    }

    [Fact]
    public void Mixed_up_shapes_are_refused()
    {
        using Booster booster = SmallModel.Load(2, ["a", "b"]);
        ColumnMapping mapping = booster.BindColumns(["b", "a"]);
        Assert.Throws<SchemaMismatchException>(() => mapping.Arrange(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => mapping.Arrange(new float[4], new float[3]));
        float[] memory = new float[6];
        Assert.Throws<ArgumentException>(() => mapping.Arrange(memory.AsSpan(0, 4), memory.AsSpan(2, 4)));
        Assert.Throws<ArgumentNullException>(() => booster.BindColumns(null!));
        Assert.Throws<ArgumentException>(() => booster.BindColumns(["a", null!]));
    }

    [Fact]
    public void Arranging_allocates_nothing()
    {
        using Booster booster = SmallModel.Load(2, ["a", "b"]);
        ColumnMapping mapping = booster.BindColumns(["b", "a"]);
        float[] rows = new float[200], arranged = new float[200];
        Assert.Equal(0, Allocations.Of(() => mapping.Arrange(rows, arranged)));
    }
}
