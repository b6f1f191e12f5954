using System;
using System.Collections.Generic;
using System.Globalization;
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
    private readonly BoosterInfo _info;

    private OnnxRuntimeEngine(OnnxSession session, OnnxValueInfo output, BoosterInfo info, NativeLibraryInfo library)
        : base(FormatNames.Key(EngineKind.Native), $"ONNX Runtime {library.Version}", $"it runs the whole graph, {library.Path}")
    {
        (_session, _input, _output, _info) = (session, session.Inputs[0], output, info);
        _binding = session.Bind();
    }

    /// <inheritdoc/>
    public override bool IsNative => true;

    /// <summary>Whether the graph takes one row at once, not any number.</summary>
    private bool TakesOneRow => _input.Dimensions is [{ Length: 1 }, _];

    /// <summary>Loads a graph, and runs it once.</summary>
    /// <returns><see langword="null"/>, and the reason, where the library cannot be had or the graph takes or gives what cannot be compared.</returns>
    public static OnnxRuntimeEngine? TryLoad(string path, BoosterInfo info, out string? leftOut)
    {
        OnnxSession? session = null;
        OnnxRuntimeEngine? engine = null;
        try
        {
            session = OnnxSession.Load(path);
            leftOut = Refuse(session, info, out OnnxValueInfo? output);
            if (output is not null)
            {
                engine = new OnnxRuntimeEngine(session, output, info, NativeLibraries.Warm(NativeLibraryKind.OnnxRuntime));
                leftOut = engine.RefuseAnswer();
            }
        }
        catch (InferenceException exception)
        {
            leftOut = exception.Message;
        }

        if (leftOut is null)
        {
            return engine;
        }

        engine?.Dispose();
        session?.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public override bool Answers(PredictionKind kind) => kind == PredictionKind.Value;

    /// <inheritdoc/>
    public override void Run<TRow, TResult>(PredictionKind kind, ReadOnlySpan<TRow> rows, Span<TResult> results)
    {
        int columns = _info.Features.Count, values = _info.ValueCount;
        int count = results.Length / values;
        int most = TakesOneRow ? 1 : count;
        for (int start = 0; start < count; start += most)
        {
            ReadOnlySpan<TRow> some = rows.Slice(start * columns, most * columns);
            if (typeof(TRow) == typeof(float))
            {
                Ask(MemoryMarshal.Cast<TRow, float>(some), most);
            }
            else
            {
                Ask(MemoryMarshal.Cast<TRow, double>(some), most);
            }

            Answer<TResult>().CopyTo(results.Slice(start * values, most * values));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
    }

    /// <summary>What cannot be compared; else the output that can.</summary>
    private static string? Refuse(OnnxSession session, BoosterInfo info, out OnnxValueInfo? output)
    {
        output = null;
        if (session.Inputs is not [{ Kind: OnnxValueKind.Tensor, ElementType: OnnxElementType.Single or OnnxElementType.Double } input])
        {
            return $"the graph takes {string.Join("; ", session.Inputs)}, not one table of float or double";
        }

        if (input.Dimensions is [{ Length: not (null or 1) } rows, _])
        {
            return $"the graph takes {rows} rows at once, neither one nor any number";
        }

        OnnxValueInfo[] outputs = [.. session.Outputs.Where(given => AreNumbers(given, info))];
        if (outputs.Length != 1)
        {
            return $"the graph gives {string.Join("; ", session.Outputs)}, not one table of values of the model's type";
        }

        output = outputs[0];
        return null;
    }

    /// <summary>Labels are no values, and what is float32 at the end alone has other last places.</summary>
    private static bool AreNumbers(OnnxValueInfo output, BoosterInfo info) =>
        output.Kind is OnnxValueKind.Tensor or OnnxValueKind.Maps
        && output.ElementType == (info.ScoresInDouble ? OnnxElementType.Double : OnnxElementType.Single);

    /// <summary>Runs the graph for one row, and says what of its answer cannot be compared.</summary>
    private string? RefuseAnswer()
    {
        Ask<float>(new float[_info.Features.Count], 1);
        if (_output.Kind == OnnxValueKind.Maps)
        {
            string[] classes = [.. Maps()[0].Keys];
            return _info.Classes.Count == _info.ValueCount && classes.ToHashSet().SetEquals(_info.Classes)
                ? null
                : $"the graph's classes are {string.Join(", ", classes)}, the model's {string.Join(", ", _info.Classes)}";
        }

        int width = _info.ScoresInDouble ? Answer<double>().Length : Answer<float>().Length;
        return width == _info.ValueCount ? null : $"the graph gives {width} values for a row, the model {_info.ValueCount}";
    }

    private void Ask<TRow>(ReadOnlySpan<TRow> rows, int count)
        where TRow : unmanaged, INumber<TRow>
    {
        // A shape, because the model may not say how long a row is.
        ReadOnlySpan<int> shape = [count, _info.Features.Count];
        if (_input.ElementType == OnnxElementType.Single)
        {
            _binding.SetInput<float>(_input.Name, Array.ConvertAll(rows.ToArray(), float.CreateTruncating), shape);
        }
        else
        {
            _binding.SetInput<double>(_input.Name, Array.ConvertAll(rows.ToArray(), double.CreateTruncating), shape);
        }

        _binding.Run();
    }

    private ReadOnlySpan<T> Answer<T>()
        where T : unmanaged => _output.Kind == OnnxValueKind.Tensor
            ? _binding.Output<T>(_output.Name)
            : MemoryMarshal.Cast<float, T>((float[])[.. Maps().SelectMany(map => _info.Classes.Select(name => map[name]))]);

    /// <summary>Maps from a class, as text, to its value: one for each row.</summary>
    private Dictionary<string, float>[] Maps() => _output.KeyType == OnnxElementType.Int64
        ? ByText(_binding.OutputMaps<long>(_output.Name))
        : ByText(_binding.OutputMaps<string>(_output.Name));

    private static Dictionary<string, float>[] ByText<TKey>(IReadOnlyList<IReadOnlyDictionary<TKey, float>> maps)
        where TKey : notnull =>
        [.. maps.Select(map => map.ToDictionary(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}"), pair => pair.Value))];
}
