using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Inference.Benchmarks.Peers;

/// <summary>One model with its rows, our engine and the peers that run it.</summary>
internal sealed class PeerCase : IDisposable
{
    /// <summary>The rows of the largest batch. Files with fewer are repeated, each copy in memory of its own.</summary>
    public const int MostRows = 8192;

    private const double LargestDifference = 1e-4;

    private PeerCase(string model)
    {
        Name = ShortName(model);
        ModelPath = BenchmarkModels.PathOf(model);
        Ours = new BoosterContender(ModelPath, BoosterOptions.Default with { Engine = EngineKind.Managed }, MostRows) { Name = "ours" };
        Columns = Ours.Info.Features.Count;
        Rows = Repeat(BenchmarkModels.Rows(model), Columns);
        Trees = Ours.Info.TreeCount;

        // A whole batch is one native call, and one thread runs it.
        NativeOptions whole = NativeOptions.Default with { RowsPerCall = MostRows };
        BoosterOptions native = BoosterOptions.Default with { Engine = EngineKind.Native, Native = whole };
        Library = new BoosterContender(ModelPath, native, MostRows) { Name = Ours.Info.ScoresInDouble ? PeerNames.LightGbm : PeerNames.XGBoost };
        Peers.Add(Library);
        string graph = Path.ChangeExtension(ModelPath, ".onnx");
        if (File.Exists(graph))
        {
            Peers.Add(new OnnxContender(graph, Columns, MostRows) { Name = PeerNames.Onnx });
        }
    }

    /// <summary>The models' short names: "xgb-d6-500".</summary>
    public static IEnumerable<string> AllNames => Models().Select(ShortName);

    /// <summary>The folder's name.</summary>
    public string Name { get; }

    /// <summary>The file that our engine and the training library load.</summary>
    public string ModelPath { get; }

    /// <summary>The library that trained the model, on one thread.</summary>
    public BoosterContender Library { get; }

    /// <summary>Our engine on one thread.</summary>
    public BoosterContender Ours { get; }

    /// <summary>The library that trained the model and, where there is a graph, ONNX Runtime; one thread each.</summary>
    public List<Contender> Peers { get; } = [];

    /// <summary><see cref="MostRows"/> rows.</summary>
    public float[] Rows { get; }

    /// <summary>The values of a row.</summary>
    public int Columns { get; }

    /// <summary>The trees of the model.</summary>
    public int Trees { get; }

    /// <summary>Loads a model by its short name into all contenders.</summary>
    /// <exception cref="BenchmarkException">There is no such model.</exception>
    public static PeerCase Load(string name) => new(Models().FirstOrDefault(model => ShortName(model) == name)
        ?? throw new BenchmarkException($"{name}: no such model; {string.Join(", ", AllNames)}"));

    /// <summary>
    /// Compares the answers, since only those who do the same work can be compared: the training library's have the same
    /// bits; ONNX Runtime's are of another file, which rounds its base score otherwise.
    /// </summary>
    /// <exception cref="BenchmarkException">A peer answers otherwise.</exception>
    public void CheckAnswers()
    {
        Ours.ScoreBatch(Rows);
        foreach (Contender peer in Peers)
        {
            peer.ScoreBatch(Rows);
            double largest = peer is BoosterContender ? 0 : LargestDifference;
            for (int i = 0; i < MostRows * Ours.Info.OutputCount; i++)
            {
                if (Math.Abs(Ours.Answer(i) - peer.Answer(i)) > largest)
                {
                    throw new BenchmarkException($"{Name}, score {i}: ours {Ours.Answer(i)}, {peer.Name} {peer.Answer(i)}");
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ours.Dispose();
        Peers.ForEach(peer => peer.Dispose());
    }

    private static string ShortName(string model) => Path.GetDirectoryName(model)!;

    private static IEnumerable<string> Models() => BenchmarkModels.Names.Where(name => !name.EndsWith(".onnx", StringComparison.Ordinal));

    private static float[] Repeat(float[] rows, int columns)
    {
        float[] repeated = new float[MostRows * columns];
        for (int start = 0; start < repeated.Length; start += rows.Length)
        {
            rows.AsSpan(0, Math.Min(rows.Length, repeated.Length - start)).CopyTo(repeated.AsSpan(start));
        }

        return repeated;
    }
}

/// <summary>The peers' names, as tables and charts spell them.</summary>
internal static class PeerNames
{
    /// <summary>XGBoost's prediction in place.</summary>
    public const string XGBoost = "XGBoost";

    /// <summary>LightGBM's PredictForMat and, for one row, its SingleRowFast.</summary>
    public const string LightGbm = "LightGBM";

    /// <summary>ONNX Runtime's tree operators.</summary>
    public const string Onnx = "ONNX Runtime";
}
