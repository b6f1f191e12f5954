using System;
using System.Numerics.Tensors;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests;

public class TensorRowsTests
{
    private static readonly float[] Rows = [0, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1];

    [Fact]
    public void A_matrix_scores_as_its_rows()
    {
        using Booster booster = SmallModel.Load(3);
        float[] expected = new float[4], actual = new float[4];
        booster.PredictMargin(Rows, expected);
        booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [4, 3]), actual);
        Assert.Equal(expected, actual);
        double[] doubles = Array.ConvertAll(Rows, value => (double)value), values = new double[4];
        booster.Predict(new ReadOnlyTensorSpan<double>(doubles, [4, 3]), values);
        Assert.Equal(expected, Array.ConvertAll(values, value => (float)value));
        int[] leaves = new int[12];
        booster.PredictLeaf(new ReadOnlyTensorSpan<float>(Rows, [4, 3]), leaves);
        Assert.Equal([1, 2, 1], leaves[..3]);
    }

    [Fact]
    public void A_slice_of_a_wider_matrix_is_read_where_it_lies()
    {
        using Booster booster = SmallModel.Load(2);
        ReadOnlyTensorSpan<float> wide = new(Rows, [4, 3]);
        float[] margins = new float[4];
        booster.PredictMargin(wide.Slice([System.Buffers.NRange.All, 1..]), margins);
        Assert.Equal([12f, 21f, 12f, 21f], margins);
        booster.PredictMargin(wide.Slice([1..3, 0..2]), margins.AsSpan(0, 2));
        Assert.Equal([12f, 22f], margins[..2]);
    }

    [Fact]
    public void Rows_with_a_step_and_single_rows_are_read_where_they_lie()
    {
        using Booster booster = SmallModel.Load(3);
        float[] margins = new float[2];
        booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [2, 3], [6, 1]), margins);
        Assert.Equal([121f, 122f], margins);
        booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [1, 3]), margins.AsSpan(0, 1));
        Assert.Equal(121f, margins[0]);
        booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [0, 3]), Span<float>.Empty);
    }

    [Fact]
    public void Shapes_that_are_no_rows_are_refused()
    {
        using Booster booster = SmallModel.Load(3);
        float[] margins = new float[4];
        Assert.Contains("1 dimensions", Assert.Throws<ArgumentException>(() => booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [12]), margins)).Message, StringComparison.Ordinal);
        Assert.Contains("contiguous", Assert.Throws<ArgumentException>(() => booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [4, 3], [1, 4]), margins)).Message, StringComparison.Ordinal);
        Assert.Contains("0 apart", Assert.Throws<ArgumentException>(() => booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [4, 3], [0, 1]), margins)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [4, 3]), margins, new PredictOptions { RowStride = 3 }));
        Assert.Throws<SchemaMismatchException>(() => booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [6, 2]), margins));
        Assert.Throws<SchemaMismatchException>(() => booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [4, 0]), margins));
    }

    [Fact]
    public void Options_reach_the_prediction()
    {
        using Booster booster = SmallModel.Load(3);
        float[] margins = new float[4];
        booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [4, 3]), margins, new PredictOptions { Iterations = 1..2, BaseMargin = new float[] { 1, 2, 3, 4 } });
        Assert.Equal([21f, 12f, 23f, 14f], margins);
    }

    [Fact]
    public void Tensors_are_read_without_allocation()
    {
        using Booster booster = SmallModel.Load(3);
        float[] margins = new float[4];
        Assert.Equal(0, Allocations.Of(() => booster.PredictMargin(new ReadOnlyTensorSpan<float>(Rows, [4, 3]), margins)));
    }
}
