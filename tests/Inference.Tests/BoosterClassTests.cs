using System;
using System.Linq;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests;

/// <summary>The choice of a class.</summary>
public class BoosterClassTests
{
    [Theory]
    [InlineData("xgboost-3.4.1", "softprob")]
    [InlineData("xgboost-1.7.4", "softprob")]
    [InlineData("lightgbm-4.1.0.99", "multiclass")]
    [InlineData("lightgbm-4.1.0.99", "multiclassova")]
    public void Several_classes_take_the_largest_probability(string library, string name) => Check(library, name, row => Array.IndexOf(row, row.Max()));

    [Theory]
    [InlineData("xgboost-3.4.1", "softmax")]
    [InlineData("xgboost-1.7.4", "softmax")]
    public void Softmax_gives_the_class_that_is_its_value(string library, string name) => Check(library, name, row => (int)row[0]);

    [Theory]
    [InlineData("xgboost-3.4.1", "binary-logistic")]
    [InlineData("xgboost-3.4.1", "binary-hinge")]
    [InlineData("lightgbm-4.1.0.99", "binary")]
    [InlineData("lightgbm-4.1.0.99", "binary-sigmoid")]
    public void Two_classes_are_told_apart_at_one_half(string library, string name) => Check(library, name, row => row[0] > 0.5 ? 1 : 0);

    [Fact]
    public void Raw_scores_are_told_apart_at_zero() => Check("xgboost-3.4.1", "binary-logitraw", row => row[0] > 0 ? 1 : 0);

    [Theory]
    [InlineData("xgboost-3.4.1", "squared-error", "reg:squarederror")]
    [InlineData("xgboost-3.4.1", "rank-ndcg", "rank:ndcg")]
    [InlineData("xgboost-3.4.1", "reg-logistic", "reg:logistic")]
    [InlineData("lightgbm-4.1.0.99", "regression", "regression")]
    [InlineData("lightgbm-4.1.0.99", "lambdarank", "lambdarank")]
    [InlineData("onnx", "sklearn-gradient-boosting-regressor", "TreeEnsembleRegressor")]
    public void A_model_that_does_not_classify_refuses_and_says_what_it_is(string library, string name, string named)
    {
        using Booster booster = Booster.Load(new Fixture(library, name).Models[0]);
        Assert.Contains(named, Assert.Throws<ModelNotSupportedException>(() => booster.PredictClass(new float[booster.Info.Features.Count], new int[1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threads_strides_and_double_rows_choose_the_same()
    {
        Fixture fixture = new("onnx", "sklearn-random-forest-classifier");
        using Booster one = Booster.Load(fixture.PathOf("model.onnx"));
        using Booster two = Booster.Load(fixture.PathOf("model.onnx"), new BoosterOptions { Threads = 2 });
        NpyArray input = fixture.Read("input-X.npy");
        float[] rows = (float[])input.Data;
        int columns = input.Shape[1];
        int[] expected = new int[input.Shape[0]], actual = new int[input.Shape[0]];
        one.PredictClass(rows, expected);
        two.PredictClass(rows, actual);
        Assert.Equal(expected, actual);
        one.PredictClass(Array.ConvertAll(rows, value => (double)value), actual);
        Assert.Equal(expected, actual);
        float[] wide = new float[expected.Length * (columns + 3)];
        for (int row = 0; row < expected.Length; row++)
        {
            rows.AsSpan(row * columns, columns).CopyTo(wide.AsSpan(row * (columns + 3)));
        }

        one.PredictClass(wide, actual, new PredictOptions { RowStride = columns + 3 });
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Nothing_is_allocated_once_warm()
    {
        Fixture fixture = new("onnx", "xgboost-classifier");
        using Booster booster = Booster.Load(fixture.PathOf("model.onnx"));
        float[] rows = (float[])fixture.Read("input-X.npy").Data;
        int[] classes = new int[rows.Length / booster.Info.Features.Count];
        booster.PredictClass(rows, classes);
        Assert.Equal(0, Allocations.Of(() => booster.PredictClass(rows, classes)));
    }

    [Fact]
    public void Wrong_lengths_and_disposed_models_are_refused()
    {
        Booster booster = Booster.Load(new Fixture("onnx", "xgboost-classifier").PathOf("model.onnx"));
        float[] rows = new float[2 * booster.Info.Features.Count];
        Assert.Contains("1 for each row", Assert.Throws<ArgumentException>(() => booster.PredictClass(rows, new int[3])).Message, StringComparison.Ordinal);
        Assert.Throws<SchemaMismatchException>(() => booster.PredictClass(rows.AsSpan(1), new int[2]));
        booster.PredictClass(ReadOnlySpan<float>.Empty, []);
        booster.Dispose();
        Assert.Throws<ObjectDisposedException>(() => booster.PredictClass(rows, new int[2]));
    }

    /// <summary>Compares with what the library's own values say.</summary>
    private static void Check(string library, string name, Func<double[], int> choose)
    {
        Fixture fixture = new(library, name);
        using Booster booster = Booster.Load(fixture.Models[0]);
        NpyArray input = fixture.Read("rows.npy"), expected = fixture.Read("expected-value.npy");
        double[] values = expected.Data is float[] singles ? Array.ConvertAll(singles, value => (double)value) : (double[])expected.Data;
        int[] classes = new int[input.Shape[0]];
        PredictOptions options = new() { Iterations = fixture.Iterations };
        if (input.Data is float[] rows)
        {
            booster.PredictClass(rows, classes, options);
        }
        else
        {
            booster.PredictClass((double[])input.Data, classes, options);
        }

        int width = values.Length / classes.Length;
        Assert.Equal(values.Chunk(width).Select(choose), classes);
    }
}
