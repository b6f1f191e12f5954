using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;

namespace Inference.Benchmarks.Overhead;

/// <summary>harness.c, compiled now and loaded into this process.</summary>
internal sealed unsafe class CHarness
{
    private const string Source = "benchmarks/Inference.Benchmarks/Overhead/harness.c";
    private const string Flags = "-O2 -Wall -Wextra -Werror -Wno-pedantic -shared -fPIC";

    private readonly delegate* unmanaged<void*, void*, byte*, byte*, int, long> _xgboost;
    private readonly delegate* unmanaged<void*, void*, void*, int, long> _onnx;

    private readonly delegate* unmanaged<long> _now;

    private CHarness(nint library)
    {
        _now = (delegate* unmanaged<long>)NativeLibrary.GetExport(library, "now_ns");
        _xgboost = (delegate* unmanaged<void*, void*, byte*, byte*, int, long>)NativeLibrary.GetExport(library, "time_xgboost");
        _onnx = (delegate* unmanaged<void*, void*, void*, int, long>)NativeLibrary.GetExport(library, "time_onnx");
    }

    /// <summary>Who compiled it.</summary>
    public string Compiler { get; private init; } = "";

    /// <summary>Compiles and loads it.</summary>
    /// <exception cref="BenchmarkException">There is no compiler, or it refuses.</exception>
    public static CHarness Build()
    {
        string folder = Directory.CreateTempSubdirectory("inference-harness").FullName;
        try
        {
            string library = Path.Combine(folder, "harness.so");
            Compile([.. Flags.Split(' '), "-o", library, BenchmarkModels.PathInCheckout(Source)]);
            return new CHarness(NativeLibrary.Load(library)) { Compiler = $"{Compile("--version").Split('\n')[0]}, {Flags.Split(' ')[0]}" };
        }
        finally
        {
            // A library that is loaded needs its file no more.
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The nanoseconds that the calling thread has worked.</summary>
    public long Now() => _now();

    /// <summary>Nanoseconds of calls of XGBoosterPredictFromDense.</summary>
    public long TimeXGBoost(void* predict, void* booster, byte[] array, byte[] config, int calls)
    {
        fixed (byte* arrayText = array)
        fixed (byte* configText = config)
        {
            return Checked(_xgboost(predict, booster, arrayText, configText, calls));
        }
    }

    /// <summary>Nanoseconds of calls of RunWithBinding.</summary>
    public long TimeOnnx(void* getApiBase, void* session, void* binding, int calls) => Checked(_onnx(getApiBase, session, binding, calls));

    private static long Checked(long nanoseconds) => nanoseconds >= 0 ? nanoseconds : throw new BenchmarkException("a raw call failed");

    private static string Compile(params string[] arguments)
    {
        ProcessStartInfo start = new("cc", arguments) { RedirectStandardOutput = true };
        try
        {
            using Process compiler = Process.Start(start)!;
            string output = compiler.StandardOutput.ReadToEnd();
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? output : throw new BenchmarkException($"cc {string.Join(' ', arguments)} ended with {compiler.ExitCode}");
        }
        catch (Win32Exception)
        {
            throw new BenchmarkException($"no C compiler (cc), which {Source} needs");
        }
    }
}
