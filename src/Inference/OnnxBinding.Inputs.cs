using System;
using System.Runtime.InteropServices;
using Inference.Backends;
using Inference.Native.Loading;
using Inference.Native.OnnxRuntime;
using Inference.Native.Platform;

namespace Inference;

/// <content>Inputs.</content>
public sealed partial class OnnxBinding
{
    /// <summary>Sets an input of numbers. It stays set for later runs.</summary>
    /// <typeparam name="T">The input's element type.</typeparam>
    /// <param name="name">The input.</param>
    /// <param name="values">The elements, row-major; copied.</param>
    /// <param name="shape">The lengths of the dimensions.</param>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The shape has another number of elements, or the type is none of ONNX's.</exception>
    /// <exception cref="SchemaMismatchException">The name, type or shape is not the model's.</exception>
    /// <exception cref="ObjectDisposedException">The binding was disposed.</exception>
    /// <exception cref="InvalidOperationException">Another thread uses the binding.</exception>
    /// <exception cref="NativeCallException">ONNX Runtime refused.</exception>
    public void SetInput<T>(string name, ReadOnlySpan<T> values, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        using Turn turn = Enter();
        OnnxInput input = Input(name);
        input.CheckType(OnnxElements.TypeOf<T>(), _session.Name);
        CheckCount(values.Length, shape);
        Write(input, MemoryMarshal.AsBytes(values), shape);
    }

