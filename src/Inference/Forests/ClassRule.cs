using System;
using System.Numerics;

namespace Inference.Forests;

/// <summary>What the choice of a class looks at.</summary>
internal enum ClassChoice : byte
{
    /// <summary>The class is not known; <see cref="ClassRule.Why"/> says why.</summary>
    Unknown,

    /// <summary>The candidate with the largest margin, the first of equals.</summary>
    LargestMargin,

    /// <summary>Class 1 where a margin is above the threshold, else class 0.</summary>
    MarginAbove,

    /// <summary>The class with the largest value, the first of equals.</summary>
    LargestValue,

    /// <summary>Class 1 where a value is above the threshold, else class 0.</summary>
    ValueAbove,
}

/// <summary>How a classifier chooses one class for a row.</summary>
/// <param name="Choice">What it looks at.</param>
internal sealed record ClassRule(ClassChoice Choice)
{
    /// <summary>The margin or value that is compared with the threshold.</summary>
    public int Column { get; private init; }

    /// <summary>What must be exceeded for class 1.</summary>
    public double Threshold { get; private init; }

    /// <summary>The classes to choose from, ascending; empty for all.</summary>
    public int[] Candidates { get; private init; } = [];

    /// <summary>Why the class is not known.</summary>
    public string Why { get; private init; } = "";

    /// <summary>The class with the largest margin.</summary>
    public static ClassRule LargestMargin { get; } = new(ClassChoice.LargestMargin);

    /// <summary>The class with the largest value.</summary>
    public static ClassRule LargestValue { get; } = new(ClassChoice.LargestValue);

    /// <summary>The class with the largest margin among some.</summary>
    public static ClassRule LargestMarginOf(int[] candidates) => new(ClassChoice.LargestMargin) { Candidates = candidates };

    /// <summary>Class 1 where a margin is above a threshold.</summary>
    public static ClassRule MarginAbove(int column, double threshold) => new(ClassChoice.MarginAbove) { Column = column, Threshold = threshold };

    /// <summary>Class 1 where a value is above a threshold.</summary>
    public static ClassRule ValueAbove(int column, double threshold) => new(ClassChoice.ValueAbove) { Column = column, Threshold = threshold };

    /// <summary>A classifier whose choice is not known.</summary>
    public static ClassRule Unknown(string why) => new(ClassChoice.Unknown) { Why = why };

    /// <summary>The class of a row.</summary>
    /// <param name="scores">The row's margins or values, as <see cref="Choice"/> says.</param>
    public int Choose<TScore>(ReadOnlySpan<TScore> scores)
        where TScore : unmanaged, INumber<TScore>
    {
        if (Choice is ClassChoice.MarginAbove or ClassChoice.ValueAbove)
        {
            return scores[Column] > TScore.CreateTruncating(Threshold) ? 1 : 0;
        }

        int candidates = Candidates.Length == 0 ? scores.Length : Candidates.Length;
        int best = -1;
        for (int i = 0; i < candidates; i++)
        {
            int candidate = Candidates.Length == 0 ? i : Candidates[i];
            if (best < 0 || scores[candidate] > scores[best])
            {
                best = candidate;
            }
        }

        return best;
    }
}
