using System;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Forests;

/// <summary>What each transform makes of ordinary and of odd margins, in both precisions.</summary>
public sealed class OutputTransformsTests
{
    private static readonly float[] Singles = [-200, -88.8f, -3.5f, -1e-8f, 0, 1e-8f, 0.25f, 1, 12, 88.8f, 200, float.NegativeInfinity, float.PositiveInfinity, float.NaN];

    private static readonly double[] Doubles = [-800, -36.7, -3.5, -1e-17, 0, 1e-17, 0.25, 1, 12, 36.7, 800, double.NegativeInfinity, double.PositiveInfinity, double.NaN];

    [Fact]
    public void XGBoosts_sigmoid_stops_short_of_zero()
    {
        Each(TransformKind.XGBoostSigmoid, (float x) => 1f / (MathF.Exp(float.IsNaN(x) ? x : Math.Min(-x, 88.7f)) + 1f + 1e-16f));
        Assert.InRange(Apply(TransformKind.XGBoostSigmoid, [float.NegativeInfinity])[0], 2.9e-39f, 3.1e-39f);
    }

    [Fact]
    public void Exponentials() => Each(TransformKind.Exp, (float x) => MathF.Exp(x));

    [Fact]
    public void Exponentials_in_float64() => Each(TransformKind.Exp, (double x) => Math.Exp(x));

    [Fact]
    public void LightGBMs_sigmoid_has_a_factor() => Each(TransformKind.Sigmoid, (double x) => 1 / (1 + Math.Exp(-0.7 * x)), 0.7);

    [Fact]
    public void Log_one_plus_exp() => Each(TransformKind.LogOnePlusExp, (double x) =>
    {
        // What 1 + e rounds away is put back by the ratio.
        double e = Math.Exp(x);
        double sum = 1 + e;
        return sum == 1 || !double.IsFinite(sum) ? e : Math.Log(sum) * (e / (sum - 1));
    });

    [Fact]
    public void Signed_squares() => Each(TransformKind.SignedSquare, (double x) => double.IsNaN(x) ? x : Math.CopySign(x * x, x));

    [Fact]
    public void Hinge_is_1_above_0_and_0_for_NaN()
    {
        Bits.Equal([0f, 0, 0, 1, 1, 0], Apply(TransformKind.Hinge, [-1f, 0, -0f, float.Epsilon, float.PositiveInfinity, float.NaN]), "hinge");
    }

    [Fact]
    public void Identity_keeps_every_bit() => Bits.Equal(Singles, Apply(TransformKind.Identity, Singles), "identity");

    [Theory]
    [InlineData(new float[] { 1, 3, 2 }, 1)]
    [InlineData(new float[] { 3, 3, 2 }, 0)]
    [InlineData(new float[] { float.NaN, 3, 2 }, 0)]
    [InlineData(new float[] { 1, float.NaN, 2 }, 2)]
    [InlineData(new float[] { float.NegativeInfinity, float.NegativeInfinity }, 0)]
    public void ArgMax_takes_the_first_of_equals(float[] margins, float expected)
    {
        float[] value = new float[1];
        OutputTransforms.Apply(Forest(TransformKind.ArgMax, margins.Length), 1, margins, value);

        Assert.Equal(expected, value[0]);
    }

    [Theory]
    [InlineData(new float[] { 3, 1, 2 }, new float[] { 1, 2, 3 })]
    [InlineData(new float[] { 3, float.NaN, 1, 2 }, new float[] { 3, float.NaN, 1, 2 })]
    [InlineData(new float[] { 2, float.NegativeInfinity, float.PositiveInfinity, 2 }, new float[] { float.NegativeInfinity, 2, 2, float.PositiveInfinity })]
    public void Quantiles_come_in_ascending_order(float[] margins, float[] expected) =>
        Bits.Equal(expected, Apply(TransformKind.Ascending, margins), "ascending");

    [Fact]
    public void Expectiles_are_increments()
    {
        float[] margins = [-1.5f, -20, 0, 3, 100];
        double[] exact = new double[margins.Length];
        exact[0] = margins[0];
        for (int i = 1; i < margins.Length; i++)
        {
            exact[i] = exact[i - 1] + 1e-6f + (margins[i] > 30 ? margins[i] : Math.Log(1 + Math.Exp(margins[i])));
        }

        float[] values = Apply(TransformKind.ExpectileIncrements, margins);

        Assert.All(exact.Zip(values), pair => Assert.Equal(pair.First, pair.Second, 2e-6 * Math.Max(1, Math.Abs(pair.First))));
        Assert.Equal(values.Order(), values);
    }

