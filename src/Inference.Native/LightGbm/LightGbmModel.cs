using System;
using System.Threading;
using Inference.Native.Loading;
using Inference.Native.Platform;

namespace Inference.Native.LightGbm;

/// <summary>A booster of the LightGBM library, and the calls that predict with it, over all its iterations.</summary>
/// <remarks>
/// <para>
/// Any number of threads may predict at once, over all iterations: a prediction writes the range that it is asked for into
/// the booster that the others read (LightGBM, src/boosting/gbdt.h, InitPredict), so every call here names the same range,
/// everything. Another range is another booster, <see cref="Bake"/>.
/// </para>
/// <para>
/// Contributions are made by one thread at a time: each call computes the depths of the trees anew in the booster itself,
/// and sizes its memory by what it reads there (LightGBM, src/io/tree.cpp, RecomputeMaxDepth). Two at once corrupt the heap.
/// </para>
/// <para>
/// LightGBM's number of threads belongs to the process or to the calling thread, not to the booster, and its buffers are
/// sized by it: every call passes the same number, one.
/// </para>
/// </remarks>
internal sealed unsafe class LightGbmModel : IDisposable
{
    private const int AllIterations = -1;
    private const int RowMajor = 1;
    private const int RowsOfPointers = 256;

    private readonly SafeLightGbmHandle _booster;
    private readonly Lock _explaining = new();
    private readonly HandleBag<SafeFastConfigHandle>[] _fastConfigs = [new(), new(), new(), new()];

    private LightGbmModel(SafeLightGbmHandle booster)
    {
        _booster = booster;
        int features;
        LightGbmStatus.Check(LightGbmImports.LGBM_BoosterGetNumFeature(booster, &features));
        FeatureCount = features;
        OutputCount = Width(LightGbmOutput.Margin);
        TreeCount = Width(LightGbmOutput.Leaf);
        ContributionCount = Width(LightGbmOutput.Contribution);
    }

    private static ReadOnlySpan<byte> Parameters => "num_threads=1 verbosity=-1"u8;

    /// <summary>The columns of a row, as the library read them.</summary>
    public int FeatureCount { get; }

    /// <summary>The margins of a row, and its values.</summary>
    public int OutputCount { get; }

    /// <summary>The leaves of a row.</summary>
    public int TreeCount { get; }

    /// <summary>The contributions of a row.</summary>
    public int ContributionCount { get; }

    /// <summary>Loads a model file's content.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static LightGbmModel Load(ReadOnlySpan<byte> text)
    {
        // One byte more than the text, which is zero and ends it.
        using MappedMemory terminated = new((nuint)text.Length + 1);
        text.CopyTo(new Span<byte>(terminated.Start, text.Length));
        return LoadOwn(terminated.Start, text.Length);
    }

    /// <summary>A booster of some of the iterations, through the library's own text. The caller disposes of it.</summary>
    /// <param name="begin">The first iteration.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public LightGbmModel Bake(int begin, int count)
    {
        const int bySplits = 0;
        long length;
        LightGbmStatus.Check(LightGbmImports.LGBM_BoosterSaveModelToString(_booster, begin, count, bySplits, 0, &length, null));
        using MappedMemory text = new((nuint)length);
        LightGbmStatus.Check(LightGbmImports.LGBM_BoosterSaveModelToString(_booster, begin, count, bySplits, length, &length, text.Start));
        return LoadOwn(text.Start, checked((int)length - 1));
    }

