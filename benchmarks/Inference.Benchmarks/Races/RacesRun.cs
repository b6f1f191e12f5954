using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using Inference.Native;
using Inference.Native.Loading;

namespace Inference.Benchmarks.Races;

/// <summary>Eight threads of this process that predict, free, dispose of, forget and collect the same models.</summary>
internal static class RacesRun
{
    /// <summary>The first word of a command line that runs one subject.</summary>
    public const string Command = "races-run";

    private const int Racers = 8;
    private const int Slots = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static long s_answered;
    private static long s_refused;
    private static long s_wrong;
    private static long s_loaded;
    private static long s_disposed;
    private static long s_forgotten;
    private static long s_collected;
    private static string s_unexpected = "-";

    /// <summary>Prints a line of figures, one of what should not have happened, and one of the libraries that took part.</summary>
    /// <param name="arguments">The subject, the seconds.</param>
    public static int Run(string[] arguments)
    {
        Race(RaceSubject.All[arguments[0]], TimeSpan.FromSeconds(int.Parse(arguments[1], CultureInfo.InvariantCulture)));
        SpinWait.SpinUntil(Collected, Patience);
        Console.WriteLine($"{s_answered} {s_refused} {s_wrong} {s_loaded} {s_disposed} {s_forgotten} {s_collected} {NativeHandle.Live}");
        Console.WriteLine(s_unexpected);
        Console.WriteLine(string.Join(", ", Enum.GetValues<NativeKind>().Select(NativeLoader.Peek).Where(library => library is not null).Select(library => library!.Path)));
        return 0;
    }

    private static void Race(Func<RaceSubject> load, TimeSpan time)
    {
        RaceSubject[] slots = [.. Enumerable.Range(0, Slots).Select(_ => load())];
        long start = Stopwatch.GetTimestamp();
        Thread[] racers = [.. Enumerable.Range(0, Racers).Select(seed => new Thread(() =>
        {
            Random random = new(seed);
            RaceSubject mine = slots[seed % Slots];
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                Step(load, slots, ref mine, random);
            }
        }))];
        Array.ForEach(racers, racer => racer.Start());
        Array.ForEach(racers, racer => racer.Join());
        Array.ForEach(slots, slot => slot.Dispose());
    }

    private static void Step(Func<RaceSubject> load, RaceSubject[] slots, ref RaceSubject mine, Random random)
    {
        ref RaceSubject slot = ref slots[random.Next(Slots)];
        try
        {
            switch (random.Next(200))
            {
                case 0 or 1 or 2 or 3:
                    Interlocked.Exchange(ref slot, Load(load)).Dispose();
                    Interlocked.Increment(ref s_disposed);
                    break;
                case 4 or 5:
                    // Disposed of where everybody sees it, perhaps by several at once; then replaced.
                    Volatile.Read(ref slot).Dispose();
                    Interlocked.Increment(ref s_disposed);
                    Volatile.Write(ref slot, Load(load));
                    break;
                case 6 or 7:
                    // Forgotten: the finalizers of its handles free it, while others may still predict with it.
                    Volatile.Write(ref slot, Load(load));
                    Interlocked.Increment(ref s_forgotten);
                    break;
                case 8:
                    GC.Collect();
                    Interlocked.Increment(ref s_collected);
                    break;
                default:
                    // Most turns know a model of an earlier one, which may be gone.
                    mine = random.Next(8) == 0 ? Volatile.Read(ref slot) : mine;
                    Interlocked.Increment(ref mine.Predict(random.Next()) ? ref s_answered : ref s_wrong);
                    break;
            }
        }
        catch (ObjectDisposedException)
        {
            Interlocked.Increment(ref s_refused);
            mine = Volatile.Read(ref slot);
        }
#pragma warning disable CA1031 // What else a call may throw is what the race is to find.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Volatile.Write(ref s_unexpected, $"{exception.GetType().Name}: {exception.Message}".ReplaceLineEndings(" "));
        }
    }

    private static RaceSubject Load(Func<RaceSubject> load)
    {
        Interlocked.Increment(ref s_loaded);
        return load();
    }

    private static bool Collected()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return NativeHandle.Live == 0;
    }
}
