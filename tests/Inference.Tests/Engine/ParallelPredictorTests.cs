using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Inference.Engine;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>Several threads at one call: they share its rows, wait for nobody who has not begun, and leave nothing behind.</summary>
public class ParallelPredictorTests
{
    private const int PieceRows = 16;
    private const int Rows = 40 * PieceRows;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly double[] Values = [.. Enumerable.Range(0, Rows).Select(row => (double)row)];
    private static readonly Forest OneColumn = new()
    {
        Origin = new ForestOrigin { Source = "one column", Format = ModelFormat.XGBoostJson, Version = "1.0.0", VersionVerified = false, Booster = "gbtree" },
        Precision = ScorePrecision.Double,
        ContributionRule = ContributionRule.TreeShapByTree,
        FeatureCount = 1,
        OutputCount = 1,
        BaseMargin = [0],
        Trees = [new Tree { Nodes = [Node.Leaf(0, 0)] }],
        IterationStarts = [0, 1],
    };

    [Fact]
    public void Nothing_is_allocated_once_warm()
    {
        using Booster booster = SmallModel.Load(3, options: new BoosterOptions { Threads = 2 });
        float[] rows = new float[3 * 4096];
        float[] scores = new float[4096];
        int[] leaves = new int[3 * 4096];
        Assert.Equal(0, Allocations.Of(() => booster.Predict(rows, scores)));
        Assert.Equal(0, Allocations.Of(() => booster.PredictMargin(rows, scores)));
        Assert.Equal(0, Allocations.Of(() => booster.PredictLeaf(rows, leaves)));
    }

    [Fact]
    public void A_pool_without_a_thread_to_spare_holds_nobody_up()
    {
        // Left to the garbage collector: most of those who wait for it begin when the test is over.
        ManualResetEventSlim release = new();
        int blocked = 0;
        for (int i = 0; i < 500; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                _ =>
                {
                    Interlocked.Increment(ref blocked);
                    release.Wait();
                },
                null);
        }

