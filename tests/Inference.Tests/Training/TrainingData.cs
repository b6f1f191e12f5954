using System;
using System.Linq;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Training;

/// <summary>Random rows to train on and rows to predict, with all that users' tables have: categories, missing values, zeros, counts, extremes.</summary>
internal sealed class TrainingData
{
    private const int MostTrainingRows = 1200;
    private const int Wild = 120;

    private static readonly int[] CategoryCounts = [2, 3, 8, 33, 64, 65, 100, 300, 700];
    private static readonly float[] Extremes = [0f, -0f, 1e-38f, 1e30f, -1e30f, 3e-45f];
    private static readonly float[] WildValues = [float.NaN, 0f, -0f, 1e30f, -1e30f, 1e-36f, 1e-40f, -1f, 2.5f, 0.3f];

    private readonly Column[] _columns;

    /// <summary>Draws a table.</summary>
    public TrainingData(Random random)
    {
        int features = Pick(random, 1, 2, 3, 5, 8, 13, 28, 60);
        double missing = Pick(random, 0, 0, 0.05, 0.3);
        bool hasCategories = random.Next(2) == 0;
        _columns = [.. Enumerable.Range(0, features).Select(_ => hasCategories && random.NextDouble() < 0.4 ? Column.Codes : (Column)random.Next((int)Column.Codes))];
        Categories = Array.ConvertAll(_columns, column => column == Column.Codes ? Pick(random, CategoryCounts) : 0);
        Count = Pick(random, 50, 300, MostTrainingRows);
        Rows = new float[Count * features];
        for (int i = 0; i < Rows.Length; i++)
        {
            Rows[i] = random.NextDouble() < missing ? float.NaN : Draw(random, i % features);
        }

        Score = new float[Count];
        for (int row = 0; row < Count; row++)
        {
            for (int feature = 0; feature < features; feature++)
            {
                float value = Rows[(row * features) + feature];
                Score[row] += float.IsNaN(value) ? 0 : Math.Clamp(value, -3, 3) * ((feature % 3) - 1);
            }

            Score[row] += 0.5f * Normal(random);
        }
    }

    /// <summary>The features.</summary>
    public int Features => _columns.Length;

    /// <summary>The rows to train on.</summary>
    public int Count { get; }

    /// <summary>Their values.</summary>
    public float[] Rows { get; }

    /// <summary>What the labels are made of.</summary>
    public float[] Score { get; }

    /// <summary>For each feature its categories, 0 where it is a number.</summary>
    public int[] Categories { get; }

    /// <summary>One of several.</summary>
    public static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];

    /// <summary>Labels of the kind that an objective asks for.</summary>
    public float[] Labels(LabelKind kind, int classes) => Array.ConvertAll(Score, score => kind switch
    {
        LabelKind.Binary => score > 0 ? 1f : 0f,
        LabelKind.Class => Math.Clamp((int)(score + (classes / 2f)), 0, classes - 1),
        LabelKind.Positive => Math.Abs(score) + 0.1f,
        LabelKind.Share => 1 / (1 + MathF.Exp(-score)),
        LabelKind.Grade => Math.Clamp((int)(score + 2), 0, 4),
        _ => score,
    });

    /// <summary>Rows to predict: some of the training rows, and some with values that training never met.</summary>
    /// <param name="random">The case's numbers.</param>
    /// <param name="refusesInfinities">Whether the library refuses infinities, and negative categories.</param>
    public float[] RowsToPredict(Random random, bool refusesInfinities)
    {
        int known = Math.Min(Count, Wild);
        float[] rows = new float[(known + Wild) * Features];
        Rows.AsSpan(0, known * Features).CopyTo(rows);
        for (int row = known; row < known + Wild; row++)
        {
            Rows.AsSpan(random.Next(Count) * Features, Features).CopyTo(rows.AsSpan(row * Features));
            for (int feature = 0; feature < Features; feature++)
            {
                if (random.NextDouble() < 0.3)
                {
                    float value = WildValue(random, feature, refusesInfinities);
                    rows[(row * Features) + feature] = refusesInfinities && Categories[feature] > 0 && value < 0 ? 0 : value;
                }
            }
        }

        return rows;
    }

    private float WildValue(Random random, int feature, bool refusesInfinities) => random.Next(4) switch
    {
        0 when Categories[feature] > 0 => random.Next(1200),
        0 => 2 * Normal(random),
        1 when !refusesInfinities => Pick(random, float.PositiveInfinity, float.NegativeInfinity),
        2 when Categories[feature] > 0 => Pick(random, 16777216f, -0.5f, -3f, 1.5f),
        _ => Pick(random, WildValues),
    };

    private float Draw(Random random, int feature) => _columns[feature] switch
    {
        Column.Codes => Math.Min(Categories[feature] - 1, (int)(-Math.Log(1 - random.NextDouble()) * Categories[feature] / 3)),
        Column.Counts => random.Next(-5, 6),
        Column.Extreme => random.Next(2) == 0 ? Pick(random, Extremes) : 1e-3f * Normal(random),
        Column.Sparse => random.NextDouble() < 0.8 ? 0 : Normal(random),
        _ => Normal(random),
    };

    private static float Normal(Random random) => (float)DraftPools.Normal(random);

    private enum Column
    {
        Normal,
        Counts,
        Extreme,
        Sparse,
        Codes,
    }
}

/// <summary>The labels that an objective asks for.</summary>
internal enum LabelKind
{
    /// <summary>Any number.</summary>
    Real,

    /// <summary>0 or 1.</summary>
    Binary,

    /// <summary>The number of a class.</summary>
    Class,

    /// <summary>Above zero.</summary>
    Positive,

    /// <summary>From 0 to 1.</summary>
    Share,

    /// <summary>A small whole number, rows in groups of ten.</summary>
    Grade,
}
