using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Inference.Benchmarks.Races;

/// <summary>A session whose bindings are disposed of by other threads than those that run them.</summary>
internal sealed class RacingSession : RaceSubject
{
    private const string Model = "tests/fixtures/onnx/two-tower-user/model.onnx";
    private const int Rows = 2;

    private static readonly long[] Ids = [186, 2, 35, 367, 2, 31];
    private static readonly float[] Dense = [2.3f, -1.4f, -0.4f, -0.6f, 2.3f, 0.7f, -1.1f, -0.8f, 1.7f, 0.5f, -0.2f, 0.1f];
    private static readonly float[] Expected = FirstAnswer();

    private readonly OnnxSession _session = OnnxSession.Load(BenchmarkModels.PathInCheckout(Model));
    private OnnxBinding? _victim;

    public override bool Predict(int variant)
    {
        using OnnxBinding binding = _session.Bind();
        OnnxBinding? other = Interlocked.Exchange(ref _victim, variant % 2 == 0 ? binding : null);
        if (variant % 4 < 2)
        {
            other?.Dispose();
        }

        return MemoryMarshal.AsBytes(Run(binding)).SequenceEqual(MemoryMarshal.AsBytes<float>(Expected));
    }

    public override void Dispose() => _session.Dispose();

    private static float[] FirstAnswer()
    {
        using OnnxSession session = OnnxSession.Load(BenchmarkModels.PathInCheckout(Model));
        using OnnxBinding binding = session.Bind();
        return Run(binding).ToArray();
    }

    private static ReadOnlySpan<float> Run(OnnxBinding binding)
    {
        binding.SetInput<long>("ids", Ids, [Rows, 3]);
        binding.SetInput<float>("dense", Dense, [Rows, 6]);
        binding.Run();
        return binding.Output<float>("embedding");
    }
}