    [Theory]
    [InlineData((int)TransformKind.XGBoostSoftmax)]
    [InlineData((int)TransformKind.Softmax)]
    public void Softmax_is_a_distribution_in_the_order_of_the_margins(int kind)
    {
        double[] margins = [-800, -1, 0, 0.5, 3, 700];
        double[] values = Apply((TransformKind)kind, margins);

        Assert.Equal(1, values.Sum(), 1e-15);
        Assert.Equal(values.Order(), values);
        double[] shifted = Apply((TransformKind)kind, new double[] { 0, 1 });
        Bits.Within(1, [1 / (1 + Math.E), Math.E / (1 + Math.E)], shifted, "two classes");
    }

    [Theory]
    [InlineData((int)TransformKind.XGBoostSoftmax)]
    [InlineData((int)TransformKind.Softmax)]
    public void Softmax_of_what_is_not_finite(int kind)
    {
        TransformKind softmax = (TransformKind)kind;
        Bits.Equal([0f, 1, 0], Apply(softmax, [float.NegativeInfinity, 1, float.NegativeInfinity]), "minus infinity");
        Bits.Equal([float.NaN, float.NaN], Apply(softmax, [float.PositiveInfinity, 1]), "infinity");
        Bits.Equal([float.NaN, float.NaN, float.NaN], Apply(softmax, [1, float.NaN, 2]), "NaN");
        Bits.Equal([1f], Apply(softmax, [float.MinValue]), "one class");
    }

    [Fact]
    public void XGBoosts_softmax_sums_in_float64()
    {
        // Each of the small terms is below half a unit in the last place of 1: in float32 every addition would be lost.
        float[] margins = new float[(1 << 16) + 1];
        Array.Fill(margins, -17.5f);
        margins[0] = 0;

        float[] values = Apply(TransformKind.XGBoostSoftmax, margins);

        Assert.Equal((float)(1 / (1 + (65536 * (double)MathF.Exp(-17.5f)))), values[0]);
    }

    [Fact]
    public void Averages_divide_before_they_transform()
    {
        Forest forest = Forest(TransformKind.Sigmoid, 1, 2, averages: true);
        double[] value = [3];
        OutputTransforms.Apply(forest, 4, value, value);

        Bits.Within(1, [1 / (1 + Math.Exp(-1.5))], value, "sigmoid of 2 * 3/4");
    }

    [Fact]
    public void Margins_may_become_values_in_their_own_memory()
    {
        foreach (TransformKind kind in Enum.GetValues<TransformKind>().Where(kind => kind is not TransformKind.ArgMax && !kind.ToString().StartsWith("Onnx", StringComparison.Ordinal)))
        {
            double[] apart = Apply(kind, Doubles);
            double[] own = [.. Doubles];
            OutputTransforms.Apply(Forest(kind, own.Length), 1, own, own);

            Bits.Equal(apart, own, kind.ToString());
        }
    }

    private static void Each(TransformKind kind, Func<float, float> expected) =>
        Bits.Within(2, Array.ConvertAll(Singles, x => expected(x)), Apply(kind, Singles), kind.ToString());

    private static void Each(TransformKind kind, Func<double, double> expected, double parameter = 1) =>
        Bits.Within(2, Array.ConvertAll(Doubles, x => expected(x)), Apply(kind, Doubles, parameter), kind.ToString());

    private static float[] Apply(TransformKind kind, float[] margins)
    {
        float[] values = new float[margins.Length];
        OutputTransforms.Apply(Forest(kind, margins.Length), 1, margins, values);
        return values;
    }

    private static double[] Apply(TransformKind kind, double[] margins, double parameter = 1)
    {
        double[] values = new double[margins.Length];
        OutputTransforms.Apply(Forest(kind, margins.Length, parameter), 1, margins, values);
        return values;
    }

    private static Forest Forest(TransformKind kind, int outputs, double parameter = 1, bool averages = false) => new()
    {
        Origin = Sketch.Origin,
        Precision = ScorePrecision.Double,
        ContributionRule = ContributionRule.TreeShapByTree,
        FeatureCount = 1,
        OutputCount = outputs,
        BaseMargin = new double[outputs],
        Transform = new OutputTransform(kind, parameter),
        AveragesIterations = averages,
    };
}
