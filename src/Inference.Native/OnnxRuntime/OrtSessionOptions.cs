using System;
using System.Collections.Generic;
using Inference.Native.Loading;

namespace Inference.Native.OnnxRuntime;

/// <summary>OrtSessionOptions: needed only while a session is created.</summary>
internal sealed unsafe class OrtSessionOptions : OrtHandle
{
    /// <summary>The providers whose short names are not the beginning of the long ones. Releases before 1.20 know the short ones alone.</summary>
    private static readonly Dictionary<string, string> ShortNames = new(StringComparer.Ordinal)
    {
        ["AzureExecutionProvider"] = "AZURE",
        ["DmlExecutionProvider"] = "DML",
        ["JsExecutionProvider"] = "JS",
        ["WebGpuExecutionProvider"] = "WebGPU",
        ["WebNNExecutionProvider"] = "WEBNN",
        ["XnnpackExecutionProvider"] = "XNNPACK",
    };

    /// <summary>Makes options.</summary>
    /// <exception cref="NativeCallFailure">The library refused one of them.</exception>
    public static OrtSessionOptions Create(OrtSessionSettings settings)
    {
        OrtSessionOptions options = new();
        try
        {
            fixed (nint* place = &options.handle)
            {
                OrtStatus.Check(OrtApi.CreateSessionOptions((OrtApi.SessionOptions**)place), nameof(OrtApi.CreateSessionOptions));
            }

            options.Apply(settings);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override bool Release()
    {
        OrtApi.ReleaseSessionOptions((OrtApi.SessionOptions*)handle);
        return true;
    }

    private void Apply(OrtSessionSettings settings)
    {
        OrtApi.SessionOptions* options = (OrtApi.SessionOptions*)handle;
        OrtStatus.Check(OrtApi.SetIntraOpNumThreads(options, settings.IntraOpThreads), nameof(OrtApi.SetIntraOpNumThreads));
        OrtStatus.Check(OrtApi.SetInterOpNumThreads(options, settings.InterOpThreads), nameof(OrtApi.SetInterOpNumThreads));
        OrtStatus.Check(OrtApi.SetSessionExecutionMode(options, settings.InterOpThreads > 1 ? 1 : 0), nameof(OrtApi.SetSessionExecutionMode));
        OrtStatus.Check(OrtApi.SetSessionGraphOptimizationLevel(options, settings.GraphOptimization), nameof(OrtApi.SetSessionGraphOptimizationLevel));
        OrtStatus.Check(
            settings.MemoryArena ? OrtApi.EnableCpuMemArena(options) : OrtApi.DisableCpuMemArena(options),
            settings.MemoryArena ? nameof(OrtApi.EnableCpuMemArena) : nameof(OrtApi.DisableCpuMemArena));
        foreach ((string key, string value) in settings.Entries)
        {
            using OrtText keyText = new(key);
            using OrtText valueText = new(value);
            OrtStatus.Check(OrtApi.AddSessionConfigEntry(options, keyText.Pointer, valueText.Pointer), nameof(OrtApi.AddSessionConfigEntry));
        }

        foreach (string provider in settings.Providers)
        {
            Append(options, provider);
        }
    }

    /// <summary>The plain provider needs no word; two have functions of their own; the rest go by their short names.</summary>
    private static void Append(OrtApi.SessionOptions* options, string provider)
    {
        void* own = null;
        switch (provider)
        {
            case "CPUExecutionProvider":
                return;
            case "CUDAExecutionProvider":
                OrtStatus.Check(OrtApi.CreateCUDAProviderOptions(&own), nameof(OrtApi.CreateCUDAProviderOptions));
                try
                {
                    OrtStatus.Check(OrtApi.SessionOptionsAppendExecutionProvider_CUDA_V2(options, own), nameof(OrtApi.SessionOptionsAppendExecutionProvider_CUDA_V2));
                }
                finally
                {
                    OrtApi.ReleaseCUDAProviderOptions(own);
                }

                return;
            case "TensorrtExecutionProvider":
                OrtStatus.Check(OrtApi.CreateTensorRTProviderOptions(&own), nameof(OrtApi.CreateTensorRTProviderOptions));
                try
                {
                    OrtStatus.Check(OrtApi.SessionOptionsAppendExecutionProvider_TensorRT_V2(options, own), nameof(OrtApi.SessionOptionsAppendExecutionProvider_TensorRT_V2));
                }
                finally
                {
                    OrtApi.ReleaseTensorRTProviderOptions(own);
                }

                return;
            default:
                using (OrtText name = new(ShortNames.GetValueOrDefault(provider) ?? provider.Replace("ExecutionProvider", "", StringComparison.Ordinal)))
                {
                    OrtStatus.Check(
                        OrtApi.SessionOptionsAppendExecutionProvider(options, name.Pointer, null, null, 0), nameof(OrtApi.SessionOptionsAppendExecutionProvider));
                }

                return;
        }
    }
}
