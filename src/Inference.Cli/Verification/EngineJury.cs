using System;
using System.Collections.Generic;
using System.Linq;

namespace Inference.Cli.Verification;

/// <summary>Asks several engines the same questions and compares every answer with every other.</summary>
internal sealed class EngineJury
{
    private readonly IReadOnlyList<VerifiedEngine> _engines;
    private readonly BoosterInfo _info;
    private readonly List<EngineComparison> _comparisons = [];

    /// <summary>A jury over one model.</summary>
    public EngineJury(IReadOnlyList<VerifiedEngine> engines, BoosterInfo info)
    {
        _engines = engines;
        _info = info;
        foreach (PredictionKind kind in Kinds)
        {
            VerifiedEngine[] asked = Asked(kind);
            for (int first = 0; first < asked.Length; first++)
            {
                for (int second = first + 1; second < asked.Length; second++)
                {
                    _comparisons.Add(new EngineComparison(asked[first], asked[second], kind));
                }
            }
        }
    }

    /// <summary>Every pair of engines with every question.</summary>
    public IReadOnlyList<EngineComparison> Comparisons => _comparisons;

    /// <summary>The rows asked so far.</summary>
    public long Rows { get; private set; }

    private PredictionKind[] Kinds => _info.TreeCount > 0
        ? [PredictionKind.Margin, PredictionKind.Value, PredictionKind.Leaf]
        : [PredictionKind.Margin, PredictionKind.Value];

    private VerifiedEngine[] Asked(PredictionKind kind) => [.. _engines.Where(engine => engine.Answers(kind))];

    /// <summary>Asks about a chunk of rows.</summary>
    public void Ask<TRow>(ReadOnlySpan<TRow> rows, int count)
        where TRow : unmanaged
    {
        foreach (PredictionKind kind in Kinds)
        {
            int width = kind switch
            {
                PredictionKind.Margin => _info.OutputCount,
                PredictionKind.Value => _info.ValueCount,
                _ => _info.TreeCount,
            };
            if (kind == PredictionKind.Leaf)
            {
                Ask<TRow, int>(kind, rows, count, width);
            }
            else if (_info.ScoresInDouble)
            {
                Ask<TRow, double>(kind, rows, count, width);
            }
            else
            {
                Ask<TRow, float>(kind, rows, count, width);
            }
        }

        Rows += count;
    }

    private void Ask<TRow, TResult>(PredictionKind kind, ReadOnlySpan<TRow> rows, int count, int width)
        where TRow : unmanaged
        where TResult : unmanaged, IFormattable
    {
        Dictionary<VerifiedEngine, TResult[]> answers = [];
        foreach (VerifiedEngine engine in Asked(kind))
        {
            TResult[] results = new TResult[checked(count * width)];
            engine.Run(kind, rows, results.AsSpan());
            answers.Add(engine, results);
        }

        foreach (EngineComparison comparison in _comparisons)
        {
            if (comparison.Kind == kind)
            {
                comparison.Add<TResult>(Rows, width, answers[comparison.First], answers[comparison.Second]);
            }
        }
    }
}
