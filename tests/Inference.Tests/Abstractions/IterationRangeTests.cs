using System;
using Xunit;

namespace Inference.Tests.Abstractions;

/// <summary>Which iterations a range selects.</summary>
public sealed class IterationRangeTests
{
    [Fact]
    public void The_default_is_every_iteration()
    {
        Assert.Equal(IterationRange.All, default);
        Assert.Equal((0, 7), IterationRange.All.Resolve(7, bestIteration: 2));
        Assert.Equal((0, 0), IterationRange.All.Resolve(0, bestIteration: null));
    }

    [Fact]
    public void Best_ends_with_the_best_iteration_and_is_every_iteration_without_one()
    {
        Assert.Equal((0, 3), IterationRange.Best.Resolve(7, bestIteration: 2));
        Assert.Equal((0, 7), IterationRange.Best.Resolve(7, bestIteration: null));
    }

    [Fact]
    public void Ranges_count_as_in_NET()
    {
        Assert.Equal((3, 5), Resolve(3..5));
        Assert.Equal((3, 7), Resolve(3..));
        Assert.Equal((0, 5), Resolve(..5));
        Assert.Equal((4, 6), Resolve(^3..^1));
        Assert.Equal((0, 7), Resolve(..));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(5, 3)]
    [InlineData(0, 8)]
    [InlineData(7, 8)]
    public void A_range_that_is_empty_or_outside_is_refused_with_both_bounds(int begin, int end)
    {
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => Resolve(begin..end));

        Assert.Contains($"{begin}:{end} of 7", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_range_of_NET_is_empty() => Assert.Throws<ArgumentOutOfRangeException>(() => Resolve(default(Range)));

    [Fact]
    public void A_start_before_the_model_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => Resolve(^9..));

    [Fact]
    public void Equal_selections_are_equal()
    {
        Assert.True(IterationRange.FromRange(1..2) == 1..2);
        Assert.True(IterationRange.FromRange(1..2) != 1..3);
        Assert.True(IterationRange.All != IterationRange.Best);
        Assert.Equal(IterationRange.FromRange(1..2).GetHashCode(), IterationRange.FromRange(1..2).GetHashCode());
        Assert.False(IterationRange.All.Equals((object)"All"));
        Assert.Equal(["All", "Best", "1..^2"], [IterationRange.All.ToString(), IterationRange.Best.ToString(), IterationRange.FromRange(1..^2).ToString()]);
    }

    private static (int Begin, int End) Resolve(Range range) => IterationRange.FromRange(range).Resolve(7, bestIteration: 2);
}
