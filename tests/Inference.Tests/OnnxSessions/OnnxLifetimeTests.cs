using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.OnnxSessions;

/// <summary>Threads, disposal, cancellation and memory. Alone, because it watches the whole process.</summary>
[Collection(nameof(Alone))]
public sealed class OnnxLifetimeTests
{
    private static readonly Fixture Tower = new("onnx", "two-tower-user");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public OnnxLifetimeTests() => Natives.Require(NativeLibraryKind.OnnxRuntime);

    [Fact]
    public void A_warm_run_allocates_nothing_whatever_the_batch()
    {
        long[] ids = (long[])Tower.Read("input-ids.npy").Data;
        float[] dense = (float[])Tower.Read("input-dense.npy").Data;
        using OnnxSession session = OnnxSession.Load(Tower.PathOf("model.onnx"));
        using OnnxBinding binding = session.Bind();
        Assert.Equal(0, Allocated(() =>
        {
            foreach (int rows in (ReadOnlySpan<int>)[1, 64, 1, 400, 7])
            {
                binding.SetInput<long>("ids", ids.AsSpan(0, 3 * rows), [rows, 3]);
                binding.SetInput<float>("dense", dense.AsSpan(0, 6 * rows));
                binding.Run();
                binding.Output<float>("embedding", out _);
            }
        }));

        // An output whose shape the model does not tell is allocated by the library and copied.
        Fixture forest = new("onnx", "sklearn-random-forest-classifier");
        float[] pixels = (float[])forest.Read("input-X.npy").Data;
        float[] probabilities = new float[10 * 8];
        using OnnxSession trees = OnnxSession.Load(forest.PathOf("model.onnx"));
        using OnnxBinding classes = trees.Bind();
        Assert.Equal(0, Allocated(() =>
        {
            foreach (int rows in (ReadOnlySpan<int>)[1, 64, 256, 2])
            {
                classes.SetInput<float>("X", pixels.AsSpan(0, 64 * rows));
                classes.Run();
                classes.Output<long>("label");
                classes.Output<float>("probabilities");
            }
        }));
        Assert.Equal(0, Allocated(() => trees.Run(pixels.AsSpan(0, 64 * 8), probabilities)));
    }

    [Fact]
    public void A_run_that_may_be_cancelled_allocates_nothing_either()
    {
        using CancellationTokenSource source = new();
        using OnnxSession session = OnnxSession.Load(GraphFile.Identity(OnnxElementType.Single, "n"));
        using OnnxBinding binding = session.Bind();
        binding.SetInput<float>("x", [1, 2]);
        CancellationToken token = source.Token;
        Assert.Equal(0, Allocated(() => binding.Run(token)));
    }

