using System;
using System.Numerics;
using System.Threading;

namespace Inference.Forests;

/// <summary>Points t and weights with which a sum over points is the integral from 0 to 1 of any polynomial below a degree.</summary>
/// <remarks>
/// n points are exact up to degree 2n - 1; all weights are positive. Computed on first use, with the operations whose bits
/// are the same everywhere. Immutable; any number of threads may ask.
/// </remarks>
internal sealed class GaussLegendre
{
    /// <summary>Every rule up to this many points is kept; beyond, only powers of two, so that they cannot pile up.</summary>
    private const int LargestOfAnySize = 32;

    private static readonly GaussLegendre?[] Rules = new GaussLegendre?[LargestOfAnySize + 32];

    private GaussLegendre(int count)
    {
        Points = new double[count];
        Weights = new double[count];
        for (int i = 0; i < (count + 1) / 2; i++)
        {
            // Newton's method from a start that is nearer to its own root than to any other.
            double x = Cosine(Math.PI * (i + 0.75) / (count + 0.5));
            double slope = 0;
            for (int step = 0; step < 8; step++)
            {
                (double value, slope) = Legendre(count, x);
                x -= value / slope;
            }

            double weight = 1 / ((1 - (x * x)) * slope * slope);
            (Points[i], Weights[i]) = ((1 - x) / 2, weight);
            (Points[count - 1 - i], Weights[count - 1 - i]) = ((1 + x) / 2, weight);
        }
    }

    /// <summary>The points, ascending, inside 0 to 1.</summary>
    public double[] Points { get; }

    /// <summary>The weight of each point; together 1.</summary>
    public double[] Weights { get; }

    /// <summary>A rule that is exact for polynomials of the given degree.</summary>
    public static GaussLegendre ForDegree(int degree)
    {
        int count = (degree / 2) + 1;
        int slot = count;
        if (count > LargestOfAnySize)
        {
            int power = BitOperations.Log2((uint)count - 1) + 1;
            (count, slot) = (1 << power, LargestOfAnySize + power);
        }

        // Two threads may compute the same rule; the bits are the same, so either may stay.
        return Volatile.Read(ref Rules[slot]) ?? Keep(slot, new GaussLegendre(count));
    }

    private static GaussLegendre Keep(int slot, GaussLegendre rule)
    {
        Volatile.Write(ref Rules[slot], rule);
        return rule;
    }

    private static (double Value, double Slope) Legendre(int degree, double x)
    {
        double before = 1;
        double value = x;
        for (int k = 2; k <= degree; k++)
        {
            (before, value) = (value, ((((2.0 * k) - 1) * x * value) - ((k - 1.0) * before)) / k);
        }

        return (value, degree * ((x * value) - before) / ((x * x) - 1));
    }

    /// <summary>The cosine of 0 to pi/2 by its series: the platform's last bit is not the same everywhere.</summary>
    private static double Cosine(double angle)
    {
        double square = angle * angle;
        double sum = 1;
        for (int k = 24; k > 0; k -= 2)
        {
            sum = 1 - (sum * square / (k * (k - 1)));
        }

        return sum;
    }
}
