using System;
using Inference.Native.OnnxRuntime;
using Inference.Native.Platform;

namespace Inference.Backends;

/// <summary>An input of a binding: what the model declares, and what is bound.</summary>
internal sealed class OnnxInput(OnnxValueInfo info, int index)
{
    private int[] _shape = [];
    private int _rank;
    private byte[]? _bound;

    /// <summary>What the model declares.</summary>
    public OnnxValueInfo Info { get; } = info;

    /// <summary>Whether there is a value for the next run.</summary>
    public bool IsSet { get; private set; }

    /// <summary>The memory that runs read.</summary>
    public PinnedMemory Memory { get; } = new();

    /// <summary>The shape of the value.</summary>
    public ReadOnlySpan<int> Shape => _shape.AsSpan(0, _rank);

    /// <summary>Whether something stands that was bound with another shape.</summary>
    public bool IsShaped(ReadOnlySpan<int> shape) => IsSet && Shape.SequenceEqual(shape);

    /// <summary>Fails unless elements of a type fit.</summary>
    /// <exception cref="SchemaMismatchException">The model declares another type.</exception>
    public void CheckType(OnnxElementType type, string source)
    {
        if (Info.Kind != OnnxValueKind.Tensor || Info.ElementType != type)
        {
            throw new SchemaMismatchException($"{source}, input {Info.Name}: {type}; the model takes {Info}");
        }
    }

    /// <summary>Fails unless a shape fits what the model declares.</summary>
    /// <exception cref="SchemaMismatchException">A dimension, or the number of them, is another.</exception>
    public void CheckShape(ReadOnlySpan<int> shape, string source)
    {
        int declared = Info.Dimensions.Count;
        bool fits = shape.Length <= OrtOwnedValue.MaxRank && (declared == 0 || declared == shape.Length);
        for (int i = 0; fits && i < declared; i++)
        {
            fits = Info.Dimensions[i].Length is not { } length || length == shape[i];
        }

        if (!fits)
        {
            throw new SchemaMismatchException($"{source}, input {Info.Name}: [{OnnxElements.Text(shape)}]; the model takes {Info}");
        }
    }

    /// <summary>The shape of a number of elements, where the model leaves at most one dimension open.</summary>
    /// <param name="elements">The number.</param>
    /// <param name="buffer">Takes the lengths.</param>
    /// <param name="source">The model's name.</param>
    /// <returns>The used part of the buffer.</returns>
    /// <exception cref="SchemaMismatchException">The elements fill no whole number of rows, or more than one dimension is open.</exception>
    public ReadOnlySpan<int> InferShape(int elements, Span<int> buffer, string source)
    {
        Span<int> shape = buffer[..Math.Min(buffer.Length, Info.Dimensions.Count)];
        int open = -1;
        long known = 1;
        for (int i = 0; i < shape.Length; i++)
        {
            if (Info.Dimensions[i].Length is { } length)
            {
                shape[i] = length;
                known *= length;
            }
            else
            {
                open = open == -1 ? i : -2;
            }
        }

        if (open == -2)
        {
            throw new SchemaMismatchException($"{source}, input {Info.Name}: {elements} elements without a shape; a shape, since {Info} leaves more than one dimension open");
        }

        if (open >= 0 ? known == 0 || elements % known != 0 : known != elements)
        {
            throw new SchemaMismatchException($"{source}, input {Info.Name}: {elements} elements; the model takes {Info}");
        }

        if (open >= 0)
        {
            shape[open] = (int)(elements / known);
        }

        return shape;
    }

    /// <summary>Binds the memory, unless it is bound with this shape already.</summary>
    /// <returns>Whether the shape is another than before.</returns>
    public bool Bind(OrtBinding native, int length, ReadOnlySpan<int> shape, bool always)
    {
        bool same = IsShaped(shape);
        if (same && !always && _bound == Memory.Owner)
        {
            return false;
        }

        IsSet = false;
        native.SetInput(index, (int)Info.ElementType, Memory, length, shape);
        _bound = Memory.Owner;
        Keep(shape);
        return !same;
    }

    /// <summary>Binds texts.</summary>
    /// <returns>Whether the shape is another than before.</returns>
    public bool BindTexts(OrtBinding native, ReadOnlySpan<string> texts, ReadOnlySpan<int> shape)
    {
        bool same = IsShaped(shape);
        IsSet = false;
        native.SetTexts(index, texts, shape);
        Keep(shape);
        return !same;
    }

    private void Keep(ReadOnlySpan<int> shape)
    {
        if (_shape.Length < shape.Length)
        {
            _shape = new int[shape.Length];
        }

        shape.CopyTo(_shape);
        _rank = shape.Length;
        IsSet = true;
    }
}
