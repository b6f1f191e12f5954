using System;
using System.Linq;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests;

public class ProbeRowsTests
{
    [Fact]
    public void The_same_seed_gives_the_same_rows()
    {
        using Booster booster = SmallModel.Load(3);
        float[] first = new float[300], second = new float[300], other = new float[300];
        booster.FillProbeRows(first);
        booster.FillProbeRows(second, seed: 0);
        booster.FillProbeRows(other, seed: 1);
        Assert.Equal(first, second);
        Assert.NotEqual(first, other);

        // Written down once: they must be these on every system.
        Assert.Equal([0.5f, -0f, 0.5f, 0.49999997f, 0.50000006f], first[..5]);
    }

    [Fact]
    public void Rows_sit_on_thresholds_and_beside_them()
    {
        using Booster booster = SmallModel.Load(2);
        float[] rows = new float[2000];
        booster.FillProbeRows(rows);
        Assert.Contains(0.5f, rows);
        Assert.Contains(MathF.BitDecrement(0.5f), rows);
        Assert.Contains(MathF.BitIncrement(0.5f), rows);
        Assert.Contains(float.NaN, rows);
        Assert.Contains(float.PositiveInfinity, rows);
        Assert.Contains(rows, value => value == 0 && float.IsNegative(value));
    }

    [Fact]
    public void Every_leaf_of_a_model_is_reached()
    {
        using Booster booster = Booster.Load(new Fixture("lightgbm-4.1.0.99", "categorical").PathOf("model.txt"));
        int features = booster.Info.Features.Count, trees = booster.Info.TreeCount;
        double[] rows = new double[20_000 * features];
        booster.FillProbeRows(rows);
        int[] leaves = new int[20_000 * trees];
        booster.PredictLeaf(rows, leaves);
        int reached = Enumerable.Range(0, trees).Sum(tree => leaves.Where((_, i) => i % trees == tree).Distinct().Count());
        long all = (booster.Info.NodeCount + trees) / 2;
        Assert.True(reached > all * 0.9, $"{reached} of {all} leaves");
    }

    [Fact]
    public void Room_must_be_for_whole_rows()
    {
        using Booster booster = SmallModel.Load(2);
        Assert.Throws<ArgumentException>(() => booster.FillProbeRows(new float[3]));
        booster.FillProbeRows(Span<double>.Empty);
    }
}
