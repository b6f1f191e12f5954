using System;
using Inference.Native.Loading;
using Inference.Native.OnnxRuntime;
using Inference.Native.Platform;

namespace Inference.Backends;

/// <summary>Turns what the native bindings throw into the exceptions that users know.</summary>
internal static class NativeFailures
{
    /// <summary>Loads a library.</summary>
    /// <exception cref="NativeLibraryException">It cannot be had.</exception>
    public static LoadedLibrary Load(NativeLibraryKind library, string? path)
    {
        try
        {
            return NativeLoader.Load((NativeKind)library, path);
        }
        catch (NativeLoadFailure failure)
        {
            throw Translate(failure);
        }
    }

    /// <summary>A library cannot be had.</summary>
    public static NativeLibraryException Translate(NativeLoadFailure failure) => new((NativeLibraryKind)failure.Kind, failure.Message, failure.InnerException);

    /// <summary>A call was refused.</summary>
    /// <param name="failure">The library's words.</param>
    /// <param name="source">The model's name.</param>
    public static NativeCallException Translate(NativeCallFailure failure, string source) =>
        new((NativeLibraryKind)failure.Kind, source, failure.Function, failure.Error);

    /// <summary>Refuses in a forked child whose parent used native code; elsewhere marks the process as one that uses it.</summary>
    /// <exception cref="ForkedProcessException">It is such a child.</exception>
    public static void RefuseForkedChild(string source)
    {
        if (!ForkGuard.TryEnter())
        {
            throw new ForkedProcessException(source, "load sessions of one thread and fork first, then run");
        }
    }

    /// <summary>ONNX Runtime refused a model, or something else went wrong while it was loaded.</summary>
    /// <remarks>An operator that it does not know is an invalid graph to it, as one with wrong types is: neither is a file that was cut.</remarks>
    public static InferenceException TranslateOnnxLoad(NativeCallFailure failure, string source) => failure.Code switch
    {
        // The options come first, and say nothing of the model.
        _ when failure.Function is not (nameof(OrtApi.CreateSession) or nameof(OrtApi.CreateSessionFromArray)) => Translate(failure, source),
        OrtStatus.InvalidProtobuf or OrtStatus.InvalidArgument or OrtStatus.NoModel =>
            new ModelFormatException(source, "", Reason(failure.Error), "a whole ONNX file"),
        OrtStatus.Fail or OrtStatus.NotImplemented or OrtStatus.InvalidGraph =>
            new ModelNotSupportedException(source, "", Reason(failure.Error), "a graph that the loaded ONNX Runtime can run"),
        _ => Translate(failure, source),
    };

    /// <summary>ONNX Runtime begins with the file's name, which our messages have already.</summary>
    private static string Reason(string error)
    {
        const string Begin = "Load model from ", End = " failed:";
        int end = error.StartsWith(Begin, StringComparison.Ordinal) ? error.IndexOf(End, StringComparison.Ordinal) : -1;
        return (end < 0 ? error : error[(end + End.Length)..]).Trim();
    }
}
