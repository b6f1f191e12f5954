using System.Runtime.InteropServices;
using System.Threading;
using Inference.Native.Loading;

namespace Inference.Native.OnnxRuntime;

/// <summary>ONNX Runtime's C functions: one table of pointers that only ever grows at its end, so that a slot's number never changes.</summary>
/// <remarks>
/// The table is <c>struct OrtApi</c> of ONNX Runtime's include/onnxruntime/core/session/onnxruntime_c_api.h; the numbers
/// were counted there. Functions have their native names. Most return an OrtStatus, null for success, which
/// <see cref="OrtStatus.Check"/> takes. Nothing here may be called before <see cref="Load"/>.
/// </remarks>
internal static unsafe partial class OrtApi
{
    /// <summary>The version of the table that is asked for. Newer libraries have it too; an older one answers null.</summary>
    public const int Version = 16;

    private static nint s_table;

    private static void** Table => (void**)s_table;

    /// <summary>Loads the library and takes its table, once a process.</summary>
    /// <param name="path">The file or folder that options name; <see langword="null"/> to search.</param>
    /// <exception cref="NativeLoadFailure">The library cannot be had, or is too old.</exception>
    public static void Load(string? path)
    {
        LoadedLibrary library = NativeLoader.Load(NativeKind.OnnxRuntime, path);
        if (Volatile.Read(ref s_table) != 0)
        {
            return;
        }

        void** table = ((delegate* unmanaged<uint, void**>)OrtGetApiBase()[0])(Version);
        if (table is null)
        {
            throw new NativeLoadFailure(
                NativeKind.OnnxRuntime, library.Path, $"version {library.VersionText} without the functions of 1.{Version}", $"ONNX Runtime 1.{Version} or later");
        }

        Volatile.Write(ref s_table, (nint)table);
    }

    /// <summary>struct OrtApiBase: GetApi, then GetVersionString.</summary>
    [LibraryImport(ImportNames.OnnxRuntime)]
    private static partial void** OrtGetApiBase();

    /// <summary>OrtStatus: a failure; null is success.</summary>
    public struct Status;

    /// <summary>OrtEnv.</summary>
    public struct Env;

    /// <summary>OrtSessionOptions.</summary>
    public struct SessionOptions;

    /// <summary>OrtSession.</summary>
    public struct Session;

    /// <summary>OrtRunOptions.</summary>
    public struct RunOptions;

    /// <summary>OrtIoBinding.</summary>
    public struct IoBinding;

    /// <summary>OrtValue.</summary>
    public struct Value;

    /// <summary>OrtMemoryInfo.</summary>
    public struct MemoryInfo;

    /// <summary>OrtAllocator.</summary>
    public struct Allocator;

    /// <summary>OrtTypeInfo.</summary>
    public struct TypeInfo;

    /// <summary>OrtTensorTypeAndShapeInfo.</summary>
    public struct TensorInfo;

    /// <summary>OrtSequenceTypeInfo.</summary>
    public struct SequenceTypeInfo;

    /// <summary>OrtMapTypeInfo.</summary>
    public struct MapTypeInfo;
}