    /// <summary>Sets an input of numbers whose dimensions are the model's but for one, the number of rows. It stays set for later runs.</summary>
    /// <typeparam name="T">The input's element type.</typeparam>
    /// <param name="name">The input.</param>
    /// <param name="values">The elements, row-major, whole rows; copied.</param>
    /// <inheritdoc cref="SetInput{T}(string, ReadOnlySpan{T}, ReadOnlySpan{int})" path="/exception"/>
    public void SetInput<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        using Turn turn = Enter();
        OnnxInput input = Input(name);
        input.CheckType(OnnxElements.TypeOf<T>(), _session.Name);
        Span<int> shape = stackalloc int[OrtOwnedValue.MaxRank];
        Write(input, MemoryMarshal.AsBytes(values), input.InferShape(values.Length, shape, _session.Name));
    }

    /// <summary>Sets an input of texts. It stays set for later runs.</summary>
    /// <param name="name">The input.</param>
    /// <param name="values">The elements, row-major; copied as UTF-8.</param>
    /// <param name="shape">The lengths of the dimensions.</param>
    /// <inheritdoc cref="SetInput{T}(string, ReadOnlySpan{T}, ReadOnlySpan{int})" path="/exception"/>
    public void SetInput(string name, ReadOnlySpan<string> values, ReadOnlySpan<int> shape)
    {
        using Turn turn = Enter();
        OnnxInput input = Input(name);
        input.CheckType(OnnxElementType.String, _session.Name);
        CheckCount(values.Length, shape);
        WriteTexts(input, values, shape);
    }

    /// <summary>Sets an input of texts whose dimensions are the model's but for one, the number of rows. It stays set for later runs.</summary>
    /// <param name="name">The input.</param>
    /// <param name="values">The elements, row-major, whole rows; copied as UTF-8.</param>
    /// <inheritdoc cref="SetInput{T}(string, ReadOnlySpan{T}, ReadOnlySpan{int})" path="/exception"/>
    public void SetInput(string name, ReadOnlySpan<string> values)
    {
        using Turn turn = Enter();
        OnnxInput input = Input(name);
        input.CheckType(OnnxElementType.String, _session.Name);
        Span<int> shape = stackalloc int[OrtOwnedValue.MaxRank];
        WriteTexts(input, values, input.InferShape(values.Length, shape, _session.Name));
    }

    /// <summary>Sets an input. It stays set for later runs.</summary>
    /// <param name="name">The input.</param>
    /// <param name="tensor">The tensor; copied.</param>
    /// <inheritdoc cref="SetInput{T}(string, ReadOnlySpan{T}, ReadOnlySpan{int})" path="/exception"/>
    public void SetInput(string name, OnnxTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Turn turn = Enter();
        OnnxInput input = Input(name);
        input.CheckType(tensor.ElementType, _session.Name);
        if (tensor.Values is string[] texts)
        {
            WriteTexts(input, texts, tensor.Lengths);
            return;
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpan(
            ref MemoryMarshal.GetArrayDataReference(tensor.Values), tensor.Values.Length * OnnxElements.SizeOf(tensor.ElementType));
        Write(input, bytes, tensor.Lengths);
    }

    /// <summary>The memory of an input, to be filled in place: what <see cref="SetInput{T}(string, ReadOnlySpan{T}, ReadOnlySpan{int})"/> copies to.</summary>
    /// <typeparam name="T">The input's element type.</typeparam>
    /// <param name="name">The input.</param>
    /// <param name="shape">The lengths of the dimensions.</param>
    /// <returns>
    /// The elements, row-major: those of the run before where the batch did not grow. Valid until the input is set again;
    /// its content counts when the run starts.
    /// </returns>
    /// <inheritdoc cref="SetInput{T}(string, ReadOnlySpan{T}, ReadOnlySpan{int})" path="/exception"/>
    public Span<T> GetInput<T>(string name, ReadOnlySpan<int> shape)
        where T : unmanaged
    {
        using Turn turn = Enter();
        OnnxInput input = Input(name);
        OnnxElementType type = OnnxElements.TypeOf<T>();
        input.CheckType(type, _session.Name);
        if (_session.CopiesInputs)
        {
            throw new InvalidOperationException($"{_session.Name}: an input filled in place, with an execution provider that copies inputs when they are set; SetInput");
        }

        int length = ByteCount(shape, type);
        input.CheckShape(shape, _session.Name);
        input.Memory.Reserve(length);
        Bind(input, length, shape);
        return MemoryMarshal.Cast<byte, T>(input.Memory.Bytes(length));
    }

    private void Write(OnnxInput input, ReadOnlySpan<byte> values, ReadOnlySpan<int> shape)
    {
        if (!input.IsShaped(shape))
        {
            input.CheckShape(shape, _session.Name);
        }

        // Copied before it is bound: some execution providers take their copy there and then.
        input.Memory.Reserve(values.Length);
        values.CopyTo(input.Memory.Bytes(values.Length));
        Bind(input, values.Length, shape);
    }

    private void Bind(OnnxInput input, int length, ReadOnlySpan<int> shape)
    {
        try
        {
            _isReshaped |= input.Bind(_native, length, shape, _session.CopiesInputs);
        }
        catch (NativeCallFailure failure)
        {
            throw NativeFailures.Translate(failure, _session.Name);
        }
    }

    private void WriteTexts(OnnxInput input, ReadOnlySpan<string> values, ReadOnlySpan<int> shape)
    {
        input.CheckShape(shape, _session.Name);
        foreach (string value in values)
        {
            ArgumentNullException.ThrowIfNull(value, nameof(values));
        }

        try
        {
            _isReshaped |= input.BindTexts(_native, values, shape);
        }
        catch (NativeCallFailure failure)
        {
            throw NativeFailures.Translate(failure, _session.Name);
        }
    }

    private static void CheckCount(int values, ReadOnlySpan<int> shape)
    {
        int count = OnnxElements.Count(shape, nameof(shape));
        if (values != count)
        {
            throw new ArgumentException($"{values} elements for [{OnnxElements.Text(shape)}]; {count}", nameof(values));
        }
    }

    private static int ByteCount(ReadOnlySpan<int> shape, OnnxElementType type)
    {
        long bytes = (long)OnnxElements.Count(shape, nameof(shape)) * OnnxElements.SizeOf(type);
        return bytes <= PinnedMemory.MaxLength
            ? (int)bytes
            : throw new ArgumentException($"[{OnnxElements.Text(shape)}], {bytes} bytes; at most {PinnedMemory.MaxLength}", nameof(shape));
    }
}
