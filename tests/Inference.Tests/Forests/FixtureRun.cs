using System;
using Inference.Cli.Rows;
using Inference.Tests.Support;

namespace Inference.Tests.Forests;

/// <summary>A fixture's first model under the reference engine, asked in float64 whatever the element type of its rows.</summary>
internal sealed class FixtureRun : IDisposable
{
    private readonly NpyArray _rows;
    private readonly IterationRange _iterations;

    public FixtureRun(Fixture fixture)
    {
        Booster = Booster.Load(fixture.PathOf(fixture.Models[0]), new BoosterOptions { Engine = EngineKind.Reference });
        _rows = fixture.Read("rows.npy");
        _iterations = fixture.Iterations;
    }

    public Booster Booster { get; }

    /// <summary>A number for each row, output and whatever the kind adds.</summary>
    public double[] Predict(PredictionKind kind)
    {
        double[] output = new double[Booster.GetOutputLength(_rows.Shape[0], kind, _iterations)];
        PredictOptions options = new() { Iterations = _iterations };
        if (_rows.Data is float[] singles)
        {
            Predict(singles, kind, output, options);
        }
        else
        {
            Predict((double[])_rows.Data, kind, output, options);
        }

        return output;
    }

    public void Dispose() => Booster.Dispose();

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
