using System;

namespace Inference.Benchmarks.Peers;

/// <summary>ONNX Runtime on one thread. It copies rows in and scores out, as its users' programs do.</summary>
internal sealed class OnnxContender : Contender
{
    private readonly OnnxSession _session;
    private readonly float[] _scores;
    private readonly int _columns;

    /// <summary>Loads a graph of one output for each row.</summary>
    public OnnxContender(string path, int columns, int mostRows)
    {
        _session = OnnxSession.Load(path, OnnxSessionOptions.Default with { IntraOpThreads = 1 });
        _columns = columns;
        _scores = new float[mostRows];
    }

    /// <inheritdoc/>
    public override string Kernel => $"ONNX Runtime {NativeLibraries.Warm(NativeLibraryKind.OnnxRuntime).Version}";

    /// <inheritdoc/>
    public override void ScoreBatch(ReadOnlySpan<float> rows) => _session.Run(rows, _scores.AsSpan(0, rows.Length / _columns));

    /// <inheritdoc/>
    public override void ScoreRow(ReadOnlySpan<float> row) => ScoreBatch(row);

    /// <inheritdoc/>
    public override double Answer(int index) => _scores[index];

    /// <inheritdoc/>
    public override void Dispose() => _session.Dispose();
}
