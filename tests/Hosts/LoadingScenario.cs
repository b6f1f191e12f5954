using System;
using System.IO;
using System.Linq;
using System.Threading;
using Inference;
using Inference.Lanes;

namespace Hosts;

/// <summary>A host whose models are so large that one thread of the process loads them, and that forks afterwards.</summary>
internal static class LoadingScenario
{
    private const int Loaders = 4;
    private const string LoaderName = "loader";

    /// <summary>How many threads of this process are there to load.</summary>
    private static int LoadingThreads => Threads(LoadingLane.ThreadName);

    /// <summary>Loads from several threads at once, forks behind loads, and lets children load and predict.</summary>
    /// <param name="model">A large model of XGBoost's.</param>
    /// <param name="loads">How many children load.</param>
    /// <param name="forks">How many children are made as soon as a load, of nothing, has returned.</param>
    public static int Run(string model, int loads, int forks)
    {
        LoadAtOnce(model);
        Console.WriteLine($"the parent loaded; threads that load: {LoadingThreads}");
        Children.Run("after a load", forks, LoadNothing, () => LoadingThreads == 0 && Children.Collect() ? Outcome.Equal : Outcome.Different);
        Children.Run("that load", loads, () => { }, () => LoadAndPredict(model, loadingThreads: 0));
        return LoadAndPredict(model, loadingThreads: 1) == Outcome.Equal ? 0 : 1;
    }

    private static void LoadAtOnce(string model)
    {
        using Barrier all = new(Loaders);
        Thread[] loaders = [.. Enumerable.Range(0, Loaders).Select(_ => new Thread(() =>
        {
            all.SignalAndWait();
            using Booster booster = Booster.Load(model, new BoosterOptions { Engine = EngineKind.Native });
        }) { Name = LoaderName })];
        Array.ForEach(loaders, loader => loader.Start());
        Array.ForEach(loaders, loader => loader.Join());

        // A joined thread is still inside .NET for a moment, and then gone.
        SpinWait.SpinUntil(() => Threads(LoaderName) == 0);
    }

    private static int Threads(string name) => Directory.GetDirectories("/proc/self/task").Count(task =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).TrimEnd('\n') == name;
        }
        catch (IOException)
        {
            return false; // It has ended.
        }
    });

    private static void LoadNothing()
    {
        NoWork nothing = default;
        LoadingLane.OfProcess.Run(ref nothing);
    }

    private static Outcome LoadAndPredict(string model, int loadingThreads)
    {
        Served served = new(model, ForkPolicy.Refuse);
        return LoadingThreads == loadingThreads ? served.Predict() : Outcome.Different;
    }
}
