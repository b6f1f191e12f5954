using System;
using System.Collections.Concurrent;
using System.Threading;
using Inference.Backends;
using Inference.Lanes;
using Inference.Native.Loading;
using Xunit;

namespace Inference.Tests.Lanes;

/// <summary>Laws of the thread that loads large models, with loads that are not native. What a process does with it: ThreadCountTests, ForkTests.</summary>
public sealed class LoadingLaneTests
{
    private const long Large = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Loads_of_many_threads_run_on_one_thread_one_after_the_other()
    {
        for (int round = 0; round < 50; round++)
        {
            using LoadingLane lane = new();
            ConcurrentDictionary<Thread, int> threads = [];
            int inside = 0, most = 0, loads = 0;
            AtOnce(8, () =>
            {
                for (int i = 0; i < 5; i++)
                {
                    Run(lane, () =>
                    {
                        most = Math.Max(most, Interlocked.Increment(ref inside));
                        threads.TryAdd(Thread.CurrentThread, 0);
                        loads++;
                        Interlocked.Decrement(ref inside);
                    });
                }
            });

            Thread only = Assert.Single(threads.Keys);
            Assert.Equal((LoadingLane.ThreadName, true), (only.Name, only.IsBackground));
            Assert.Equal((40, 1), (loads, most));
        }
    }

    [Fact]
    public void What_a_load_throws_reaches_its_caller_and_the_next_load_works()
    {
        using LoadingLane lane = new();
        InvalidTimeZoneException thrown = new("mine");
        Thread? first = null, second = null;
        Assert.Same(thrown, Assert.Throws<InvalidTimeZoneException>(() => Run(lane, () =>
        {
            first = Thread.CurrentThread;
            throw thrown;
        })));
        Run(lane, () => second = Thread.CurrentThread);
        Assert.Same(first, second);
        Assert.NotSame(Thread.CurrentThread, first);
    }

    [Fact]
    public void A_load_within_a_load_runs_at_once()
    {
        using LoadingLane lane = new();
        Thread? outer = null, inner = null;
        Run(lane, () =>
        {
            outer = Thread.CurrentThread;
            Run(lane, () => inner = Thread.CurrentThread);
        });
        Assert.NotNull(inner);
        Assert.Same(outer, inner);
    }

    [Fact]
    public void An_interrupt_waits_for_the_load()
    {
        using LoadingLane lane = new();
        CancellationToken stop = Stop;
        using ManualResetEventSlim isRunning = new(), go = new();
        bool hasLoaded = false, isInterrupted = false;
        Thread caller = new(() =>
        {
            Run(lane, () =>
            {
                isRunning.Set();
                go.Wait(Patience, stop);
                hasLoaded = true;
            });
            try
            {
                Thread.Sleep(Patience);
            }
            catch (ThreadInterruptedException)
            {
                isInterrupted = hasLoaded;
            }
        });
        caller.Start();
        Assert.True(isRunning.Wait(Patience, stop));
        caller.Interrupt();
        Assert.False(caller.Join(50));
        go.Set();
        Assert.True(caller.Join(Patience));
        Assert.True(isInterrupted);
    }

    [Fact]
    public void Large_models_come_here_on_Linux_alone()
    {
        Assert.False(LoadingLane.IsFor(0));
        Assert.False(LoadingLane.IsFor(Large - 1));
        Assert.Equal(OperatingSystem.IsLinux(), LoadingLane.IsFor(Large));
    }

    [Fact]
    public void A_gate_brings_large_loads_here_and_nothing_else()
    {
        Thread? small = null, large = null, open = null;
        using NativeGate smallGate = Gate(Large - 1), largeGate = Gate(Large);
        RunNative(smallGate, () => small = Thread.CurrentThread);
        RunNative(largeGate, () => large = Thread.CurrentThread);
        largeGate.Open(null);
        RunNative(largeGate, () => open = Thread.CurrentThread);
        Assert.Same(Thread.CurrentThread, small);
        Assert.Equal(OperatingSystem.IsLinux() ? LoadingLane.ThreadName : Thread.CurrentThread.Name, large!.Name);
        Assert.Same(Thread.CurrentThread, open);
    }

    [Fact]
    public void What_a_library_refuses_has_its_words()
    {
        using NativeGate gate = Gate(Large);
        NativeCallException refused = Assert.Throws<NativeCallException>(() => RunNative(gate, () => throw new NativeCallFailure(NativeKind.XGBoost, "XGBoosterLoadModel", "no model")));
        Assert.Contains("XGBoosterLoadModel", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no model", refused.Message, StringComparison.Ordinal);
        bool hasLoaded = false;
        RunNative(gate, () => hasLoaded = true);
        Assert.True(hasLoaded);
    }

    private static NativeGate Gate(long bytes) => new(NativeLibraryKind.XGBoost, "model", bytes, NativeOptions.Default);

    private static void Run(LoadingLane lane, Action action)
    {
        ActionJob job = new(action);
        lane.Run(ref job);
    }

    private static void RunNative(NativeGate gate, Action action)
    {
        ActionJob job = new(action);
        gate.Run(ref job, 1);
    }

    private static void AtOnce(int count, Action action)
    {
        using Barrier all = new(count);
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++)
        {
            threads[i] = new Thread(() =>
            {
                all.SignalAndWait();
                action();
            });
            threads[i].Start();
        }

        Array.ForEach(threads, thread => Assert.True(thread.Join(Patience)));
    }

    private readonly struct ActionJob(Action action) : ILaneJob, INativeJob
    {
        public void Run() => action();

        public void Run(int start, int count) => action();
    }
}