    /// <summary>Margins, values, leaf numbers or contributions of rows where they lie.</summary>
    /// <param name="rows">The rows, of the model's columns.</param>
    /// <param name="output">What is wanted.</param>
    /// <param name="results">(rows, what the model gives for a row).</param>
    /// <exception cref="NativeCallFailure">The library refused, or answered another number of results.</exception>
    public void Predict<T>(DenseRows<T> rows, LightGbmOutput output, Span<double> results)
        where T : unmanaged
    {
        int width = output switch
        {
            LightGbmOutput.Leaf => TreeCount,
            LightGbmOutput.Contribution => ContributionCount,
            _ => OutputCount,
        };

        // The library writes without asking how much room there is, and reads whole rows.
        ArgumentOutOfRangeException.ThrowIfNotEqual(results.Length, rows.Count * width);
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Columns, FeatureCount);
        if (rows.Count == 1 && output is LightGbmOutput.Margin or LightGbmOutput.Value)
        {
            PredictRow(rows.Values, output, results);
        }
        else if (output == LightGbmOutput.Contribution)
        {
            lock (_explaining)
            {
                PredictRows(rows, output, results, width);
            }
        }
        else
        {
            PredictRows(rows, output, results, width);
        }
    }

    /// <summary>Frees the booster. No call may be in progress.</summary>
    public void Dispose()
    {
        foreach (HandleBag<SafeFastConfigHandle> bag in _fastConfigs)
        {
            bag.Dispose();
        }

        _booster.Dispose();
    }

    private void PredictRows<T>(DenseRows<T> rows, LightGbmOutput output, Span<double> results, int width)
        where T : unmanaged
    {
        if (rows.Stride == rows.Columns || rows.Count == 1)
        {
            PredictTogether(rows, output, results);
        }
        else
        {
            PredictApart(rows, output, results, width);
        }
    }

    /// <summary>Loads a text that a zero byte follows and that may be written to.</summary>
    private static LightGbmModel LoadOwn(byte* text, int length)
    {
        using OneOpenMpThread one = OneOpenMpThread.For(NativeKind.LightGbm);
        HideTreeSizes(new Span<byte>(text, length));
        int iterations;
        LightGbmStatus.Check(LightGbmImports.LGBM_BoosterLoadModelFromString(text, &iterations, out SafeLightGbmHandle booster));
        booster.ModelBytes = length;
        try
        {
            LightGbmModel model = new(booster);

            // The first call that names a number of threads opens a team of the default size to learn that size
            // (LightGBM 4.1, include/LightGBM/utils/openmp_wrapper.h): it is made here, where the size is one.
            model.ReturnFastConfig(model.CreateFastConfig(LightGbmOutput.Margin, TypeOf<float>()), LightGbmOutput.Margin, TypeOf<float>());
            return model;
        }
        catch
        {
            booster.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Takes from the header the line by which the library would parse trees on several threads: a tree that it refuses
    /// there ends the process, since the exception is thrown once more while it is thrown (LightGBM 4.1,
    /// src/boosting/gbdt_model_text.cpp, LoadModelFromString, and ThreadExceptionHelper). Without it trees are parsed one
    /// after the other.
    /// </summary>
    private static void HideTreeSizes(Span<byte> text)
    {
        int end = text.IndexOf("\nTree="u8);
        int line = text[..(end < 0 ? text.Length : end)].IndexOf("\ntree_sizes="u8);
        if (line >= 0)
        {
            text[line + 1] = (byte)'-';
        }
    }

    private static int TypeOf<T>() => typeof(T) == typeof(float) ? 0 : 1;

    private static void CheckLength(long written, int expected, string function)
    {
        if (written != expected)
        {
            throw new NativeCallFailure(NativeKind.LightGbm, function, $"it answered {written} numbers, {expected} were expected");
        }
    }

    private void PredictRow<T>(ReadOnlySpan<T> row, LightGbmOutput output, Span<double> results)
        where T : unmanaged
    {
        SafeFastConfigHandle config = BagOf(output, TypeOf<T>()).TryRent() ?? CreateFastConfig(output, TypeOf<T>());
        try
        {
            long written;
            fixed (T* values = row)
            fixed (double* to = results)
            {
                LightGbmStatus.Check(LightGbmImports.LGBM_BoosterPredictForMatSingleRowFast(config, values, &written, to));
            }

            CheckLength(written, results.Length, nameof(LightGbmImports.LGBM_BoosterPredictForMatSingleRowFast));
        }
        finally
        {
            ReturnFastConfig(config, output, TypeOf<T>());
        }
    }

    private HandleBag<SafeFastConfigHandle> BagOf(LightGbmOutput output, int type) => _fastConfigs[((int)output * 2) + type];

    private void ReturnFastConfig(SafeFastConfigHandle config, LightGbmOutput output, int type) => BagOf(output, type).Return(config);

    private SafeFastConfigHandle CreateFastConfig(LightGbmOutput output, int type)
    {
        SafeFastConfigHandle config;
        fixed (byte* parameters = Parameters)
        {
            LightGbmStatus.Check(LightGbmImports.LGBM_BoosterPredictForMatSingleRowFastInit(
                _booster, (int)output, 0, AllIterations, type, FeatureCount, parameters, out config));
        }

        config.Hold(_booster);
        return config;
    }

    private void PredictTogether<T>(DenseRows<T> rows, LightGbmOutput output, Span<double> results)
        where T : unmanaged
    {
        long written;
        fixed (T* values = rows.Values)
        fixed (double* to = results)
        fixed (byte* parameters = Parameters)
        {
            LightGbmStatus.Check(LightGbmImports.LGBM_BoosterPredictForMat(
                _booster, values, TypeOf<T>(), rows.Count, rows.Columns, RowMajor, (int)output, 0, AllIterations, parameters, &written, to));
        }

        CheckLength(written, results.Length, nameof(LightGbmImports.LGBM_BoosterPredictForMat));
    }

    /// <summary>Rows with gaps between them, which the library takes as pointers to rows.</summary>
    private void PredictApart<T>(DenseRows<T> rows, LightGbmOutput output, Span<double> results, int width)
        where T : unmanaged
    {
        void** starts = stackalloc void*[RowsOfPointers];
        fixed (T* values = rows.Values)
        fixed (double* to = results)
        fixed (byte* parameters = Parameters)
        {
            for (int start = 0; start < rows.Count; start += RowsOfPointers)
            {
                int count = Math.Min(RowsOfPointers, rows.Count - start);
                for (int row = 0; row < count; row++)
                {
                    starts[row] = values + ((long)(start + row) * rows.Stride);
                }

                long written;
                LightGbmStatus.Check(LightGbmImports.LGBM_BoosterPredictForMats(
                    _booster, starts, TypeOf<T>(), count, rows.Columns, (int)output, 0, AllIterations, parameters, &written, to + ((long)start * width)));
                CheckLength(written, count * width, nameof(LightGbmImports.LGBM_BoosterPredictForMats));
            }
        }
    }

    private int Width(LightGbmOutput output)
    {
        long length;
        LightGbmStatus.Check(LightGbmImports.LGBM_BoosterCalcNumPredict(_booster, 1, (int)output, 0, AllIterations, &length));
        return checked((int)length);
    }
}
