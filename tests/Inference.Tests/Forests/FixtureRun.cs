using System;
using System.Linq;
using Inference.Cli.Rows;
using Inference.Tests.Support;

namespace Inference.Tests.Forests;

/// <summary>A fixture's first model under the reference engine, asked in float64 whatever the element type of its rows.</summary>
internal sealed class FixtureRun : IDisposable
{
    private readonly Array _rows;
    private readonly int _count;
    private readonly IterationRange _iterations;

    /// <summary>Every row, or one of every <paramref name="step"/> rows from the first on.</summary>
    public FixtureRun(Fixture fixture, int step = 1)
    {
        Booster = Booster.Load(fixture.PathOf(fixture.Models[0]), new BoosterOptions { Engine = EngineKind.Reference });
        NpyArray rows = fixture.Read("rows.npy");
        _count = (rows.Shape[0] + step - 1) / step;
        _rows = rows.Data is float[] singles ? Pick(singles, rows.Shape[1], step) : Pick((double[])rows.Data, rows.Shape[1], step);
        _iterations = fixture.Iterations;
    }

    public Booster Booster { get; }

    /// <summary>A number for each row, output and whatever the kind adds.</summary>
    public double[] Predict(PredictionKind kind)
    {
        double[] output = new double[Booster.GetOutputLength(_count, kind, _iterations)];
        PredictOptions options = new() { Iterations = _iterations };
        if (_rows is float[] singles)
        {
            Predict(singles, kind, output, options);
        }
        else
        {
            Predict((double[])_rows, kind, output, options);
        }

        return output;
    }

    public void Dispose() => Booster.Dispose();

    private static T[] Pick<T>(T[] rows, int columns, int step) => [.. rows.Where((_, i) => i / columns % step == 0)];

    private void Predict(float[] rows, PredictionKind kind, double[] output, in PredictOptions options)
    {
        switch (kind)
        {
            case PredictionKind.Value:
                Booster.Predict(rows, output, options);
                break;
            case PredictionKind.Margin:
                Booster.PredictMargin(rows, output, options);
                break;
            default:
                Booster.PredictContributions(rows, output, options);
                break;
        }
    }

    private void Predict(double[] rows, PredictionKind kind, double[] output, in PredictOptions options)
    {
        switch (kind)
        {
            case PredictionKind.Value:
                Booster.Predict(rows, output, options);
                break;
            case PredictionKind.Margin:
                Booster.PredictMargin(rows, output, options);
                break;
            default:
                Booster.PredictContributions(rows, output, options);
                break;
        }
    }
}
