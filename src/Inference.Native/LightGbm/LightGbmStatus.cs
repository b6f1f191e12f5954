using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Native.Loading;

namespace Inference.Native.LightGbm;

/// <summary>Where the answer of every LightGBM function is looked at.</summary>
internal static unsafe class LightGbmStatus
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
        string message = Marshal.PtrToStringUTF8((nint)LightGbmImports.LGBM_GetLastError()) ?? "";
        throw new NativeCallFailure(NativeKind.LightGbm, function, string.Join(' ', message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
    }
}
