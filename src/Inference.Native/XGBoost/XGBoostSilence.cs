using System;
using System.Runtime.InteropServices;

namespace Inference.Native.XGBoost;

/// <summary>
/// Keeps XGBoost from writing to the standard streams on this thread, whose verbosity is its own; disposal gives it back.
/// </summary>
internal readonly unsafe ref struct XGBoostSilence : IDisposable
{
    private readonly byte[]? _before;

    private XGBoostSilence(byte[]? before) => _before = before;

    /// <summary>Silence from here on.</summary>
    public static XGBoostSilence Begin()
    {
        byte* config;
        if (XGBoostImports.XGBGetGlobalConfig(&config) != 0)
        {
            return default;
        }

        // The text lies in memory of the library's that the next call may use again; the zero byte comes along.
        byte[] before = [.. MemoryMarshal.CreateReadOnlySpanFromNullTerminated(config), 0];
        fixed (byte* silent = "{\"verbosity\":0}"u8)
        {
            return XGBoostImports.XGBSetGlobalConfig(silent) == 0 ? new XGBoostSilence(before) : default;
        }
    }

    /// <summary>Gives the thread its verbosity back.</summary>
    public void Dispose()
    {
        if (_before is not null)
        {
            fixed (byte* before = _before)
            {
                _ = XGBoostImports.XGBSetGlobalConfig(before);
            }
        }
    }
}
