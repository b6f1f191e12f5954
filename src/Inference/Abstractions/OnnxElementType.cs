using System.Diagnostics.CodeAnalysis;

namespace Inference;

/// <summary>The type of a tensor's elements. The numbers are those of ONNX's TensorProto.DataType, the names those of .NET's types.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "the names of the types are what it lists")]
public enum OnnxElementType
{
    /// <summary>Not said, or a type that .NET has none for (bfloat16, complex numbers, numbers of 4 or 8 bits).</summary>
    Undefined = 0,

    /// <summary>float32: <see cref="float"/>.</summary>
    Single = 1,

    /// <summary>uint8: <see cref="byte"/>.</summary>
    Byte = 2,

    /// <summary>int8: <see cref="sbyte"/>.</summary>
    SByte = 3,

    /// <summary>uint16: <see cref="ushort"/>.</summary>
    UInt16 = 4,

    /// <summary>int16: <see cref="short"/>.</summary>
    Int16 = 5,

    /// <summary>int32: <see cref="int"/>.</summary>
    Int32 = 6,

    /// <summary>int64: <see cref="long"/>.</summary>
    Int64 = 7,

    /// <summary>Text: <see cref="string"/>.</summary>
    String = 8,

    /// <summary>bool: <see cref="bool"/>.</summary>
    Boolean = 9,

    /// <summary>float16: <see cref="System.Half"/>.</summary>
    Half = 10,

    /// <summary>float64: <see cref="double"/>.</summary>
    Double = 11,

    /// <summary>uint32: <see cref="uint"/>.</summary>
    UInt32 = 12,

    /// <summary>uint64: <see cref="ulong"/>.</summary>
    UInt64 = 13,
}