    [Fact]
    public void One_thread_is_the_callers_and_starts_none()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("threads are counted in /proc");
        }

        // A thread starts with the name of the one that made it; .NET gives its own theirs a moment later.
        int plain = -1, pooled = -1;
        Thread maker = new(() =>
        {
            using OnnxSession session = OnnxSession.Load(Tower.PathOf("model.onnx"));
            Run(session, 400);
            SpinWait.SpinUntil(() => (plain = Heirs()) == 1, Patience);
            using OnnxSession withPool = OnnxSession.Load(Tower.PathOf("model.onnx"), new OnnxSessionOptions { IntraOpThreads = 3, ThreadAffinity = "1;1" });
            Run(withPool, 400);
            SpinWait.SpinUntil(() => (pooled = Heirs()) == 3, Patience);
        })
        { Name = "onnx-maker" };
        maker.Start();
        maker.Join();
        Assert.Equal((1, 3), (plain, pooled));

        static int Heirs() => Directory.EnumerateDirectories("/proc/self/task").Count(task => TryRead(Path.Combine(task, "comm")) == "onnx-maker\n");
    }

    [Fact]
    public void Threads_with_bindings_of_their_own_give_the_recorded_bits_until_the_session_is_disposed()
    {
        float[] expected = (float[])Tower.Read("expected-ort-embedding.npy").Data;
        for (int round = 0; round < 5; round++)
        {
            OnnxSession session = OnnxSession.Load(Tower.PathOf("model.onnx"));
            ConcurrentBag<string> failures = [];
            int runs = 0, ended = 0;
            Thread[] threads = [.. Enumerable.Range(0, 8).Select(worker => new Thread(() => Work(worker)))];
            Array.ForEach(threads, thread => thread.Start());
            SpinWait.SpinUntil(() => Volatile.Read(ref runs) > 40, Patience);
            session.Dispose();
            Array.ForEach(threads, thread => Assert.True(thread.Join(Patience), "a run never returned"));
            Assert.Empty(failures);
            Assert.Equal(8, ended);

            void Work(int worker)
            {
                try
                {
                    using OnnxBinding binding = session.Bind();
                    while (true)
                    {
                        float[] found = worker % 2 == 0 ? Run(binding, 400) : Run(session, 400);
                        if (!found.AsSpan().SequenceEqual(expected))
                        {
                            failures.Add("other bits");
                            return;
                        }

                        Interlocked.Increment(ref runs);
                    }
                }
                catch (ObjectDisposedException)
                {
                    Interlocked.Increment(ref ended);
                }
                catch (Exception exception)
                {
                    failures.Add($"{exception}");
                }
            }
        }
    }

    [Fact]
    public void Disposing_a_binding_during_its_run_is_safe()
    {
        using OnnxSession session = OnnxSession.Load(Tower.PathOf("model.onnx"));
        for (int round = 0; round < 50; round++)
        {
            OnnxBinding binding = session.Bind();
            using Barrier start = new(2);
            Thread disposer = new(() =>
            {
                start.SignalAndWait();
                Thread.SpinWait(round * 200);
                binding.Dispose();
            });
            disposer.Start();
            start.SignalAndWait();
            Assert.Throws<ObjectDisposedException>(() => RunForEver(binding));
            disposer.Join();
        }
    }

    [Fact]
    public void Of_two_threads_at_one_binding_one_is_refused()
    {
        using OnnxSession session = OnnxSession.Load(Slow());
        using OnnxBinding binding = session.Bind();
        float[] values = new float[300 * 300];
        binding.SetInput<float>("x", values, [300, 300]);

        // Which of them comes second is not foretold: both go on until one was.
        int refusals = 0;
        Exception? wrong = null;
        Thread runner = new(() => Use(() => binding.Run()));
        runner.Start();
        Use(() => binding.SetInput<float>("x", values, [300, 300]));
        Assert.True(runner.Join(Patience), "the run never returned");
        Assert.Null(wrong);
        Assert.InRange(refusals, 1, 2);
        binding.Run();

        void Use(Action call)
        {
            for (Stopwatch watch = Stopwatch.StartNew(); Volatile.Read(ref refusals) == 0 && Volatile.Read(ref wrong) is null && watch.Elapsed < Patience;)
            {
                Exception? thrown = Record.Exception(call);
                if (thrown is InvalidOperationException)
                {
                    Interlocked.Increment(ref refusals);
                }
                else if (thrown is not null)
                {
                    Volatile.Write(ref wrong, thrown);
                    return;
                }
            }
        }
    }

    [Fact]
    public void A_run_can_be_cancelled_and_the_binding_used_again()
    {
        using OnnxSession session = OnnxSession.Load(Slow());
        using OnnxBinding binding = session.Bind();
        float[] values = new float[300 * 300];
        binding.SetInput<float>("x", values, [300, 300]);
        TimeSpan whole = Time(() => binding.Run(TestContext.Current.CancellationToken));

        // On a busy machine a run may be over before its timer is heard, or not have begun: then another is.
        TimeSpan cut = TimeSpan.MaxValue;
        Stopwatch all = Stopwatch.StartNew();
        while (cut > whole / 2 && all.Elapsed < Patience)
        {
            using CancellationTokenSource source = new(whole / 10);
            Exception? thrown = null;
            TimeSpan time = Time(() => thrown = Record.Exception(() => binding.Run(source.Token)));
            Assert.True(thrown is null or OperationCanceledException, $"{thrown}");
            cut = thrown is null || time < whole / 20 ? cut : time;
        }

        Assert.True(cut <= whole / 2, $"cancelled after {cut}, whole {whole}");
        Assert.Throws<OperationCanceledException>(() => binding.Run(new CancellationToken(canceled: true)));
        using CancellationTokenSource another = new();
        binding.Run(another.Token);
        Assert.Equal(values.Length, binding.Output<float>("y").Length);
    }

    [Fact]
    public void What_is_disposed_says_so()
    {
        OnnxSession session = OnnxSession.Load(Tower.PathOf("model.onnx"));
        OnnxBinding binding = session.Bind();
        float[] answer = Run(binding, 2);
        ReadOnlySpan<float> kept = binding.Output<float>("embedding");
        session.Dispose();
        session.Dispose();
        Assert.Throws<ObjectDisposedException>(() => session.Bind());
        Assert.Throws<ObjectDisposedException>(() => binding.Run());
        Assert.Throws<ObjectDisposedException>(() => Run(session, 1));
        Assert.Equal("embedding", session.Outputs[0].Name);
        binding.Dispose();
        binding.Dispose();
        Assert.Throws<ObjectDisposedException>(() => binding.SetInput<long>("ids", [1, 2, 3]));
        Bits.Equal(answer, kept, "a span of a disposed binding");
    }

    [Fact]
    public void Sessions_come_and_go_without_leaving_memory_behind()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        byte[] model = File.ReadAllBytes(Path.Combine(Repository.Root, "benchmarks", "models", "xgb-d6-500", "model.onnx"));
        float[] rows = new float[28 * 100];
        Cycle();
        Cycle();
        long before = ResidentBytes();
        for (int i = 0; i < 5; i++)
        {
            Cycle();
        }

        long grown = ResidentBytes() - before;

        // Each session takes several megabytes: fifty kept ones would be far beyond this.
        Assert.True(grown < 24_000_000, $"{grown} bytes more after 50 sessions");

        void Cycle()
        {
            for (int i = 0; i < 10; i++)
            {
                // Every second one is left to the garbage collector, binding and all.
                OnnxSession session = OnnxSession.Load(model);
                session.Run(rows);
                OnnxBinding binding = session.Bind();
                if (i % 2 == 0)
                {
                    binding.Dispose();
                    session.Dispose();
                }
                else
                {
                    GC.KeepAlive(binding);
                }
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    private static TimeSpan Time(Action action)
    {
        Stopwatch watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed;
    }

    private static void RunForEver(OnnxBinding binding)
    {
        while (true)
        {
            Run(binding, 50);
        }
    }

    private static float[] Run(OnnxBinding binding, int rows)
    {
        binding.SetInput<long>("ids", ((long[])Tower.Read("input-ids.npy").Data).AsSpan(0, 3 * rows));
        binding.SetInput<float>("dense", ((float[])Tower.Read("input-dense.npy").Data).AsSpan(0, 6 * rows));
        binding.Run();
        return binding.Output<float>("embedding").ToArray();
    }

    private static float[] Run(OnnxSession session, int rows)
    {
        Dictionary<string, OnnxTensor> inputs = new()
        {
            ["ids"] = OnnxTensor.Of(((long[])Tower.Read("input-ids.npy").Data)[..(3 * rows)], rows, 3),
            ["dense"] = OnnxTensor.Of(((float[])Tower.Read("input-dense.npy").Data)[..(6 * rows)], rows, 6),
        };
        return session.Run(inputs)["embedding"].ToArray<float>();
    }

    /// <summary>Many products of matrices, one after the other.</summary>
    private static byte[] Slow()
    {
        const int Products = 200;
        GraphFile graph = new GraphFile().Input("x", OnnxElementType.Single, "n", "n").Output("y", OnnxElementType.Single, "n", "n");
        for (int i = 0; i < Products; i++)
        {
            graph.Node("MatMul", [i == 0 ? "x" : $"v{i}", "x"], [i == Products - 1 ? "y" : $"v{i + 1}"]);
        }

        return graph.Write();
    }

    private static long Allocated(Action run) => Allocations.Of(() =>
    {
        for (int i = 0; i < 20; i++)
        {
            run();
        }
    });

    private static string? TryRead(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long ResidentBytes()
    {
        string line = File.ReadLines("/proc/self/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line["VmRSS:".Length..^2].Trim(), System.Globalization.CultureInfo.InvariantCulture) * 1024;
    }
}
