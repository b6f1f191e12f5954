using System;
using System.Text;

namespace Inference.Benchmarks.Raw;

/// <summary>A booster of XGBoost's C API without anything around it: freed on any thread, whole batches at once.</summary>
internal sealed unsafe class RawXGBoost : IDisposable
{
    private static readonly delegate* unmanaged<void*, ulong, void**, int> Create =
        (delegate* unmanaged<void*, ulong, void**, int>)RawLibrary.Function(NativeLibraryKind.XGBoost, "XGBoosterCreate");

    private static readonly delegate* unmanaged<void*, void*, ulong, int> LoadModel =
        (delegate* unmanaged<void*, void*, ulong, int>)RawLibrary.Function(NativeLibraryKind.XGBoost, "XGBoosterLoadModelFromBuffer");

    private static readonly delegate* unmanaged<void*, byte*, byte*, int> SetParameter =
        (delegate* unmanaged<void*, byte*, byte*, int>)RawLibrary.Function(NativeLibraryKind.XGBoost, "XGBoosterSetParam");

    private static readonly delegate* unmanaged<void*, int> Free =
        (delegate* unmanaged<void*, int>)RawLibrary.Function(NativeLibraryKind.XGBoost, "XGBoosterFree");

    private static readonly delegate* unmanaged<void*, byte*, byte*, void*, ulong**, ulong*, float**, int> PredictFromDense =
        (delegate* unmanaged<void*, byte*, byte*, void*, ulong**, ulong*, float**, int>)RawLibrary.Function(NativeLibraryKind.XGBoost, "XGBoosterPredictFromDense");

    private RawXGBoost(void* booster) => Booster = booster;

    /// <summary>The library's handle.</summary>
    public void* Booster { get; }

    /// <summary>The address of the function that predicts.</summary>
    public static void* PredictFunction => PredictFromDense;

    /// <summary>What the library is to predict: margins over every iteration.</summary>
    public static ReadOnlySpan<byte> Config =>
        "{\"type\":1,\"iteration_begin\":0,\"iteration_end\":0,\"strict_shape\":false,\"training\":false,\"cache_id\":0,\"missing\":NaN}\0"u8;

    /// <summary>Loads a model's content and makes it ready for any thread.</summary>
    public static RawXGBoost Load(ReadOnlySpan<byte> content, int threads)
    {
        void* booster;
        RawLibrary.Check(Create(null, 0, &booster), "XGBoosterCreate");
        fixed (byte* bytes = content)
        fixed (byte* name = "nthread"u8)
        fixed (byte* value = Encoding.ASCII.GetBytes($"{threads}\0"))
        {
            RawLibrary.Check(LoadModel(booster, bytes, (ulong)content.Length), "XGBoosterLoadModelFromBuffer");
            RawLibrary.Check(SetParameter(booster, name, value), "XGBoosterSetParam");
        }

        return new RawXGBoost(booster);
    }

    /// <summary>Where rows lie, in the library's words.</summary>
    public static byte[] Array(float* rows, int count, int columns) => Encoding.ASCII.GetBytes(
        $"{{\"data\":[{(long)rows},true],\"shape\":[{count},{columns}],\"strides\":[{columns * sizeof(float)},{sizeof(float)}],\"typestr\":\"<f4\",\"version\":3}}\0");

    /// <summary>Margins of rows.</summary>
    public void Predict(ReadOnlySpan<float> rows, int count, Span<float> margins)
    {
        ulong* shape;
        ulong dimensions;
        float* result;
        fixed (float* values = rows)
        fixed (byte* array = Array(values, count, rows.Length / count))
        fixed (byte* config = Config)
        {
            RawLibrary.Check(PredictFromDense(Booster, array, config, null, &shape, &dimensions, &result), "XGBoosterPredictFromDense");
        }

        new ReadOnlySpan<float>(result, margins.Length).CopyTo(margins);
    }

    /// <summary>Frees the booster, on whichever thread calls.</summary>
    public void Dispose() => RawLibrary.Check(Free(Booster), "XGBoosterFree");
}
