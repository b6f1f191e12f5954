using System;
using System.Runtime.InteropServices;
using Inference.Native.Loading;
using Inference.Native.Platform;

namespace Inference.Native.XGBoost;

/// <summary>A booster of the XGBoost library, and the calls that predict with it.</summary>
/// <remarks>
/// Any number of threads may predict at once (XGBoost, doc/prediction.rst), once one prediction has configured the booster.
/// What the library answers lies in memory of its own, which the next call of the same thread uses again: everything is
/// copied out before a method returns.
/// </remarks>
internal sealed unsafe class XGBoostModel : IDisposable
{
    private readonly SafeXGBoosterHandle _booster;
    private readonly HandleBag<SafeDMatrixHandle> _proxies = new();
    private int _threads;

    private XGBoostModel(SafeXGBoosterHandle booster, int threads)
    {
        _booster = booster;
        _threads = threads;
        SetThreads(booster, threads);
        ulong features;
        XGBoostStatus.Check(XGBoostImports.XGBoosterGetNumFeature(booster, &features));
        FeatureCount = checked((int)features);
    }

    /// <summary>The columns of a row, as the library read them.</summary>
    public int FeatureCount { get; }

    /// <summary>Loads a model file's content.</summary>
    /// <param name="content">The content, of any format that the library's version reads.</param>
    /// <param name="threads">The OpenMP threads of each call.</param>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static XGBoostModel Load(ReadOnlySpan<byte> content, int threads)
    {
        XGBoostStatus.Check(XGBoostImports.XGBoosterCreate(null, 0, out SafeXGBoosterHandle booster));
        try
        {
            using OneOpenMpThread one = OneOpenMpThread.For(NativeKind.XGBoost);
            using XGBoostSilence silence = XGBoostSilence.Begin();
            fixed (byte* bytes = content)
            {
                XGBoostStatus.Check(XGBoostImports.XGBoosterLoadModelFromBuffer(booster, bytes, (ulong)content.Length));
            }

            booster.ModelBytes = content.Length;
            return new XGBoostModel(booster, threads);
        }
        catch
        {
            booster.Dispose();
            throw;
        }
    }

    /// <summary>Changes the number of OpenMP threads of each call. No call may be in progress, and the next one must be alone.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public void SetThreads(int threads)
    {
        SetThreads(_booster, threads);
        _threads = threads;
    }

    /// <summary>A booster of some of the iterations, which the caller disposes of.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public XGBoostModel Slice(int begin, int end)
    {
        XGBoostStatus.Check(XGBoostImports.XGBoosterSlice(_booster, begin, end, 1, out SafeXGBoosterHandle slice));
        try
        {
            return new XGBoostModel(slice, _threads);
        }
        catch
        {
            slice.Dispose();
            throw;
        }
    }

    /// <summary>Values or margins of rows where they lie: the library reads the caller's memory.</summary>
    /// <exception cref="NativeCallFailure">The library refused, or answered another number of scores.</exception>
    public void PredictInPlace<T>(DenseRows<T> rows, XGBoostCall call, Span<float> scores)
        where T : unmanaged
    {
        byte* array = stackalloc byte[XGBoostJson.Length];
        byte* config = stackalloc byte[XGBoostJson.Length];
        XGBoostJson.WriteCall(new Span<byte>(config, XGBoostJson.Length), call.Output, call.Begin, call.End);
        SafeDMatrixHandle? proxy = null;
        ulong* shape;
        ulong dimensions;
        float* result;
        try
        {
            fixed (T* values = rows.Values)
            {
                XGBoostJson.WriteArray(new Span<byte>(array, XGBoostJson.Length), values, rows.Count, rows.Columns, rows.Stride);
                if (!call.SingleMargins.IsEmpty || !call.DoubleMargins.IsEmpty)
                {
                    // The proxy is told of the rows before the margins: it measures margins by the rows that it knows.
                    proxy = _proxies.TryRent() ?? CreateProxy();
                    XGBoostStatus.Check(XGBoostImports.XGProxyDMatrixSetDataDense(proxy, array));
                    SetMargins(proxy, rows.Count, call);
                }

                XGBoostStatus.Check(XGBoostImports.XGBoosterPredictFromDense(
                    _booster, array, config, proxy?.DangerousGetHandle() ?? 0, &shape, &dimensions, &result));
            }

            Answer(shape, dimensions, result, scores.Length, nameof(XGBoostImports.XGBoosterPredictFromDense)).CopyTo(scores);
        }
        finally
        {
            if (proxy is not null)
            {
                _proxies.Return(proxy);
            }
        }
    }

    /// <summary>Values, margins or contributions of rows that are first copied into a DMatrix.</summary>
    /// <exception cref="NativeCallFailure">The library refused, or answered another number of scores.</exception>
    public void PredictCopied<T>(DenseRows<T> rows, XGBoostCall call, Span<float> scores)
        where T : unmanaged
    {
        using SafeDMatrixHandle matrix = CreateMatrix(rows, call);
        PredictFromMatrix(matrix, call, scores.Length).CopyTo(scores);
    }

