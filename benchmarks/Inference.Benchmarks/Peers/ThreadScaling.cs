using System;
using System.Collections.Generic;
using System.Linq;

namespace Inference.Benchmarks.Peers;

/// <summary>Our engine with two threads against one, on large batches.</summary>
internal static class ThreadScaling
{
    private static readonly int[] Threads = [1, 2];
    private static readonly int[] Sizes = [PeerCase.MostRows, 4 * PeerCase.MostRows];

    /// <summary>Measures one model: a result for each batch size.</summary>
    public static IEnumerable<ThreadResult> Measure(PeerCase model)
    {
        float[] rows = new float[Sizes[^1] * model.Columns];
        for (int start = 0; start < rows.Length; start += model.Rows.Length)
        {
            model.Rows.CopyTo(rows, start);
        }

        BoosterContender[] sides = [.. Threads.Select(threads =>
            new BoosterContender(model.ModelPath, BoosterOptions.Default with { Threads = threads }, Sizes[^1]) { Name = $"{threads}" })];
        Action[][] works = [.. Sizes.Select(size => (Action[])
            [.. sides.Select(side => (Action)(() => side.ScoreBatch(rows.AsSpan(0, size * model.Columns)))), MachineLoop.RunAlone, MachineLoop.RunByTwo])];
        Turns.WarmUp([.. works.SelectMany(sized => sized).Distinct()]);
        for (int i = 0; i < Sizes.Length; i++)
        {
            double[] seconds = Turns.MedianSeconds(works[i]);
            yield return new ThreadResult(model.Name, Sizes[i], Sizes[i] / seconds[0] / 1e6, Sizes[i] / seconds[1] / 1e6, seconds[2] / seconds[3]);
        }

        Array.ForEach(sides, side => side.Dispose());
    }
}

/// <summary>Millions of rows in a second, and how many times as many sums in registers two threads did in the same turns.</summary>
internal sealed record ThreadResult(string Model, int Rows, double One, double Two, double MachineGain)
{
    /// <summary>How many times as many rows two threads score.</summary>
    public double Gain => Two / One;
}
