using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Inference.Lanes;
using Inference.Native.Platform;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Lanes;

/// <summary>Laws of lanes, with work that is not native: order, waiting, cancelling, failing, ending.</summary>
[Collection(LaneTurns.Name)]
public sealed class LanePoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void No_thread_starts_before_the_first_work_and_none_outlives_disposal()
    {
        string name = Name();
        using (LanePool pool = Pool(2, name))
        {
            Assert.Empty(Threads(name));
            Run(pool, () => Assert.True(pool.IsCurrent));
            Assert.Equal([$"{name} 0", $"{name} 1"], Threads(name).Select(thread => thread.Name));
            Assert.False(pool.IsCurrent);
        }

        // The system takes a moment more to forget a thread that has ended.
        Assert.True(SpinWait.SpinUntil(() => Threads(name).Count == 0, Patience));
    }

    [Fact]
    public void Lanes_are_pinned_to_the_CPUs_that_were_asked_for()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are pinned on Linux alone");
        string name = Name();
        int[] cpus = [.. Affinity.Get().Take(2)];
        using LanePool each = Pool(null, name, new LaneOptions { Cpus = cpus });
        Assert.Equal(cpus.Length, each.Lanes);
        Run(each, () => { });
        OwnThreads.One[] pinned = [.. cpus.Select((cpu, lane) => new OwnThreads.One($"{name} {lane}", $"{cpu}"))];

        // A lane that has no work yet may have its name and not its CPU.
        SpinWait.SpinUntil(() => pinned.SequenceEqual(Threads(name)), TimeSpan.FromSeconds(10));
        Assert.Equal(pinned, Threads(name));

        string wide = Name();
        using LanePool one = Pool(1, wide, new LaneOptions { Cpus = cpus, ThreadsPerLane = cpus.Length });
        Run(one, () => { });
        Assert.Equal(cpus.Length == 1 ? $"{cpus[0]}" : cpus[1] == cpus[0] + 1 ? $"{cpus[0]}-{cpus[1]}" : $"{cpus[0]},{cpus[1]}", Threads(wide)[0].Cpus);
    }

    [Fact]
    public void CPUs_that_cannot_be_had_are_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "threads are pinned on Linux alone");
        int open = Affinity.Get()[0];
        Assert.Contains("may use", Assert.Throws<ArgumentException>(() => Pool(null, "x", new LaneOptions { Cpus = [1023] })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Pool(null, "x", new LaneOptions { Cpus = [open, open] }));
        Assert.Throws<ArgumentException>(() => Pool(null, "x", new LaneOptions { Cpus = [] }));
        Assert.Throws<ArgumentException>(() => Pool(2, "x", new LaneOptions { Cpus = [open] }));
        Assert.Throws<ArgumentException>(() => Pool(1, "x", new LaneOptions { Cpus = [open], ThreadsPerLane = 2 }));
    }

    [Fact]
    public void Numbers_below_one_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool(0, "x"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool(1, "x", new LaneOptions { ThreadsPerLane = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Pool(1, "x", new LaneOptions { QueueLength = 0 }));
    }

    [Fact]
    public void The_budget_is_shared_by_all_pools_and_given_back()
    {
        int before = LaneBudget.InUse;
        int left = LaneBudget.Total - before;
        Assert.True(left > 0, "another test holds the budget");
        using (LanePool all = new())
        {
            Assert.Equal((left, 1), (all.Lanes, all.ThreadsPerLane));
            Assert.Equal(LaneBudget.Total, LaneBudget.InUse);
            ThreadBudgetException refused = Assert.Throws<ThreadBudgetException>(() => new LanePool());
            Assert.Equal(1, refused.Asked);
            Assert.Contains($"{LaneBudget.Total} CPUs", refused.Message, StringComparison.Ordinal);
            using LanePool more = new(new LaneOptions { AllowsMoreThanBudget = true, Lanes = 3 });
            Assert.Equal(LaneBudget.Total + 3, LaneBudget.InUse);
        }

        Assert.Equal(before, LaneBudget.InUse);
        Assert.Throws<ThreadBudgetException>(() => new LanePool(new LaneOptions { ThreadsPerLane = LaneBudget.Total + 1 }));
        Assert.Throws<ThreadBudgetException>(() => new LanePool(new LaneOptions { Lanes = LaneBudget.Total + 1 }));
        Assert.Throws<ThreadBudgetException>(() => new LanePool(new LaneOptions { Lanes = 65536, ThreadsPerLane = 65536, AllowsMoreThanBudget = true }));
        Assert.Equal(before, LaneBudget.InUse);
    }

    [Fact]
    public async Task Awaited_work_runs_in_order_of_arrival()
    {
        using LanePool pool = Pool(1);
        List<int> order = [];
        using Blocker blocker = new(pool);
        Task[] all = [.. Enumerable.Range(0, 100).Select(i => Start(pool, () => order.Add(i)))];
        Assert.Equal(100, pool.Waiting);
        blocker.Release();
        await Task.WhenAll(all).WaitAsync(Patience, Stop);
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public async Task Long_work_lets_short_work_in_between_its_parts()
    {
        using LanePool pool = Pool(1);
        ConcurrentQueue<string> order = [];
        using Blocker blocker = new(pool);
        int part = 0;
        Task longWork = new TestWork(() =>
        {
            order.Enqueue("long");
            return ++part < 3;
        }).Start(pool, CancellationToken.None).AsTask();
        Task shortWork = Start(pool, () => order.Enqueue("short"));
        blocker.Release();
        await Task.WhenAll(longWork, shortWork).WaitAsync(Patience, Stop);
        Assert.Equal(["long", "short", "long", "long"], order);
    }

    [Fact]
    public void What_the_work_throws_reaches_its_caller()
    {
        using LanePool pool = Pool(1);
        InvalidTimeZoneException thrown = new("mine");
        Assert.Same(thrown, Assert.Throws<InvalidTimeZoneException>(() => Run(pool, () => throw thrown)));
        Run(pool, () => { });
    }

    [Fact]
    public async Task What_awaited_work_throws_reaches_its_awaiter()
    {
        using LanePool pool = Pool(1);
        InvalidTimeZoneException thrown = new("mine");
        Assert.Same(thrown, await Assert.ThrowsAsync<InvalidTimeZoneException>(() => Start(pool, () => throw thrown)));
        await Start(pool, () => { });
    }

    [Fact]
    public async Task A_full_queue_refuses_who_awaits_and_holds_who_blocks()
    {
        using LanePool pool = Pool(1, options: new LaneOptions { QueueLength = 2 });
        using Blocker blocker = new(pool);
        Task first = Start(pool, () => { });
        Task second = Start(pool, () => { });
        LanesBusyException busy = Assert.Throws<LanesBusyException>(() => { _ = Start(pool, () => { }); });
        Assert.Equal(2, busy.Waiting);
        Task blocking = Task.Factory.StartNew(() => Run(pool, () => { }), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually(() => pool.Waiting == 3);
        Assert.False(blocking.IsCompleted);
        blocker.Release();
        await blocking.WaitAsync(Patience, Stop);
        await first;
        await second;
    }

    [Fact]
    public async Task Work_that_waits_is_cancelled_at_once_and_never_runs()
    {
        using LanePool pool = Pool(1);
        using Blocker blocker = new(pool);
        using CancellationTokenSource cancellation = new();
        bool ran = false;
        Task cancelled = new TestWork(() => ran = true).Start(pool, cancellation.Token).AsTask();
        Task other = Start(pool, () => { });
        await cancellation.CancelAsync();
        OperationCanceledException exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.Equal(cancellation.Token, exception.CancellationToken);
        Assert.Equal(1, pool.Waiting);
        blocker.Release();
        await other;
        Assert.False(ran);
    }

    [Fact]
    public async Task Work_that_runs_is_cancelled_between_its_parts()
    {
        using LanePool pool = Pool(1);
        using CancellationTokenSource cancellation = new();
        int parts = 0;
        TestWork work = new(() =>
        {
            if (++parts == 3)
            {
                cancellation.Cancel();
            }

            return true;
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await work.Start(pool, cancellation.Token));
        Assert.Equal(3, parts);
    }

    [Fact]
    public async Task A_token_that_was_cancelled_before_cancels()
    {
        using LanePool pool = Pool(1);
        bool ran = false;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await new TestWork(() => ran = true).Start(pool, new CancellationToken(canceled: true)));
        Assert.False(ran);
    }

    [Fact]
    public async Task Disposal_lets_running_work_finish_and_tells_the_rest()
    {
        LanePool pool = Pool(1);
        using Blocker blocker = new(pool);
        Task waiting = Start(pool, () => Assert.Fail("it ran"));
        Task blocking = Task.Factory.StartNew(() => Run(pool, () => { }), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Eventually(() => pool.Waiting == 2);
        Task disposal = Task.Factory.StartNew(pool.Dispose, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => blocking);
        Assert.False(disposal.IsCompleted);
        blocker.Release();
        await disposal.WaitAsync(Patience, Stop);
        await blocker.Done;
        Assert.Throws<ObjectDisposedException>(() => Run(pool, () => { }));
        Assert.Throws<ObjectDisposedException>(() => { _ = Start(pool, () => { }); });
        pool.Dispose();
    }

    [Fact]
    public void A_pool_may_be_disposed_of_on_its_own_lane()
    {
        string name = Name();
        LanePool pool = Pool(2, name);
        Run(pool, pool.Dispose);
        Assert.Throws<ObjectDisposedException>(() => Run(pool, () => { }));
        Assert.True(SpinWait.SpinUntil(() => Threads(name).Count == 0, Patience));
    }

    [Fact]
    public void A_forgotten_pool_ends_its_threads_and_gives_its_budget_back()
    {
        int before = LaneBudget.InUse;
        string name = Name();
        Forget(name);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Threads(name).Count == 0 && LaneBudget.InUse == before;
            },
            Patience));
    }

    [Fact]
    public void Work_on_a_lane_may_ask_its_own_pool()
    {
        using LanePool pool = Pool(1);
        bool ran = false;
        Run(pool, () => Run(pool, () => ran = true));
        Assert.True(ran);
    }

    [Fact]
    public void An_interrupt_waits_for_the_work()
    {
        using LanePool pool = Pool(1);
        using Blocker blocker = new(pool);
        bool ran = false, interrupted = false;
        Thread caller = new(() =>
        {
            Run(pool, () => ran = true);
            try
            {
                Thread.Sleep(Patience);
            }
            catch (ThreadInterruptedException)
            {
                interrupted = ran;
            }
        });
        caller.Start();
        Assert.True(SpinWait.SpinUntil(() => pool.Waiting == 1 && caller.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Patience));
        caller.Interrupt();
        Assert.False(caller.Join(50));
        blocker.Release();
        Assert.True(caller.Join(Patience));
        Assert.True(interrupted);
    }

    [Fact]
    public void A_collection_does_not_move_work_that_stands_in_an_object()
    {
        using LanePool pool = Pool(1);
        using Blocker blocker = new(pool);
        Holder holder = new();
        Thread caller = new(() => pool.Run(ref holder.Job));
        caller.Start();
        Assert.True(SpinWait.SpinUntil(() => pool.Waiting == 1, Patience));
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
        blocker.Release();
        Assert.True(caller.Join(Patience));
        Assert.Equal(1, holder.Job.Runs);
    }

    [Fact]
    public void Blocking_work_allocates_nothing_once_warm()
    {
        using LanePool pool = Pool(1);
        CountingJob job = default;
        for (int i = 0; i < 100; i++)
        {
            pool.Run(ref job);
        }

        Assert.Equal(0, AllocationProbe.Of(pool, () =>
        {
            for (int i = 0; i < 1000; i++)
            {
                pool.Run(ref job);
            }
        }));
        Assert.Equal(5100, job.Runs);
    }

    [Fact]
    public async Task A_lane_takes_a_new_thread_after_many_models_were_freed_elsewhere()
    {
        string name = Name();
        using LanePool pool = Pool(2, name);
        ConcurrentDictionary<Thread, int> threads = [];
        void See() => threads.TryAdd(Thread.CurrentThread, 0);
        Run(pool, See);
        for (int i = 0; i < 4 * Lane.MostRemains; i++)
        {
            pool.Free(See);
        }

        await Eventually(() =>
        {
            Run(pool, See);
            return threads.Count > pool.Lanes;
        });
        await Eventually(() => pool.Waiting == 0);
        Assert.InRange(threads.Count, 3, 8);
        await Eventually(() => Threads(name).Count == 2);
        Assert.Equal([$"{name} 0", $"{name} 1"], Threads(name).Select(thread => thread.Name));
    }

    [Fact]
    public void What_is_freed_after_the_lanes_have_gone_is_freed_by_who_asks()
    {
        LanePool pool = Pool(1);
        int freed = 0;
        pool.Free(() => freed = Environment.CurrentManagedThreadId);
        Assert.Equal(Environment.CurrentManagedThreadId, freed);
        pool.Dispose();
        freed = 0;
        pool.Free(() => freed = Environment.CurrentManagedThreadId);
        Assert.Equal(Environment.CurrentManagedThreadId, freed);
    }

    [Fact]
    public async Task Many_callers_share_few_lanes()
    {
        using LanePool pool = Pool(2, options: new LaneOptions { QueueLength = 1000 });
        int inside = 0, most = 0, sum = 0;
        void Work()
        {
            int now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            Interlocked.Increment(ref sum);
            Interlocked.Decrement(ref inside);
        }

        Task[] callers = [.. Enumerable.Range(0, 16).Select(caller => Task.Run(async () =>
        {
            for (int i = 0; i < 500; i++)
            {
                if (caller % 2 == 0)
                {
                    await Start(pool, Work);
                }
                else
                {
                    Run(pool, Work);
                }
            }
        }))];
        await Task.WhenAll(callers).WaitAsync(Patience, Stop);
        Assert.Equal(16 * 500, sum);
        Assert.InRange(most, 1, 2);
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (int seen = Volatile.Read(ref place); value > seen;)
        {
            seen = Interlocked.CompareExchange(ref place, value, seen);
        }
    }

    private static string Name() => string.Concat("t", Guid.NewGuid().ToString("N").AsSpan(0, 8));

    private static IReadOnlyList<OwnThreads.One> Threads(string name) => OperatingSystem.IsLinux() ? OwnThreads.Named(name) : [];

    private static LanePool Pool(int? lanes, string name = "test", LaneOptions? options = null) =>
        new((options ?? LaneOptions.Default) with { Lanes = lanes, Name = name, AllowsMoreThanBudget = true });

    private static void Run(LanePool pool, Action action)
    {
        ActionJob job = new(action);
        pool.Run(ref job);
    }

    private static Task Start(LanePool pool, Action action) => new TestWork(() =>
    {
        action();
        return false;
    }).Start(pool, CancellationToken.None).AsTask();

    private static async Task Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 2000 && !condition(); i++)
        {
            await Task.Delay(5, Stop);
        }

        Assert.True(condition());
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(string name)
    {
        LanePool pool = Pool(2, name);
        Run(pool, () => { });
    }

    private readonly struct ActionJob(Action action) : ILaneJob
    {
        public void Run() => action();
    }

    private sealed class Holder
    {
        public CountingJob Job;
    }

    private struct CountingJob : ILaneJob
    {
        public int Runs { get; private set; }

        public void Run() => Runs++;
    }

    private sealed class TestWork(Func<bool> part) : AwaitedWork
    {
        protected override bool Do() => part();

        protected override void GiveBack()
        {
        }
    }

    /// <summary>Keeps the only lane busy until it is released.</summary>
    private sealed class Blocker : IDisposable
    {
        private readonly ManualResetEventSlim _go = new();

        public Blocker(LanePool pool)
        {
            using ManualResetEventSlim isRunning = new();
            Done = Start(pool, () =>
            {
                isRunning.Set();
                _go.Wait(Patience);
            });
            Assert.True(isRunning.Wait(Patience));
        }

        public Task Done { get; }

        public void Release() => _go.Set();

        public void Dispose()
        {
            _go.Set();
            Done.Wait(Patience);
            _go.Dispose();
        }
    }
}
