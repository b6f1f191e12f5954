using System;

namespace Inference.Benchmarks.Raw;

/// <summary>A booster of LightGBM's C API without anything around it.</summary>
internal sealed unsafe class RawLightGbm : IDisposable
{
    private static readonly delegate* unmanaged<byte*, int*, void**, int> LoadModel =
        (delegate* unmanaged<byte*, int*, void**, int>)RawLibrary.Function(NativeLibraryKind.LightGbm, "LGBM_BoosterLoadModelFromString");

    private static readonly delegate* unmanaged<void*, int> Free =
        (delegate* unmanaged<void*, int>)RawLibrary.Function(NativeLibraryKind.LightGbm, "LGBM_BoosterFree");

    private static readonly delegate* unmanaged<void*, void*, int, int, int, int, int, int, int, byte*, long*, double*, int> PredictForMat =
        (delegate* unmanaged<void*, void*, int, int, int, int, int, int, int, byte*, long*, double*, int>)RawLibrary.Function(NativeLibraryKind.LightGbm, "LGBM_BoosterPredictForMat");

    private static readonly delegate* unmanaged<void*, int, int, int, long, long*, byte*, int> SaveModel =
        (delegate* unmanaged<void*, int, int, int, long, long*, byte*, int>)RawLibrary.Function(NativeLibraryKind.LightGbm, "LGBM_BoosterSaveModelToString");

    private readonly void* _booster;

    private RawLightGbm(void* booster) => _booster = booster;

    /// <summary>Loads a model's text.</summary>
    public static RawLightGbm Load(ReadOnlySpan<byte> content)
    {
        byte[] text = [.. content, 0];
        int iterations;
        void* booster;
        fixed (byte* bytes = text)
        {
            RawLibrary.Check(LoadModel(bytes, &iterations, &booster), "LGBM_BoosterLoadModelFromString");
        }

        return new RawLightGbm(booster);
    }

    /// <summary>Raw scores of rows.</summary>
    public void Predict(ReadOnlySpan<float> rows, int count, Span<double> margins)
    {
        const int single = 0, rowMajor = 1, raw = 1, all = -1;
        long written;
        fixed (float* values = rows)
        fixed (double* to = margins)
        fixed (byte* parameters = "num_threads=1"u8)
        {
            RawLibrary.Check(
                PredictForMat(_booster, values, single, count, rows.Length / count, rowMajor, raw, 0, all, parameters, &written, to), "LGBM_BoosterPredictForMat");
        }
    }

    /// <summary>The text of the first iterations.</summary>
    public byte[] Save(int iterations)
    {
        long length;
        RawLibrary.Check(SaveModel(_booster, 0, iterations, 0, 0, &length, null), "LGBM_BoosterSaveModelToString");
        byte[] text = new byte[length];
        fixed (byte* bytes = text)
        {
            RawLibrary.Check(SaveModel(_booster, 0, iterations, 0, length, &length, bytes), "LGBM_BoosterSaveModelToString");
        }

        return text[..^1];
    }

    /// <summary>Frees the booster, on whichever thread calls.</summary>
    public void Dispose() => RawLibrary.Check(Free(_booster), "LGBM_BoosterFree");
}