        try
        {
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref blocked) >= Environment.ProcessorCount, Patience), "the pool is not blocked");
            OnThread(() =>
            {
                // The later calls find the helpers of the first still queued.
                for (int call = 0; call < 20; call++)
                {
                    Check(new PieceScorer(OneColumn, PieceRows, _ => { }), 2 + (call % 3));
                }
            });
        }
        finally
        {
            release.Set();
        }
    }

    [Fact]
    public void Helpers_that_come_late_help_a_later_call_or_nobody()
    {
        OnThread(() =>
        {
            for (int call = 0; call < 20_000; call++)
            {
                Check(new PieceScorer(OneColumn, 1 + (call % Rows), _ => { }), 2 + (call % 7));
            }
        });
    }

    [Fact]
    public void A_call_uses_no_more_threads_than_it_may()
    {
        for (int threads = 2; threads <= 4; threads++)
        {
            ConcurrentDictionary<int, bool> seen = [];
            int inside = 0, most = 0;
            Check(
                new PieceScorer(
                    OneColumn,
                    PieceRows,
                    _ =>
                    {
                        int now = Interlocked.Increment(ref inside);
                        most = Math.Max(most, now);
                        seen[Environment.CurrentManagedThreadId] = true;
                        Thread.Yield();
                        Interlocked.Decrement(ref inside);
                    }),
                threads);
            Assert.InRange(most, 1, threads);
            Assert.InRange(seen.Count, 1, threads);
        }
    }

    [Fact]
    public void A_call_within_a_call_of_the_same_thread_is_answered_alone() =>
        Check(new PieceScorer(OneColumn, PieceRows, _ => Check(new PieceScorer(OneColumn, PieceRows, _ => { }), 4)), 4);

    [Fact]
    public void The_first_exception_of_a_piece_reaches_the_caller_when_all_are_out()
    {
        for (int round = 0; round < 200; round++)
        {
            int inside = 0, bad = round % 40 * PieceRows;
            PieceScorer scorer = new(
                OneColumn,
                PieceRows,
                row =>
                {
                    Interlocked.Increment(ref inside);
                    try
                    {
                        Thread.Yield();
                        Refuse(row == bad);
                    }
                    finally
                    {
                        Interlocked.Decrement(ref inside);
                    }
                });
            BadImageFormatException exception = Assert.Throws<BadImageFormatException>(() => Check(scorer, 4));
            Assert.Equal(0, Volatile.Read(ref inside));
            Assert.Contains(nameof(Refuse), exception.StackTrace, StringComparison.Ordinal);
            Check(new PieceScorer(OneColumn, PieceRows, _ => { }), 4);
        }
    }

    [Fact]
    public void An_interrupted_caller_stays_until_its_memory_is_free()
    {
        using ManualResetEventSlim helping = new(), release = new();
        bool isDone = false, isInterruptedLater = false;
        Thread caller = new(() =>
        {
            int own = Environment.CurrentManagedThreadId;
            Check(
                new PieceScorer(
                    OneColumn,
                    Rows / 2,
                    _ =>
                    {
                        if (Environment.CurrentManagedThreadId == own)
                        {
                            SpinWait.SpinUntil(() => helping.IsSet, Patience);
                            Volatile.Write(ref isDone, true);
                        }
                        else
                        {
                            helping.Set();
                            release.Wait(Patience);
                        }
                    }),
                2);
            try
            {
                Thread.Sleep(1);
            }
            catch (ThreadInterruptedException)
            {
                isInterruptedLater = true;
            }
        });
        caller.Start();
        Assert.True(helping.Wait(Patience, TestContext.Current.CancellationToken), "no helper came");
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref isDone) && caller.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience), "the caller does not wait");
        caller.Interrupt();
        Assert.False(caller.Join(50), "the caller left while a helper was in its memory");
        release.Set();
        Assert.True(caller.Join(Patience));
        Assert.True(isInterruptedLater);
    }

    [Fact]
    public async Task Many_callers_at_once_are_answered_right()
    {
        RandomForest model = Enumerable.Range(1, 100).Select(seed => RandomForest.Draw(new Random(seed), 20)).First(model => model.Forest.FeatureCount > 3);
        Scorer scorer = EngineCatalog.Choose(model.Forest, new BoosterOptions { Engine = EngineKind.Managed });
        double[] values = model.Rows(3000);
        double[] expected = new double[3000 * model.Forest.OutputCount];
        Answer(scorer, model.Forest, values, expected, 1);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Task.Run(() =>
        {
            double[] found = new double[expected.Length];
            for (int call = 0; call < 30; call++)
            {
                Array.Clear(found);
                int rows = 3000 - (100 * ((caller + call) % 7));
                Answer(scorer, model.Forest, values.AsSpan(0, rows * model.Forest.FeatureCount), found.AsSpan(0, rows * model.Forest.OutputCount), 1 + ((caller + call) % 5));
                Bits.Equal(expected.AsSpan(0, rows * model.Forest.OutputCount), found.AsSpan(0, rows * model.Forest.OutputCount), $"caller {caller}, call {call}");
            }
        })));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refuse(bool refuses)
    {
        if (refuses)
        {
            throw new BadImageFormatException();
        }
    }

    private static void Check(PieceScorer scorer, int threads)
    {
        double[] found = new double[Rows];
        Answer(scorer, OneColumn, Values, found, threads);
        Bits.Equal(Values, found, $"{threads} threads");
    }

    private static void Answer(Scorer scorer, Forest forest, ReadOnlySpan<double> values, Span<double> margins, int threads)
    {
        ScoringCall call = new() { FirstTree = 0, EndTree = forest.Trees.Length, Iterations = forest.IterationCount };
        RowBlock<double> rows = new(values, margins.Length / forest.OutputCount, forest.FeatureCount, forest.FeatureCount);
        ParallelPredictor.Answer(scorer, PredictionKind.Margin, rows, call, margins, threads);
    }

    /// <summary>Runs on a thread that is not the pool's, and fails where it does not end.</summary>
    private static void OnThread(Action action)
    {
        Exception? failure = null;
        Thread thread = new(() => failure = Record.Exception(action));
        thread.Start();
        Assert.True(thread.Join(Patience), "the call does not end");
        Assert.Null(failure);
    }
}
