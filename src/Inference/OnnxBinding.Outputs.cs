using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Inference.Backends;
using Inference.Native.Loading;
using Inference.Native.OnnxRuntime;

namespace Inference;

/// <content>Outputs.</content>
public sealed partial class OnnxBinding
{
    /// <summary>An output of numbers of the last run.</summary>
    /// <typeparam name="T">The output's element type.</typeparam>
    /// <param name="name">The output.</param>
    /// <returns>The elements, row-major, in memory of the binding's; the next run writes over them.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The type is none of ONNX's.</exception>
    /// <exception cref="SchemaMismatchException">The name or type is not the model's.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed.</exception>
    /// <exception cref="InvalidOperationException">No run has succeeded, or another thread uses the binding.</exception>
    public ReadOnlySpan<T> Output<T>(string name)
        where T : unmanaged => Output<T>(name, out _);

    /// <summary>An output of numbers of the last run, and its shape.</summary>
    /// <typeparam name="T">The output's element type.</typeparam>
    /// <param name="name">The output.</param>
    /// <param name="shape">The lengths of the dimensions; the next run writes over them.</param>
    /// <returns>The elements, row-major, in memory of the binding's; the next run writes over them.</returns>
    /// <inheritdoc cref="Output{T}(string)" path="/exception"/>
    public ReadOnlySpan<T> Output<T>(string name, out ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        using Turn turn = Enter();
        OnnxOutput output = Ready(name, OnnxValueKind.Tensor, OnnxElements.TypeOf<T>());
        shape = output.Shape;
        return MemoryMarshal.Cast<byte, T>(output.Bytes);
    }

    /// <summary>An output of texts of the last run.</summary>
    /// <param name="name">The output.</param>
    /// <returns>The elements, row-major, made at each call.</returns>
    /// <inheritdoc cref="Output{T}(string)" path="/exception"/>
    public string[] OutputTexts(string name) => OutputTexts(name, out _);

    /// <summary>An output of texts of the last run, and its shape.</summary>
    /// <param name="name">The output.</param>
    /// <param name="shape">The lengths of the dimensions; the next run writes over them.</param>
    /// <returns>The elements, row-major, made at each call.</returns>
    /// <inheritdoc cref="Output{T}(string)" path="/exception"/>
    public string[] OutputTexts(string name, out ReadOnlySpan<int> shape)
    {
        using Turn turn = Enter();
        OnnxOutput output = Ready(name, OnnxValueKind.Tensor, OnnxElementType.String);
        shape = output.Shape;
        return output.Texts();
    }

    /// <summary>An output of maps of the last run, as scikit-learn's converters write probabilities unless asked not to (<c>zipmap=False</c>).</summary>
    /// <typeparam name="TKey">long or string, as the model's keys are.</typeparam>
    /// <param name="name">The output.</param>
    /// <returns>A map for each row, made at each call: the class and its probability.</returns>
    /// <inheritdoc cref="Output{T}(string)" path="/exception"/>
    /// <exception cref="NativeCallException">ONNX Runtime refused.</exception>
    public IReadOnlyList<IReadOnlyDictionary<TKey, float>> OutputMaps<TKey>(string name)
        where TKey : notnull
    {
        using Turn turn = Enter();
        OnnxOutput output = Ready(name, OnnxValueKind.Maps, OnnxElementType.Single);
        if ((output.Info.KeyType == OnnxElementType.Int64 ? typeof(long) : typeof(string)) != typeof(TKey))
        {
            throw new SchemaMismatchException($"{_session.Name}, output {name}: keys of {typeof(TKey).Name}; the model gives {output.Info}");
        }

        try
        {
            using OrtOutputs outputs = _native.Outputs();
            Dictionary<TKey, float>[] maps = new Dictionary<TKey, float>[outputs.CountMaps(output.Index)];
            for (int i = 0; i < maps.Length; i++)
            {
                (Array keys, float[] values) = outputs.ReadMap(output.Index, i);
                maps[i] = ((TKey[])keys).Zip(values).ToDictionary(pair => pair.First, pair => pair.Second);
            }

            return maps;
        }
        catch (NativeCallFailure failure)
        {
            throw NativeFailures.Translate(failure, _session.Name);
        }
    }

    /// <summary>A copy of an output.</summary>
    internal OnnxTensor ToTensor(string name)
    {
        using Turn turn = Enter();
        return Output(name).ToTensor();
    }

    private OnnxOutput Ready(string name, OnnxValueKind kind, OnnxElementType type)
    {
        OnnxOutput output = Output(name);
        if (output.Info.Kind != kind || output.Info.ElementType != type)
        {
            throw new SchemaMismatchException($"{_session.Name}, output {name}: {kind} of {type}; the model gives {output.Info}");
        }

        return _hasRun ? output : throw new InvalidOperationException($"{_session.Name}, output {name}: no run; a run that succeeded");
    }
}
