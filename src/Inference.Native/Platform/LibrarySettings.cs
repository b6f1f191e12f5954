using System;

namespace Inference.Native.Platform;

/// <summary>What native libraries read from the environment once, when they are loaded or first used.</summary>
internal static class LibrarySettings
{
    /// <summary>
    /// Sets what the user has not set: OpenMP's waiting threads sleep instead of spinning beside the host's own, and ONNX
    /// Runtime keeps its telemetry to itself.
    /// </summary>
    /// <remarks>
    /// OpenMP 5.2, section 21.1.9, OMP_WAIT_POLICY. ONNX Runtime's Linux builds from 1.29 on start a thread that sends what
    /// it knows of each model to their maker, unless ORT_DISABLE_TELEMETRY is set (core/platform/posix/telemetry.cc): a
    /// thread that nobody asked for, and a call home. On Windows nothing reads either from this environment.
    /// </remarks>
    public static void Apply()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = LibC.SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
            _ = LibC.SetEnvironment("ORT_DISABLE_TELEMETRY", "1", overwrite: 0);
        }
    }
}
