using System;
using System.Linq;
using Inference.Forests;
using Xunit;

namespace Inference.Tests.Forests;

/// <summary>Rules integrate what they promise.</summary>
public sealed class GaussLegendreTests
{
    [Fact]
    public void Powers_up_to_the_degree_integrate_to_one_over_the_exponent_plus_one()
    {
        foreach (int degree in Enumerable.Range(0, 140).Append(500).Append(3000))
        {
            GaussLegendre rule = GaussLegendre.ForDegree(degree);
            for (int power = 0; power <= degree; power += Math.Max(1, degree / 25))
            {
                double sum = 0;
                for (int i = 0; i < rule.Points.Length; i++)
                {
                    sum += rule.Weights[i] * Math.Pow(rule.Points[i], power);
                }

                Assert.Equal(1.0 / (power + 1), sum, 2e-12 / (power + 1));
            }
        }
    }

    [Fact]
    public void Points_ascend_inside_0_to_1_and_weights_are_positive()
    {
        foreach (int degree in Enumerable.Range(0, 200))
        {
            GaussLegendre rule = GaussLegendre.ForDegree(degree);

            Assert.True((2 * rule.Points.Length) - 1 >= degree);
            Assert.Equal(rule.Points.Order().Distinct(), rule.Points);
            Assert.All(rule.Points, point => Assert.InRange(point, double.Epsilon, 1 - 1e-9));
            Assert.All(rule.Weights, weight => Assert.True(weight > 0));
        }
    }

    [Fact]
    public void A_rule_is_computed_once() => Assert.Same(GaussLegendre.ForDegree(12), GaussLegendre.ForDegree(13));
}
