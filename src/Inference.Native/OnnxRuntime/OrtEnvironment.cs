using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Threading;
using Inference.Native.Loading;

namespace Inference.Native.OnnxRuntime;

/// <summary>What ONNX Runtime has once a process: the environment, the description of plain memory, the default allocator.</summary>
/// <remarks>Kept until the process ends: every session needs them, and the library counts on its environment outliving all.</remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "lives as long as the process")]
internal sealed unsafe class OrtEnvironment
{
    /// <summary>OrtLoggingLevel fatal: the library says by its return values what went wrong, and nothing on standard error.</summary>
    private const int Quiet = 4;

    private static readonly Lock Gate = new();
    private static OrtEnvironment? s_current;

    private readonly EnvHandle _env = new();
    private readonly MemoryInfoHandle _memory = new();
    private readonly OrtApi.Allocator* _allocator;

    private OrtEnvironment()
    {
        _env.Create();
        _memory.Create();
        OrtApi.Allocator* allocator;
        OrtStatus.Check(OrtApi.GetAllocatorWithDefaultOptions(&allocator), nameof(OrtApi.GetAllocatorWithDefaultOptions));
        _allocator = allocator;
    }

    /// <summary>The environment; never released.</summary>
    public OrtApi.Env* Env => (OrtApi.Env*)_env.DangerousGetHandle();

    /// <summary>Memory of the processor; never released.</summary>
    public OrtApi.MemoryInfo* Memory => (OrtApi.MemoryInfo*)_memory.DangerousGetHandle();

    /// <summary>The allocator of what the library hands out; never released.</summary>
    public OrtApi.Allocator* Allocator => _allocator;

    /// <summary>Loads the library and makes the environment, once a process. Starts no thread.</summary>
    /// <param name="path">The file or folder that options name; <see langword="null"/> to search.</param>
    /// <exception cref="NativeLoadFailure">The library cannot be had.</exception>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static OrtEnvironment Get(string? path)
    {
        OrtApi.Load(path);
        if (Volatile.Read(ref s_current) is { } current)
        {
            return current;
        }

        lock (Gate)
        {
            OrtEnvironment made = s_current ?? new OrtEnvironment();
            Volatile.Write(ref s_current, made);
            return made;
        }
    }

    /// <summary>The execution providers that the library was built with, the likeliest to be fast first.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static IReadOnlyList<string> Providers()
    {
        byte** names;
        int count;
        OrtStatus.Check(OrtApi.GetAvailableProviders(&names, &count), nameof(OrtApi.GetAvailableProviders));
        string[] result = new string[count];
        for (int i = 0; i < count; i++)
        {
            result[i] = Marshal.PtrToStringUTF8((nint)names[i])!;
        }

        OrtStatus.Check(OrtApi.ReleaseAvailableProviders(names, count), nameof(OrtApi.ReleaseAvailableProviders));
        return result;
    }

    /// <summary>Reads and frees a text that the allocator holds.</summary>
    public string TakeText(byte* text)
    {
        string result = Marshal.PtrToStringUTF8((nint)text) ?? "";
        OrtStatus.Check(OrtApi.AllocatorFree(_allocator, text), nameof(OrtApi.AllocatorFree));
        return result;
    }

    private sealed class EnvHandle() : OrtHandle(isCounted: false)
    {
        public void Create()
        {
            fixed (byte* id = "Inference\0"u8)
            fixed (nint* place = &handle)
            {
                OrtStatus.Check(OrtApi.CreateEnv(Quiet, id, (OrtApi.Env**)place), nameof(OrtApi.CreateEnv));
            }
        }

        protected override bool Release()
        {
            OrtApi.ReleaseEnv((OrtApi.Env*)handle);
            return true;
        }
    }

    private sealed class MemoryInfoHandle() : OrtHandle(isCounted: false)
    {
        public void Create()
        {
            fixed (nint* place = &handle)
            {
                OrtStatus.Check(OrtApi.CreateCpuMemoryInfo(0, 0, (OrtApi.MemoryInfo**)place), nameof(OrtApi.CreateCpuMemoryInfo));
            }
        }

        protected override bool Release()
        {
            OrtApi.ReleaseMemoryInfo((OrtApi.MemoryInfo*)handle);
            return true;
        }
    }
}
