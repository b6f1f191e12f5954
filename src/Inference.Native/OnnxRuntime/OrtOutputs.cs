using System;
using System.Runtime.InteropServices;
using System.Text;
using Inference.Native.Loading;
using Inference.Native.Platform;

namespace Inference.Native.OnnxRuntime;

/// <summary>The outputs of a run, held while they are copied out of the library's memory.</summary>
internal readonly unsafe ref struct OrtOutputs
{
    private readonly OrtEnvironment _environment;
    private readonly OrtApi.Value** _values;

    internal OrtOutputs(OrtEnvironment environment, OrtApi.Value** values, int count)
    {
        _environment = environment;
        _values = values;
        Count = count;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>The shape and type of a tensor.</summary>
    /// <param name="index">The output.</param>
    /// <param name="shape">Takes the lengths of the dimensions; replaced by a longer one where it is too short.</param>
    /// <param name="elementType">ONNXTensorElementDataType.</param>
    /// <returns>The number of dimensions.</returns>
    /// <exception cref="NativeCallFailure">The library refused; the output is no tensor.</exception>
    public int ReadShape(int index, ref long[] shape, out int elementType) => ReadShape(_values[index], ref shape, out elementType);

    /// <summary>Copies the numbers of a tensor.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public void CopyNumbers(int index, Span<byte> target) => CopyNumbers(_values[index], target);

    /// <summary>Copies the texts of a tensor: UTF-8, one after the other.</summary>
    /// <param name="index">The output.</param>
    /// <param name="target">Takes the bytes.</param>
    /// <param name="offsets">Takes where each text begins; replaced by a longer one where it is too short.</param>
    /// <param name="count">The number of texts.</param>
    /// <returns>The number of bytes.</returns>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public int CopyTexts(int index, PinnedMemory target, ref nuint[] offsets, int count) => CopyTexts(_values[index], target, ref offsets, count);

    /// <summary>How many maps a sequence of maps holds.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public int CountMaps(int index)
    {
        nuint count;
        OrtStatus.Check(OrtApi.GetValueCount(_values[index], &count), nameof(OrtApi.GetValueCount));
        return checked((int)count);
    }

    /// <summary>Reads a map of a sequence of maps.</summary>
    /// <param name="index">The output.</param>
    /// <param name="map">The element of the sequence.</param>
    /// <returns>The keys, a long[] or a string[], and the values of the same order.</returns>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public (Array Keys, float[] Values) ReadMap(int index, int map)
    {
        using OrtOwnedValue whole = OrtOwnedValue.PartOf(_environment, _values[index], map);
        using OrtOwnedValue keys = OrtOwnedValue.PartOf(_environment, whole.Pointer, 0);
        using OrtOwnedValue values = OrtOwnedValue.PartOf(_environment, whole.Pointer, 1);
        const int String = 8;
        long[] shape = [];
        int rank = ReadShape(keys.Pointer, ref shape, out int keyType);
        int count = rank == 0 ? 1 : checked((int)shape[0]);
        float[] numbers = new float[count];
        CopyNumbers(values.Pointer, MemoryMarshal.AsBytes(numbers.AsSpan()));
        if (keyType != String)
        {
            long[] labels = new long[count];
            CopyNumbers(keys.Pointer, MemoryMarshal.AsBytes(labels.AsSpan()));
            return (labels, numbers);
        }

        PinnedMemory text = new();
        nuint[] offsets = [];
        int length = CopyTexts(keys.Pointer, text, ref offsets, count);
        string[] names = new string[count];
        Decode(text.Bytes(length), offsets, names);
        return (names, numbers);
    }

    /// <summary>Makes texts of what <see cref="CopyTexts(int, PinnedMemory, ref nuint[], int)"/> copied.</summary>
    public static void Decode(ReadOnlySpan<byte> bytes, ReadOnlySpan<nuint> offsets, Span<string> texts)
    {
        for (int i = 0; i < texts.Length; i++)
        {
            int begin = (int)offsets[i];
            int end = i + 1 < texts.Length ? (int)offsets[i + 1] : bytes.Length;
            texts[i] = Encoding.UTF8.GetString(bytes[begin..end]);
        }
    }

    /// <summary>Lets go of the outputs; the binding keeps its own hold on them.</summary>
    public void Dispose()
    {
        for (int i = 0; i < Count; i++)
        {
            OrtApi.ReleaseValue(_values[i]);
        }

        OrtStatus.Check(OrtApi.AllocatorFree(_environment.Allocator, _values), nameof(OrtApi.AllocatorFree));
    }

    private static int ReadShape(OrtApi.Value* value, ref long[] shape, out int elementType)
    {
        OrtApi.TensorInfo* info;
        OrtStatus.Check(OrtApi.GetTensorTypeAndShape(value, &info), nameof(OrtApi.GetTensorTypeAndShape));
        try
        {
            int type;
            nuint rank;
            OrtStatus.Check(OrtApi.GetTensorElementType(info, &type), nameof(OrtApi.GetTensorElementType));
            OrtStatus.Check(OrtApi.GetDimensionsCount(info, &rank), nameof(OrtApi.GetDimensionsCount));
            if ((nuint)shape.Length < rank)
            {
                shape = new long[rank];
            }

            fixed (long* places = shape)
            {
                OrtStatus.Check(OrtApi.GetDimensions(info, places, rank), nameof(OrtApi.GetDimensions));
            }

            elementType = type;
            return (int)rank;
        }
        finally
        {
            OrtApi.ReleaseTensorTypeAndShapeInfo(info);
        }
    }

    private static void CopyNumbers(OrtApi.Value* value, Span<byte> target)
    {
        void* data;
        OrtStatus.Check(OrtApi.GetTensorMutableData(value, &data), nameof(OrtApi.GetTensorMutableData));
        new ReadOnlySpan<byte>(data, target.Length).CopyTo(target);
    }

    private static int CopyTexts(OrtApi.Value* value, PinnedMemory target, ref nuint[] offsets, int count)
    {
        nuint length;
        OrtStatus.Check(OrtApi.GetStringTensorDataLength(value, &length), nameof(OrtApi.GetStringTensorDataLength));
        target.Reserve(checked((int)length));
        if (offsets.Length < count)
        {
            offsets = new nuint[count];
        }

        fixed (nuint* places = offsets)
        {
            OrtStatus.Check(
                OrtApi.GetStringTensorContent(value, target.Pointer, length, places, (nuint)count), nameof(OrtApi.GetStringTensorContent));
        }

        return (int)length;
    }
}
