using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.Native.Loading;

namespace Inference.Native.LightGbm;

/// <summary>LightGBM's C functions, under their own names.</summary>
/// <remarks>
/// LightGBM, include/LightGBM/c_api.h; the same from 3.0 to 4.6. Each returns 0, or -1 with a message in
/// LGBM_GetLastError for the calling thread. Texts end with a zero byte; results go into memory of the caller's, whose
/// length is not passed.
/// </remarks>
internal static unsafe partial class LightGbmImports
{
    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial byte* LGBM_GetLastError();

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_BoosterLoadModelFromString(byte* text, int* iterations, out SafeLightGbmHandle booster);

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_BoosterFree(nint booster);

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_BoosterGetNumFeature(SafeLightGbmHandle booster, int* features);

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_BoosterCalcNumPredict(SafeLightGbmHandle booster, int rows, int output, int start, int iterations, long* length);

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_BoosterSaveModelToString(
        SafeLightGbmHandle booster, int start, int iterations, int importance, long room, long* length, byte* text);

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_BoosterPredictForMat(
        SafeLightGbmHandle booster, void* values, int type, int rows, int columns, int isRowMajor, int output, int start, int iterations, byte* parameters, long* length, double* result);

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_BoosterPredictForMats(
        SafeLightGbmHandle booster, void** rowStarts, int type, int rows, int columns, int output, int start, int iterations, byte* parameters, long* length, double* result);

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_BoosterPredictForMatSingleRowFastInit(
        SafeLightGbmHandle booster, int output, int start, int iterations, int type, int columns, byte* parameters, out SafeFastConfigHandle config);

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_BoosterPredictForMatSingleRowFast(SafeFastConfigHandle config, void* values, long* length, double* result);

    [LibraryImport(ImportNames.LightGbm)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int LGBM_FastConfigFree(nint config);
}
