using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Native.Loading;

namespace Inference.Native.XGBoost;

/// <summary>XGBoost's C functions, under their own names.</summary>
/// <remarks>
/// XGBoost, include/xgboost/c_api.h; the same from 1.7 to 3.4. Each returns 0, or -1 with a message in XGBGetLastError
/// for the calling thread. Texts end with a zero byte; results lie in memory of the booster and the calling thread, until
/// the next call with both.
/// </remarks>
internal static unsafe partial class XGBoostImports
{
    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial byte* XGBGetLastError();

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBSetGlobalConfig(byte* json);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBGetGlobalConfig(byte** json);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBoosterCreate(void** matrices, ulong length, out SafeXGBoosterHandle booster);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBoosterFree(nint booster);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBoosterSetParam(SafeXGBoosterHandle booster, byte* name, byte* value);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBoosterLoadModelFromBuffer(SafeXGBoosterHandle booster, void* buffer, ulong length);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBoosterSlice(SafeXGBoosterHandle booster, int begin, int end, int step, out SafeXGBoosterHandle slice);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBoosterGetNumFeature(SafeXGBoosterHandle booster, ulong* features);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBoosterPredictFromDense(
        SafeXGBoosterHandle booster, byte* values, byte* config, nint proxy, ulong** shape, ulong* dimensions, float** result);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGBoosterPredictFromDMatrix(
        SafeXGBoosterHandle booster, SafeDMatrixHandle matrix, byte* config, ulong** shape, ulong* dimensions, float** result);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGProxyDMatrixCreate(out SafeDMatrixHandle proxy);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGProxyDMatrixSetDataDense(SafeDMatrixHandle proxy, byte* values);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGDMatrixCreateFromDense(byte* values, byte* config, out SafeDMatrixHandle matrix);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGDMatrixSetInfoFromInterface(SafeDMatrixHandle matrix, byte* field, byte* values);

    [LibraryImport(ImportNames.XGBoost)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int XGDMatrixFree(nint matrix);
}
