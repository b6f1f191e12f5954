using System.Runtime.InteropServices;
using Inference.Native.Loading;

namespace Inference.Native.OnnxRuntime;

/// <summary>Reads what a session says of its inputs and outputs.</summary>
internal static unsafe class OrtPorts
{
    /// <summary>The inputs, without those that the model initialises itself.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static OrtPort[] Inputs(OrtApi.Session* session, OrtEnvironment environment)
    {
        nuint count;
        OrtStatus.Check(OrtApi.SessionGetInputCount(session, &count), nameof(OrtApi.SessionGetInputCount));
        OrtPort[] ports = new OrtPort[count];
        for (nuint i = 0; i < count; i++)
        {
            byte* name;
            OrtApi.TypeInfo* type;
            OrtStatus.Check(OrtApi.SessionGetInputName(session, i, environment.Allocator, &name), nameof(OrtApi.SessionGetInputName));
            string text = environment.TakeText(name);
            OrtStatus.Check(OrtApi.SessionGetInputTypeInfo(session, i, &type), nameof(OrtApi.SessionGetInputTypeInfo));
            ports[i] = Take(text, type);
        }

        return ports;
    }

    /// <summary>The outputs.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static OrtPort[] Outputs(OrtApi.Session* session, OrtEnvironment environment)
    {
        nuint count;
        OrtStatus.Check(OrtApi.SessionGetOutputCount(session, &count), nameof(OrtApi.SessionGetOutputCount));
        OrtPort[] ports = new OrtPort[count];
        for (nuint i = 0; i < count; i++)
        {
            byte* name;
            OrtApi.TypeInfo* type;
            OrtStatus.Check(OrtApi.SessionGetOutputName(session, i, environment.Allocator, &name), nameof(OrtApi.SessionGetOutputName));
            string text = environment.TakeText(name);
            OrtStatus.Check(OrtApi.SessionGetOutputTypeInfo(session, i, &type), nameof(OrtApi.SessionGetOutputTypeInfo));
            ports[i] = Take(text, type);
        }

        return ports;
    }

    private static OrtPort Take(string name, OrtApi.TypeInfo* type)
    {
        try
        {
            return Read(name, type);
        }
        finally
        {
            OrtApi.ReleaseTypeInfo(type);
        }
    }

    private static OrtPort Read(string name, OrtApi.TypeInfo* type)
    {
        int kind;
        OrtStatus.Check(OrtApi.GetOnnxTypeFromTypeInfo(type, &kind), nameof(OrtApi.GetOnnxTypeFromTypeInfo));
        return kind switch
        {
            OrtPort.Tensor => ReadTensor(name, type),
            OrtPort.Sequence => ReadSequence(name, type),
            OrtPort.Map => ReadMap(name, type),
            _ => new OrtPort(name, kind, 0, 0, [], []),
        };
    }

    private static OrtPort ReadTensor(string name, OrtApi.TypeInfo* type)
    {
        OrtApi.TensorInfo* tensor;
        OrtStatus.Check(OrtApi.CastTypeInfoToTensorInfo(type, &tensor), nameof(OrtApi.CastTypeInfoToTensorInfo));
        int element;
        nuint rank;
        OrtStatus.Check(OrtApi.GetTensorElementType(tensor, &element), nameof(OrtApi.GetTensorElementType));
        OrtStatus.Check(OrtApi.GetDimensionsCount(tensor, &rank), nameof(OrtApi.GetDimensionsCount));
        long[] dimensions = new long[rank];
        string[] symbols = new string[rank];
        nint[] names = new nint[rank];
        fixed (long* places = dimensions)
        fixed (nint* texts = names)
        {
            OrtStatus.Check(OrtApi.GetDimensions(tensor, places, rank), nameof(OrtApi.GetDimensions));
            OrtStatus.Check(OrtApi.GetSymbolicDimensions(tensor, (byte**)texts, rank), nameof(OrtApi.GetSymbolicDimensions));
        }

        for (int i = 0; i < symbols.Length; i++)
        {
            symbols[i] = dimensions[i] < 0 ? Marshal.PtrToStringUTF8(names[i]) ?? "" : "";
        }

        return new OrtPort(name, OrtPort.Tensor, element, 0, dimensions, symbols);
    }

    /// <summary>Of sequences only those of maps are described further: converters' ZipMap makes them.</summary>
    private static OrtPort ReadSequence(string name, OrtApi.TypeInfo* type)
    {
        OrtApi.SequenceTypeInfo* sequence;
        OrtApi.TypeInfo* element;
        OrtStatus.Check(OrtApi.CastTypeInfoToSequenceTypeInfo(type, &sequence), nameof(OrtApi.CastTypeInfoToSequenceTypeInfo));
        OrtStatus.Check(OrtApi.GetSequenceElementType(sequence, &element), nameof(OrtApi.GetSequenceElementType));
        OrtPort inner = Take(name, element);
        return inner.Kind == OrtPort.Map ? inner with { Kind = OrtPort.Sequence } : new OrtPort(name, OrtPort.Sequence, 0, 0, [], []);
    }

    private static OrtPort ReadMap(string name, OrtApi.TypeInfo* type)
    {
        OrtApi.MapTypeInfo* map;
        OrtApi.TypeInfo* value;
        int key;
        OrtStatus.Check(OrtApi.CastTypeInfoToMapTypeInfo(type, &map), nameof(OrtApi.CastTypeInfoToMapTypeInfo));
        OrtStatus.Check(OrtApi.GetMapKeyType(map, &key), nameof(OrtApi.GetMapKeyType));
        OrtStatus.Check(OrtApi.GetMapValueType(map, &value), nameof(OrtApi.GetMapValueType));
        return Take(name, value) with { Kind = OrtPort.Map, KeyType = key, Dimensions = [], Symbols = [] };
    }
}
