using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;

namespace Inference.Benchmarks.Peers;

/// <summary>
/// Measures several pieces of work turn by turn. What else the machine does, and how fast it runs in this minute, then meets
/// all of them alike; the order of a round is the reverse of the one before it.
/// </summary>
internal static class Turns
{
    private const int FewestRounds = 9;
    private const int MostRounds = 99;

    private static readonly TimeSpan TurnTime = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan CompilerPause = TimeSpan.FromMilliseconds(300);
    private const int WarmUpCalls = 300;

    /// <summary>
    /// Calls each of the works, waits for the compiler that compiles in the background what is hot, and calls again: twice,
    /// since code is compiled with counters first and by what they counted afterwards.
    /// </summary>
    public static void WarmUp(params Action[] works)
    {
        for (int pass = 0; pass < 3; pass++)
        {
            foreach (Action work in works)
            {
                long start = Stopwatch.GetTimestamp();
                for (int i = 0; i < WarmUpCalls && Stopwatch.GetElapsedTime(start) < WarmUpTime; i++)
                {
                    work();
                }
            }

            Thread.Sleep(CompilerPause);
        }
    }

    /// <summary>The median seconds of one call of each of the works, which are warm, over at least nine rounds.</summary>
    public static double[] MedianSeconds(params Action[] works)
    {
        int[] calls = [.. works.Select(CallsPerTurn)];
        List<double>[] times = [.. works.Select(_ => new List<double>())];
        long began = Stopwatch.GetTimestamp();
        for (int round = 0; round < MostRounds && (round < FewestRounds || Stopwatch.GetElapsedTime(began) < Patience); round++)
        {
            for (int turn = 0; turn < works.Length; turn++)
            {
                int which = round % 2 == 0 ? turn : works.Length - 1 - turn;
                times[which].Add(Seconds(works[which], calls[which]) / calls[which]);
            }
        }

        return [.. times.Select(Median)];
    }

    private static int CallsPerTurn(Action work)
    {
        int calls = 1;
        while (true)
        {
            double seconds = Seconds(work, calls);
            if (seconds * 2 >= TurnTime.TotalSeconds)
            {
                return Math.Max(1, (int)Math.Ceiling(TurnTime.TotalSeconds / seconds * calls));
            }

            calls *= 2;
        }
    }

    private static double Seconds(Action work, int calls)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            work();
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
