using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Native.Loading;

namespace Inference.Native.XGBoost;

/// <summary>Where the answer of every XGBoost function is looked at.</summary>
internal static unsafe class XGBoostStatus
{
    /// <summary>Throws what the library says of a failure. Must follow the call at once, on its thread.</summary>
    /// <param name="code">What the function returned.</param>
    /// <param name="call">The call, as the compiler writes it; it begins with the function's name.</param>
    /// <exception cref="NativeCallFailure">The code is not 0.</exception>
    public static void Check(int code, [CallerArgumentExpression(nameof(code))] string call = "")
    {
        if (code != 0)
        {
            Throw(call);
        }
    }

    private static void Throw(string call)
    {
        string function = call[(call.IndexOf('.', StringComparison.Ordinal) + 1)..call.IndexOf('(', StringComparison.Ordinal)];
        throw new NativeCallFailure(NativeKind.XGBoost, function, Clean(Marshal.PtrToStringUTF8((nint)XGBoostImports.XGBGetLastError()) ?? ""));
    }

    /// <summary>The message without the time of day before it and the stack trace after it, in one line.</summary>
    private static string Clean(string message)
    {
        int trace = message.IndexOf("\nStack trace", StringComparison.Ordinal);
        string said = trace < 0 ? message : message[..trace];
        if (said.StartsWith('[') && said.IndexOf("] ", StringComparison.Ordinal) is > 0 and int end)
        {
            said = said[(end + 2)..];
        }

        return string.Join(' ', said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
