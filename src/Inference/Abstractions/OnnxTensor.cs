using System;
using System.Collections.Generic;

namespace Inference;

/// <summary>A tensor of its own: an array and a shape. For calls of few lines; <see cref="OnnxBinding"/> copies less.</summary>
/// <remarks>Immutable but for the array, which it does not copy.</remarks>
public sealed class OnnxTensor
{
    private OnnxTensor(Array values, OnnxElementType elementType, int[] shape)
    {
        Values = values;
        ElementType = elementType;
        Lengths = shape;
    }

    /// <summary>The type of the elements.</summary>
    public OnnxElementType ElementType { get; }

    /// <summary>The lengths of the dimensions; none for a single number.</summary>
    public IReadOnlyList<int> Shape => Lengths;

    internal int[] Lengths { get; }

    /// <summary>The elements, row-major: a float[], a string[], ...</summary>
    public Array Values { get; }

    /// <summary>Makes a tensor of numbers.</summary>
    /// <typeparam name="T">A type of <see cref="OnnxElementType"/>.</typeparam>
    /// <param name="values">The elements, row-major; kept, not copied.</param>
    /// <param name="shape">The lengths of the dimensions; none for a row of all elements.</param>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The shape has another number of elements, or the type is none of ONNX's.</exception>
    public static OnnxTensor Of<T>(T[] values, params ReadOnlySpan<int> shape)
        where T : unmanaged => Make(values, OnnxElements.TypeOf<T>(), shape);

    /// <summary>Makes a tensor of texts.</summary>
    /// <param name="values">The elements, row-major; kept, not copied.</param>
    /// <param name="shape">The lengths of the dimensions; none for a row of all elements.</param>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The shape has another number of elements.</exception>
    public static OnnxTensor Of(string[] values, params ReadOnlySpan<int> shape) => Make(values, OnnxElementType.String, shape);

    /// <summary>The elements.</summary>
    /// <typeparam name="T">Their type.</typeparam>
    /// <exception cref="InvalidCastException">They are of another type.</exception>
    public T[] ToArray<T>() => Values as T[] ?? throw new InvalidCastException($"the elements are {ElementType}, not {typeof(T).Name}");

    /// <summary>Makes a tensor of one number and no dimension.</summary>
    /// <typeparam name="T">A type of <see cref="OnnxElementType"/>.</typeparam>
    /// <param name="value">The number.</param>
    /// <exception cref="ArgumentException">The type is none of ONNX's.</exception>
    public static OnnxTensor Scalar<T>(T value)
        where T : unmanaged => new(new[] { value }, OnnxElements.TypeOf<T>(), []);

    /// <summary>A tensor of a run's output.</summary>
    internal static OnnxTensor Output(Array values, OnnxElementType type, ReadOnlySpan<int> shape) => new(values, type, shape.ToArray());

    private static OnnxTensor Make(Array values, OnnxElementType type, ReadOnlySpan<int> shape)
    {
        ArgumentNullException.ThrowIfNull(values);
        int[] lengths = shape.IsEmpty ? [values.Length] : shape.ToArray();
        if (OnnxElements.Count(lengths, nameof(shape)) != values.Length)
        {
            throw new ArgumentException($"{values.Length} elements for [{OnnxElements.Text(lengths)}]", nameof(values));
        }

        return new OnnxTensor(values, type, lengths);
    }
}
