using System;

namespace Inference.Native.Platform;

/// <summary>What an OpenMP runtime reads from the environment once, when it is loaded.</summary>
internal static class OpenMpSettings
{
    /// <summary>Sets what the user has not set: waiting threads sleep instead of spinning beside the host's own.</summary>
    /// <remarks>OpenMP 5.2, section 21.1.9, OMP_WAIT_POLICY. Windows has no runtime that reads it from this environment.</remarks>
    public static void Apply()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = LibC.SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0);
        }
    }
}
