using System;
using Xunit;

namespace Inference.Tests.Abstractions;

/// <summary>Start scores of either element type are one thing.</summary>
public sealed class BaseMarginTests
{
    [Fact]
    public void None_is_the_models_own()
    {
        Assert.True(default(BaseMargin).IsEmpty);
        Assert.True(((BaseMargin)(float[]?)null).IsEmpty);
        Assert.True(((BaseMargin)Array.Empty<double>()).IsEmpty);
        Assert.Equal(0, default(BaseMargin).Slice(3, 4).Length);
    }

    [Fact]
    public void Arrays_and_spans_of_both_types_convert()
    {
        Check(new float[] { 1, 2.5f, 3 });
        Check(new double[] { 1, 2.5, 3 });
        Check(new float[] { 1, 2.5f, 3 }.AsSpan());
        Check(new double[] { 1, 2.5, 3 }.AsSpan());
        Check(new ReadOnlySpan<float>([1, 2.5f, 3]));
        Check(new ReadOnlySpan<double>([1, 2.5, 3]));
    }

    [Fact]
    public void A_float_is_widened_and_a_double_kept()
    {
        Assert.Equal(0.1f, ((BaseMargin)new[] { 0.1f })[0]);
        Assert.Equal(0.1, ((BaseMargin)new[] { 0.1 })[0]);
    }

    private static void Check(BaseMargin margin)
    {
        Assert.False(margin.IsEmpty);
        Assert.Equal(3, margin.Length);
        Assert.Equal(2.5, margin[1]);
        Assert.Equal(2, margin.Slice(1, 2).Length);
        Assert.Equal(3, margin.Slice(1, 2)[1]);
    }
}
