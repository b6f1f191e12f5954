using System;

namespace Inference.Native.Loading;

/// <summary>A native function refused a call. The assembly above turns it into the exception that users see.</summary>
internal sealed class NativeCallFailure(NativeKind kind, string function, string error, int code = 0) : Exception($"{function}: {error}")
{
    /// <summary>The library.</summary>
    public NativeKind Kind { get; } = kind;

    /// <summary>The C function.</summary>
    public string Function { get; } = function;

    /// <summary>What the library said, read on the thread that failed.</summary>
    public string Error { get; } = error;

    /// <summary>The library's number for the failure; 0 where it has none.</summary>
    public int Code { get; } = code;
}
