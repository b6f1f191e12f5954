using System;
using Inference.Native.Loading;

namespace Inference.Native.OnnxRuntime;

/// <summary>OrtRunOptions: what ends a run early.</summary>
internal sealed unsafe class OrtRunOptions : OrtHandle
{
    /// <summary>Makes run options.</summary>
    /// <exception cref="NativeCallFailure">The library refused.</exception>
    public static OrtRunOptions Create()
    {
        OrtRunOptions options = new();
        fixed (nint* place = &options.handle)
        {
            OrtStatus.Check(OrtApi.CreateRunOptions((OrtApi.RunOptions**)place), nameof(OrtApi.CreateRunOptions));
        }

        return options;
    }

    /// <summary>Makes runs with these options end with an error before their next operator. From any thread; released options have no runs.</summary>
    public void Terminate() => Set(terminated: true);

    /// <summary>Lets the options be used again.</summary>
    public void Reset() => Set(terminated: false);

    /// <inheritdoc/>
    protected override bool Release()
    {
        OrtApi.ReleaseRunOptions((OrtApi.RunOptions*)handle);
        return true;
    }

    private void Set(bool terminated)
    {
        try
        {
            using OrtLease lease = new(this);
            OrtApi.RunOptions* options = (OrtApi.RunOptions*)lease.Pointer;
            OrtStatus.Check(
                terminated ? OrtApi.RunOptionsSetTerminate(options) : OrtApi.RunOptionsUnsetTerminate(options),
                terminated ? nameof(OrtApi.RunOptionsSetTerminate) : nameof(OrtApi.RunOptionsUnsetTerminate));
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
