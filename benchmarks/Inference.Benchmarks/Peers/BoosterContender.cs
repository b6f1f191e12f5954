using System;

namespace Inference.Benchmarks.Peers;

/// <summary>A <see cref="Booster"/>: our engine, or the library that trained the model through its C functions.</summary>
internal sealed class BoosterContender : Contender
{
    private readonly Booster _booster;
    private readonly bool _isDouble;
    private readonly float[] _singles;
    private readonly double[] _doubles;
    private readonly float[] _several;

    /// <summary>Loads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The engine and its threads.</param>
    /// <param name="mostRows">The rows of the largest batch.</param>
    public BoosterContender(string path, BoosterOptions options, int mostRows)
    {
        _booster = Booster.Load(path, options);
        _isDouble = _booster.Info.ScoresInDouble;
        _several = new float[_booster.Info.ValueCount];
        int length = _booster.GetOutputLength(mostRows, PredictionKind.Margin);
        _singles = _isDouble ? [] : new float[length];
        _doubles = _isDouble ? new double[length] : [];
    }

    /// <summary>What the model is.</summary>
    public BoosterInfo Info => _booster.Info;

    /// <inheritdoc/>
    public override string Kernel => _booster.Info.Kernel;

    /// <inheritdoc/>
    public override void ScoreBatch(ReadOnlySpan<float> rows)
    {
        int length = rows.Length / _booster.Info.Features.Count * _booster.Info.OutputCount;
        if (_isDouble)
        {
            _booster.PredictMargin(rows, _doubles.AsSpan(0, length));
        }
        else
        {
            _booster.PredictMargin(rows, _singles.AsSpan(0, length));
        }
    }

    /// <inheritdoc/>
    public override void ScoreRow(ReadOnlySpan<float> row)
    {
        if (_several.Length == 1)
        {
            _several[0] = _booster.Predict(row);
        }
        else
        {
            _booster.Predict(row, _several);
        }
    }

    /// <summary>Contributions of whole rows, in one call.</summary>
    public void Explain(ReadOnlySpan<float> rows, Span<double> contributions) => _booster.PredictContributions(rows, contributions);

    /// <inheritdoc/>
    public override double Answer(int index) => _isDouble ? _doubles[index] : _singles[index];

    /// <inheritdoc/>
    public override void Dispose() => _booster.Dispose();
}