    /// <summary>Contributions of rows, copied into a DMatrix first and widened from the library's float32.</summary>
    /// <exception cref="NativeCallFailure">The library refused, or answered another number of scores.</exception>
    public void Explain<T>(DenseRows<T> rows, XGBoostCall call, Span<double> contributions)
        where T : unmanaged
    {
        using SafeDMatrixHandle matrix = CreateMatrix(rows, call);
        ReadOnlySpan<float> answer = PredictFromMatrix(matrix, call, contributions.Length);
        for (int i = 0; i < answer.Length; i++)
        {
            contributions[i] = answer[i];
        }
    }

    /// <summary>Leaf ids of rows, copied into a DMatrix first.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="call">The call; its range begins with iteration 0, the only one that the library answers.</param>
    /// <param name="trees">The trees of the call.</param>
    /// <param name="firstTree">The first tree that is wanted.</param>
    /// <param name="leaves">(rows, trees from the first that is wanted).</param>
    /// <exception cref="NativeCallFailure">The library refused, or answered another number of leaves.</exception>
    public void FindLeaves<T>(DenseRows<T> rows, XGBoostCall call, int trees, int firstTree, Span<int> leaves)
        where T : unmanaged
    {
        using SafeDMatrixHandle matrix = CreateMatrix(rows, call);
        ReadOnlySpan<float> answer = PredictFromMatrix(matrix, call, rows.Count * trees);
        int wanted = trees - firstTree;
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<float> from = answer.Slice((row * trees) + firstTree, wanted);
            Span<int> to = leaves.Slice(row * wanted, wanted);
            for (int tree = 0; tree < to.Length; tree++)
            {
                to[tree] = (int)from[tree];
            }
        }
    }

    /// <summary>Frees the booster. No call may be in progress.</summary>
    public void Dispose()
    {
        _proxies.Dispose();
        _booster.Dispose();
    }

    private static SafeDMatrixHandle CreateProxy()
    {
        XGBoostStatus.Check(XGBoostImports.XGProxyDMatrixCreate(out SafeDMatrixHandle proxy));
        return proxy;
    }

    private SafeDMatrixHandle CreateMatrix<T>(DenseRows<T> rows, XGBoostCall call)
        where T : unmanaged
    {
        Span<byte> array = stackalloc byte[XGBoostJson.Length];
        Span<byte> config = stackalloc byte[XGBoostJson.Length];
        XGBoostJson.WriteMatrix(config, _threads);
        SafeDMatrixHandle matrix;
        fixed (T* values = rows.Values)
        fixed (byte* arrayText = array)
        fixed (byte* configText = config)
        {
            XGBoostJson.WriteArray(array, values, rows.Count, rows.Columns, rows.Stride);
            XGBoostStatus.Check(XGBoostImports.XGDMatrixCreateFromDense(arrayText, configText, out matrix));
        }

        try
        {
            SetMargins(matrix, rows.Count, call);
            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    private static void SetMargins(SafeDMatrixHandle matrix, int rows, XGBoostCall call)
    {
        if (!call.SingleMargins.IsEmpty)
        {
            SetMargins(matrix, rows, call.SingleMargins);
        }
        else if (!call.DoubleMargins.IsEmpty)
        {
            SetMargins(matrix, rows, call.DoubleMargins);
        }
    }

    private static void SetMargins<T>(SafeDMatrixHandle matrix, int rows, ReadOnlySpan<T> margins)
        where T : unmanaged
    {
        Span<byte> array = stackalloc byte[XGBoostJson.Length];
        int groups = margins.Length / rows;
        fixed (T* values = margins)
        fixed (byte* text = array)
        fixed (byte* field = "base_margin"u8)
        {
            XGBoostJson.WriteArray(array, values, rows, groups, groups);
            XGBoostStatus.Check(XGBoostImports.XGDMatrixSetInfoFromInterface(matrix, field, text));
        }
    }

    private static void SetThreads(SafeXGBoosterHandle booster, int threads)
    {
        Span<byte> number = stackalloc byte[16];
        XGBoostJson.WriteNumber(number, threads);
        fixed (byte* name = "nthread"u8)
        fixed (byte* value = number)
        {
            XGBoostStatus.Check(XGBoostImports.XGBoosterSetParam(booster, name, value));
        }
    }

    private ReadOnlySpan<float> PredictFromMatrix(SafeDMatrixHandle matrix, XGBoostCall call, int expected)
    {
        byte* config = stackalloc byte[XGBoostJson.Length];
        XGBoostJson.WriteCall(new Span<byte>(config, XGBoostJson.Length), call.Output, call.Begin, call.End);
        ulong* shape;
        ulong dimensions;
        float* result;
        XGBoostStatus.Check(XGBoostImports.XGBoosterPredictFromDMatrix(_booster, matrix, config, &shape, &dimensions, &result));
        return Answer(shape, dimensions, result, expected, nameof(XGBoostImports.XGBoosterPredictFromDMatrix));
    }

    /// <summary>The library's answer, which is valid until its next call on this thread.</summary>
    private static ReadOnlySpan<float> Answer(ulong* shape, ulong dimensions, float* result, int expected, string function)
    {
        ulong length = 1;
        for (ulong i = 0; i < dimensions; i++)
        {
            length = checked(length * shape[i]);
        }

        return length == (ulong)expected
            ? MemoryMarshal.CreateReadOnlySpan(ref *result, expected)
            : throw new NativeCallFailure(NativeKind.XGBoost, function, $"it answered {length} numbers, {expected} were expected");
    }
}
