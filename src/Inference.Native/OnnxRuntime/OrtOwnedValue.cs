using System;
using System.Text;
using Inference.Native.Loading;

namespace Inference.Native.OnnxRuntime;

/// <summary>An OrtValue for the length of a call: bindings count references of their own, so no value needs to live longer here.</summary>
internal readonly unsafe ref struct OrtOwnedValue
{
    /// <summary>More dimensions than any operator knows.</summary>
    public const int MaxRank = 64;

    private OrtOwnedValue(OrtApi.Value* value) => Pointer = value;

    /// <summary>The value.</summary>
    public OrtApi.Value* Pointer { get; }

    /// <summary>A tensor over memory of the caller's, who keeps it alive for as long as the value is used.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static OrtOwnedValue Over(OrtEnvironment environment, void* data, int length, ReadOnlySpan<int> shape, int elementType)
    {
        long* dimensions = stackalloc long[MaxRank];
        Widen(shape, dimensions);
        OrtApi.Value* value;
        OrtStatus.Check(
            OrtApi.CreateTensorWithDataAsOrtValue(environment.Memory, data, (nuint)length, dimensions, (nuint)shape.Length, elementType, &value),
            nameof(OrtApi.CreateTensorWithDataAsOrtValue));
        return new OrtOwnedValue(value);
    }

    /// <summary>A tensor of texts.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static OrtOwnedValue Texts(OrtEnvironment environment, ReadOnlySpan<string> texts, ReadOnlySpan<int> shape)
    {
        const int String = 8;
        long* dimensions = stackalloc long[MaxRank];
        Widen(shape, dimensions);
        OrtApi.Value* value;
        OrtStatus.Check(
            OrtApi.CreateTensorAsOrtValue(environment.Allocator, dimensions, (nuint)shape.Length, String, &value), nameof(OrtApi.CreateTensorAsOrtValue));
        OrtOwnedValue owned = new(value);
        try
        {
            for (int i = 0; i < texts.Length; i++)
            {
                // Written where the tensor keeps it: no copy with a zero at its end, so a text may hold zeros too.
                int length = Encoding.UTF8.GetByteCount(texts[i]);
                byte* place;
                OrtStatus.Check(
                    OrtApi.GetResizedStringTensorElementBuffer(value, (nuint)i, (nuint)length, &place), nameof(OrtApi.GetResizedStringTensorElementBuffer));
                Encoding.UTF8.GetBytes(texts[i], new Span<byte>(place, length));
            }
        }
        catch
        {
            owned.Dispose();
            throw;
        }

        return owned;
    }

    /// <summary>A part of a sequence or of a map.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static OrtOwnedValue PartOf(OrtEnvironment environment, OrtApi.Value* whole, int index)
    {
        OrtApi.Value* part;
        OrtStatus.Check(OrtApi.GetValue(whole, index, environment.Allocator, &part), nameof(OrtApi.GetValue));
        return new OrtOwnedValue(part);
    }

    /// <summary>Lets go of the value.</summary>
    public void Dispose() => OrtApi.ReleaseValue(Pointer);

    private static void Widen(ReadOnlySpan<int> shape, long* dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.Length, MaxRank);
        for (int i = 0; i < shape.Length; i++)
        {
            dimensions[i] = shape[i];
        }
    }
}
