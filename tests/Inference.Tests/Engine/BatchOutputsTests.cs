using System;
using System.Numerics;
using Inference.Engine;
using Inference.Forests;
using Inference.Kernels;
using Inference.Numerics;
using Inference.Tests.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>Values of many rows at once have the bits of values of one row.</summary>
public sealed class BatchOutputsTests
{
    private static readonly float[] Odd =
    [
        -200, -104, -103.97f, -88.8f, -88.7f, -3.5f, -1e-8f, -0f, 0, 1e-8f, 0.25f, 1, 12, 88.7f, 88.8f, 89, 200, 689.9f, 690, -690, 710,
        float.Epsilon, float.MaxValue, float.MinValue, float.NegativeInfinity, float.PositiveInfinity, float.NaN,
    ];

    [Theory]
    [InlineData(nameof(TransformKind.Exp), 1)]
    [InlineData(nameof(TransformKind.XGBoostSigmoid), 1)]
    [InlineData(nameof(TransformKind.Sigmoid), 1)]
    [InlineData(nameof(TransformKind.Sigmoid), 3)]
    [InlineData(nameof(TransformKind.XGBoostSoftmax), 3)]
    [InlineData(nameof(TransformKind.XGBoostSoftmax), 10)]
    [InlineData(nameof(TransformKind.Softmax), 3)]
    [InlineData(nameof(TransformKind.Softmax), 2500)]
    public void Many_rows_have_the_bits_of_one(string kind, int outputs)
    {
        OutputTransform transform = new(Enum.Parse<TransformKind>(kind), 0.7);
        Random random = new(outputs);
        foreach (int rows in (ReadOnlySpan<int>)[1, 2, 3, 5, 8, 63, 1000])
        {
            float[] margins = new float[rows * outputs];
            foreach (ref float margin in margins.AsSpan())
            {
                margin = random.Next(10) == 0 ? Odd[random.Next(Odd.Length)] : (random.NextSingle() - 0.5f) * (random.Next(3) == 0 ? 1500 : 20);
            }

            Check(transform, margins, outputs, Bits.Equal);
            Check<double>(transform, Array.ConvertAll(margins, margin => margin * 1.0000001), outputs, Bits.Equal);
        }
    }

    [Fact]
    public void Every_exponential_of_a_float_has_the_bits_of_one()
    {
        // A step that meets every sign, every exponent, and all low bits.
        float[] x = new float[1 << 20];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = BitConverter.Int32BitsToSingle(i * 4093);
        }

        float[] expected = Array.ConvertAll(x, one => PortableMath.Exp(one));
        ExpKernel.Run(x);
        Bits.Equal(expected, x, "exponentials");
    }

    private delegate void Comparison<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> actual, string what);

    private static void Check<T>(OutputTransform transform, T[] margins, int outputs, Comparison<T> equal)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] expected = new T[margins.Length];
        Forest forest = new()
        {
            Origin = Sketch.Origin,
            Precision = ScorePrecision.Double,
            ContributionRule = ContributionRule.TreeShapByLeaf,
            FeatureCount = 1,
            OutputCount = outputs,
            Trees = [],
            IterationStarts = [0],
            BaseMargin = new double[outputs],
            Aggregation = Aggregation.SumThenBase,
            Transform = transform,
        };
        for (int row = 0; row < margins.Length; row += outputs)
        {
            OutputTransforms.Apply<T>(forest, 1, margins.AsSpan(row, outputs), expected.AsSpan(row, outputs));
        }

        BatchOutputs.Apply(transform, margins.AsSpan(), outputs);
        equal(expected, margins, $"{transform.Kind}, {margins.Length} numbers");
    }
}
