using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Inference.Benchmarks.Refresh;

/// <summary>Threads of the pool that take steps in turn, so that every step is on another thread than the last.</summary>
/// <remarks>Left alone the pool gives the next work to the thread that waited the shortest, and a soak would see few threads.</remarks>
internal sealed class PoolThreads : IDisposable
{
    /// <summary>How many.</summary>
    public const int Count = 16;

    private readonly BlockingCollection<Action>[] _steps = [.. Enumerable.Range(0, Count).Select(_ => new BlockingCollection<Action>())];
    private int _turn;

    public PoolThreads()
    {
        ThreadPool.SetMinThreads(2 * Count, Count);
        foreach (BlockingCollection<Action> mine in _steps)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static steps =>
                {
                    foreach (Action step in steps.GetConsumingEnumerable())
                    {
                        step();
                    }
                },
                mine,
                preferLocal: false);
        }
    }

    /// <summary>Takes a step on the thread whose turn it is.</summary>
    public Task Run(Action step)
    {
        TaskCompletionSource done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _steps[_turn++ % Count].Add(() =>
        {
            try
            {
                step();
                done.SetResult();
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    /// <summary>Lets the threads go.</summary>
    public void Dispose() => Array.ForEach(_steps, steps => steps.CompleteAdding());
}
