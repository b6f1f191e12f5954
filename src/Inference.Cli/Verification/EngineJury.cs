using System;
using System.Collections.Generic;

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
            for (int first = 0; first < engines.Count; first++)
            {
                for (int second = first + 1; second < engines.Count; second++)
                {
                    _comparisons.Add(new EngineComparison(engines[first], engines[second], kind));
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
        foreach (VerifiedEngine engine in _engines)
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
