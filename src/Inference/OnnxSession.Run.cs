using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Inference.Backends;

namespace Inference;

/// <content>Runs of few lines, through bindings that the session keeps.</content>
public sealed partial class OnnxSession
{
    /// <summary>Runs a graph with one float input, and fills one float output. Allocates nothing once warm.</summary>
    /// <param name="values">The input, whole rows; all but one of its dimensions must be the model's own.</param>
    /// <param name="output">Filled with the output; exactly as long.</param>
    /// <param name="outputName">The output; <see langword="null"/> for the graph's only output of type float.</param>
    /// <exception cref="SchemaMismatchException">The graph has another number or type of inputs or outputs, or the values do not fit.</exception>
    /// <exception cref="ArgumentException"><paramref name="output"/> has another length than the output.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    /// <exception cref="NativeCallException">An operator failed.</exception>
    public void Run(ReadOnlySpan<float> values, Span<float> output, string? outputName = null)
    {
        OnnxBinding binding = Rent();
        try
        {
            ReadOnlySpan<float> found = RunSingle(binding, values, outputName);
            if (found.Length != output.Length)
            {
                throw new ArgumentException($"{output.Length} elements; the output has {found.Length}", nameof(output));
            }

            found.CopyTo(output);
        }
        finally
        {
            Return(binding);
        }
    }

    /// <summary>Runs a graph with one float input, and gives one float output.</summary>
    /// <param name="values">The input, whole rows; all but one of its dimensions must be the model's own.</param>
    /// <param name="outputName">The output; <see langword="null"/> for the graph's only output of type float.</param>
    /// <returns>The elements of the output, row-major.</returns>
    /// <inheritdoc cref="Run(ReadOnlySpan{float}, Span{float}, string?)" path="/exception[not(@cref='T:System.ArgumentException')]"/>
    public float[] Run(ReadOnlySpan<float> values, string? outputName = null)
    {
        OnnxBinding binding = Rent();
        try
        {
            return RunSingle(binding, values, outputName).ToArray();
        }
        finally
        {
            Return(binding);
        }
    }

    /// <summary>Runs any graph of tensors: names and tensors in, names and tensors out.</summary>
    /// <param name="inputs">A tensor for each input.</param>
    /// <param name="cancellationToken">Ends the run before its next operator; a single large operator is not interrupted.</param>
    /// <returns>Every output that is a tensor, by name; maps are read through <see cref="OnnxBinding.OutputMaps{TKey}"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="inputs"/> is <see langword="null"/>.</exception>
    /// <exception cref="SchemaMismatchException">A name, type or shape is not the model's.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    /// <exception cref="NativeCallException">An operator failed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public IReadOnlyDictionary<string, OnnxTensor> Run(IReadOnlyDictionary<string, OnnxTensor> inputs, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        string[] missing = [.. Inputs.Select(input => input.Name).Where(name => !inputs.ContainsKey(name))];
        string[] unknown = [.. inputs.Keys.Where(name => Inputs.All(input => input.Name != name))];
        if (missing.Length + unknown.Length > 0)
        {
            throw new SchemaMismatchException(
                $"{Name}: inputs {string.Join(", ", inputs.Keys)}; the model takes {string.Join("; ", Inputs)}", missing, unknown);
        }

        OnnxBinding binding = Rent();
        try
        {
            foreach ((string name, OnnxTensor tensor) in inputs)
            {
                binding.SetInput(name, tensor);
            }

            binding.Run(cancellationToken);
            return Outputs.Where(OnnxOutput.IsReadable).ToDictionary(output => output.Name, output => binding.ToTensor(output.Name));
        }
        finally
        {
            Return(binding);
        }
    }

    private ReadOnlySpan<float> RunSingle(OnnxBinding binding, ReadOnlySpan<float> values, string? outputName)
    {
        if (Inputs.Count != 1)
        {
            throw new SchemaMismatchException($"{Name}: one input; the model takes {string.Join("; ", Inputs)}");
        }

        outputName ??= SingleOutput();
        binding.SetInput(Inputs[0].Name, values);
        binding.Run();
        return binding.Output<float>(outputName);
    }

    private string SingleOutput()
    {
        string? only = null;
        for (int i = 0; i < Outputs.Count; i++)
        {
            if (Outputs[i] is { Kind: OnnxValueKind.Tensor, ElementType: OnnxElementType.Single })
            {
                only = only is null ? Outputs[i].Name : throw NoSingleOutput();
            }
        }

        return only ?? throw NoSingleOutput();
    }

    private SchemaMismatchException NoSingleOutput() => new($"{Name}: one float output without a name; the model gives {string.Join("; ", Outputs)}");

    private OnnxBinding Rent()
    {
        lock (_gate)
        {
            if (_spare.TryPop(out OnnxBinding? binding))
            {
                return binding;
            }
        }

        return Bind();
    }

    /// <summary>Keeps a binding for the next run, at most one for each processor.</summary>
    private void Return(OnnxBinding binding)
    {
        lock (_gate)
        {
            if (!_isDisposed && _spare.Count < Environment.ProcessorCount)
            {
                _spare.Push(binding);
                return;
            }
        }

        binding.Dispose();
    }
}
