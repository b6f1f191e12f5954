using System;
using System.Runtime.InteropServices;

namespace Inference.Native.Loading;

/// <summary>Asks libraries for their versions, through nothing but an export or two: nothing else is known of them yet.</summary>
internal static unsafe class NativeVersions
{
    /// <summary>XGBoostVersion(int*, int*, int*).</summary>
    public static (Version Number, string Text) XGBoost(nint library)
    {
        int major, minor, patch;
        ((delegate* unmanaged[Cdecl]<int*, int*, int*, void>)NativeLibrary.GetExport(library, "XGBoostVersion"))(&major, &minor, &patch);
        Version version = new(major, minor, patch);
        return (version, version.ToString(3));
    }

    /// <summary>LightGBM's C functions tell no version: each release is bounded by the functions that it brought.</summary>
    public static (Version Number, string Text) LightGbm(nint library)
    {
        (string Symbol, Version From, string Text)[] steps =
        [
            ("LGBM_SetMaxThreads", new Version(4, 2), "4.2 or later"),
            ("LGBM_BoosterValidateFeatureNames", new Version(4, 0), "4.0 or 4.1"),
            ("LGBM_GetSampleCount", new Version(3, 3), "3.3"),
            ("LGBM_BoosterPredictForMatSingleRowFast", new Version(3, 0), "3.0 to 3.2"),
        ];
        foreach ((string symbol, Version from, string text) in steps)
        {
            if (NativeLibrary.TryGetExport(library, symbol, out _))
            {
                return (from, $"{text} (by its functions)");
            }
        }

        return (new Version(2, 0), "before 3.0 (by its functions)");
    }

    /// <summary>OrtGetApiBase()->GetVersionString().</summary>
    public static (Version Number, string Text) OnnxRuntime(nint library)
    {
        void** apiBase = (void**)((delegate* unmanaged[Cdecl]<void*>)NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        string text = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged[Cdecl]<byte*>)apiBase[1])()) ?? "";
        string number = text.Split('-', '+')[0];
        return (Version.TryParse(number, out Version? version) ? version : new Version(0, 0), text);
    }
}
