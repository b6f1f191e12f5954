using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using Inference.Native.OnnxRuntime;
using Inference.Native.Platform;

namespace Inference.Backends;

/// <summary>An output of a binding: what the model declares, and what the last run gave.</summary>
/// <remarks>
/// Where the declared shape follows from the inputs' the run writes straight into memory of ours, bound once. Elsewhere the
/// run allocates, and the answer is copied before the call returns.
/// </remarks>
internal sealed class OnnxOutput(OnnxValueInfo info, int index)
{
    private readonly PinnedMemory _memory = new();
    private readonly int[] _inferred = new int[info.Dimensions.Count];
    private long[] _found = [];
    private int[] _shape = [];
    private nuint[] _offsets = [];
    private bool _isDeclaredFalsely;
    private int _rank;
    private int _count;
    private int _length;

    /// <summary>What the model declares.</summary>
    public OnnxValueInfo Info { get; } = info;

    /// <summary>Its place among the outputs.</summary>
    public int Index { get; } = index;

    /// <summary>Whether runs write into our memory.</summary>
    public bool IsBound { get; private set; }

    /// <summary>The shape that the last run gave.</summary>
    public ReadOnlySpan<int> Shape => _shape.AsSpan(0, _rank);

    /// <summary>The bytes of the elements that the last run gave.</summary>
    public ReadOnlySpan<byte> Bytes => _memory.Bytes(_length);

    /// <summary>Gets ready for a run.</summary>
    /// <param name="native">The binding.</param>
    /// <param name="symbols">The lengths of the open dimensions that the inputs decide; <see langword="null"/> where they did not change.</param>
    public void Prepare(OrtBinding native, IReadOnlyDictionary<string, int>? symbols)
    {
        if (symbols is not null)
        {
            IsBound = false;
            if (TryInfer(symbols, out int length))
            {
                Bind(native, length);
            }
        }

        if (!IsBound)
        {
            native.FreeOutput(Index);
        }
    }

    /// <summary>Leaves the output to the next run.</summary>
    public void Free(OrtBinding native)
    {
        IsBound = false;
        native.FreeOutput(Index);
    }

    /// <summary>Leaves the output to the runs for good, whatever the model declares.</summary>
    public void Distrust() => _isDeclaredFalsely = true;

    /// <summary>Copies what a run allocated.</summary>
    /// <exception cref="ModelNotSupportedException">It is larger than a span can be.</exception>
    public void Take(in OrtOutputs outputs, string source)
    {
        if (IsBound || !IsReadable(Info))
        {
            return;
        }

        int rank = outputs.ReadShape(Index, ref _found, out _);
        long count = 1;
        for (int i = 0; i < rank; i++)
        {
            count = count > int.MaxValue || _found[i] > int.MaxValue ? long.MaxValue : count * _found[i];
        }

        if (count > PinnedMemory.MaxLength / Math.Max(1, OnnxElements.SizeOf(Info.ElementType)))
        {
            throw new ModelNotSupportedException(
                source, $"output {Info.Name}", $"[{string.Join(", ", _found.AsSpan(0, rank).ToArray())}]", $"at most {PinnedMemory.MaxLength.ToString(CultureInfo.InvariantCulture)} bytes");
        }

        Keep(_found.AsSpan(0, rank), (int)count);
        if (Info.ElementType == OnnxElementType.String)
        {
            _length = outputs.CopyTexts(Index, _memory, ref _offsets, _count);
            return;
        }

        _length = _count * OnnxElements.SizeOf(Info.ElementType);
        _memory.Reserve(_length);
        outputs.CopyNumbers(Index, _memory.Bytes(_length));
    }

    /// <summary>Whether an output is a tensor of elements that .NET has a type for.</summary>
    public static bool IsReadable(OnnxValueInfo info) => info is { Kind: OnnxValueKind.Tensor, ElementType: not OnnxElementType.Undefined };

    /// <summary>A copy of the last run's answer.</summary>
    public OnnxTensor ToTensor()
    {
        if (Info.ElementType == OnnxElementType.String)
        {
            return OnnxTensor.Output(Texts(), Info.ElementType, Shape);
        }

        Array values = OnnxElements.NewArray(Info.ElementType, _count);
        Bytes.CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(values), _length));
        return OnnxTensor.Output(values, Info.ElementType, Shape);
    }

    /// <summary>Makes the texts of the last run.</summary>
    public string[] Texts()
    {
        string[] texts = new string[_count];
        OrtOutputs.Decode(Bytes, _offsets.AsSpan(0, _count), texts);
        return texts;
    }

    private bool TryInfer(IReadOnlyDictionary<string, int> symbols, out int length)
    {
        length = 0;
        int size = OnnxElements.SizeOf(Info.ElementType);
        if (_isDeclaredFalsely || Info.Kind != OnnxValueKind.Tensor || size == 0 || Info.Dimensions.Count is 0 or > OrtOwnedValue.MaxRank)
        {
            return false;
        }

        long bytes = size;
        for (int i = 0; i < _inferred.Length; i++)
        {
            OnnxDimension dimension = Info.Dimensions[i];
            if (dimension.Length is { } fixedLength)
            {
                _inferred[i] = fixedLength;
            }
            else if (dimension.Symbol is null || !symbols.TryGetValue(dimension.Symbol, out _inferred[i]) || _inferred[i] < 0)
            {
                return false;
            }

            bytes *= _inferred[i];
            if (bytes > PinnedMemory.MaxLength)
            {
                return false;
            }
        }

        length = (int)bytes;
        return true;
    }

    private void Bind(OrtBinding native, int length)
    {
        _memory.Reserve(length);
        native.SetOutput(Index, (int)Info.ElementType, _memory, length, _inferred);
        IsBound = true;
        _length = length;
        _count = length / OnnxElements.SizeOf(Info.ElementType);
        _rank = _inferred.Length;
        _shape = _inferred;
    }

    private void Keep(ReadOnlySpan<long> shape, int count)
    {
        if (_shape.Length < shape.Length || _shape == _inferred)
        {
            _shape = new int[shape.Length];
        }

        for (int i = 0; i < shape.Length; i++)
        {
            _shape[i] = (int)shape[i];
        }

        _rank = shape.Length;
        _count = count;
    }
}
