using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Inference.Cli.Verification;

/// <summary>ONNX Runtime on one thread, which runs the whole graph and answers with what it gives out: values, no margins and no leaves.</summary>
internal sealed class OnnxRuntimeEngine : VerifiedEngine, IDisposable
{
    private readonly OnnxSession _session;
    private readonly OnnxBinding _binding;
    private readonly OnnxValueInfo _input;
    private readonly OnnxValueInfo _output;
    private readonly IReadOnlyList<string> _classes;

    private OnnxRuntimeEngine(OnnxSession session, OnnxValueInfo input, OnnxValueInfo output, IReadOnlyList<string> classes)
        : base(FormatNames.Key(EngineKind.Native), Library().Kernel, Library().Reason)
    {
        (_session, _input, _output, _classes) = (session, input, output, classes);
        _binding = session.Bind();
    }

    /// <inheritdoc/>
    public override bool IsNative => true;

    /// <summary>Loads a graph.</summary>
    /// <returns><see langword="null"/>, and the reason, where the library cannot be had or the graph takes or gives what cannot be compared.</returns>
    public static OnnxRuntimeEngine? TryLoad(string path, BoosterInfo info, out string? leftOut)
    {
        OnnxSession session;
        try
        {
            session = OnnxSession.Load(path);
        }
        catch (InferenceException exception) when (exception is NativeLibraryException or NativeCallException or ModelNotSupportedException)
        {
            leftOut = exception.Message;
            return null;
        }

        OnnxValueInfo[] outputs = [.. session.Outputs.Where(output => AreNumbers(output, info))];
        leftOut = session.Inputs is not [{ Kind: OnnxValueKind.Tensor, ElementType: OnnxElementType.Single or OnnxElementType.Double }]
            ? $"the graph takes {string.Join("; ", session.Inputs)}, not one table of float or double"
            : outputs.Length != 1 ? $"the graph gives {string.Join("; ", session.Outputs)}, not one table of values of the model's type"
            : null;
        if (leftOut is null)
        {
            OnnxRuntimeEngine engine = new(session, session.Inputs[0], outputs[0], info.Classes);
            leftOut = engine.RefuseWidth(info);
            if (leftOut is null)
            {
                return engine;
            }

            engine.Dispose();
        }

        session.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public override bool Answers(PredictionKind kind) => kind == PredictionKind.Value;

    /// <inheritdoc/>
    public override void Run<TRow, TResult>(PredictionKind kind, ReadOnlySpan<TRow> rows, Span<TResult> results)
    {
        if (typeof(TRow) == typeof(float))
        {
            Ask(MemoryMarshal.Cast<TRow, float>(rows));
        }
        else
        {
            Ask(MemoryMarshal.Cast<TRow, double>(rows));
        }

        if (typeof(TResult) == typeof(float))
        {
            Answer<float>().CopyTo(MemoryMarshal.Cast<TResult, float>(results));
        }
        else
        {
            Answer<double>().CopyTo(MemoryMarshal.Cast<TResult, double>(results));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
    }

    private static (string Kernel, string Reason) Library()
    {
        NativeLibraryInfo library = NativeLibraries.Warm(NativeLibraryKind.OnnxRuntime);
        return ($"ONNX Runtime {library.Version}", $"it runs the whole graph, {library.Path}");
    }

    /// <summary>Labels are no values, and what is float32 at the end alone has other last places.</summary>
    private static bool AreNumbers(OnnxValueInfo output, BoosterInfo info) =>
        output.ElementType == (info.ScoresInDouble ? OnnxElementType.Double : OnnxElementType.Single)
        && (output.Kind == OnnxValueKind.Tensor || (output.Kind == OnnxValueKind.Maps && info.Classes.Count == info.ValueCount));

    private string? RefuseWidth(BoosterInfo info)
    {
        Ask<float>(new float[info.Features.Count]);
        int width = info.ScoresInDouble ? Answer<double>().Length : Answer<float>().Length;
        return width == info.ValueCount ? null : $"the graph gives {width} values for a row, the model {info.ValueCount}";
    }

    private void Ask<TRow>(ReadOnlySpan<TRow> rows)
        where TRow : unmanaged, INumber<TRow>
    {
        if (_input.ElementType == OnnxElementType.Single)
        {
            _binding.SetInput<float>(_input.Name, Array.ConvertAll(rows.ToArray(), float.CreateTruncating));
        }
        else
        {
            _binding.SetInput<double>(_input.Name, Array.ConvertAll(rows.ToArray(), double.CreateTruncating));
        }

        _binding.Run();
    }

    private ReadOnlySpan<T> Answer<T>()
        where T : unmanaged
    {
        return _output.Kind == OnnxValueKind.Tensor ? _binding.Output<T>(_output.Name)
            : MemoryMarshal.Cast<float, T>(_output.KeyType == OnnxElementType.Int64
                ? InOrder(_binding.OutputMaps<long>(_output.Name))
                : InOrder(_binding.OutputMaps<string>(_output.Name)));
    }

    /// <summary>The values of maps in the order of the model's classes.</summary>
    private float[] InOrder<TKey>(IReadOnlyList<IReadOnlyDictionary<TKey, float>> maps)
        where TKey : notnull, IParsable<TKey>
    {
        TKey[] keys = [.. _classes.Select(name => TKey.Parse(name, System.Globalization.CultureInfo.InvariantCulture))];
        return [.. maps.SelectMany(map => keys.Select(key => map[key]))];
    }
}
