using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>How wide the registers are that this processor works on at once.</summary>
internal static class LaneWidth
{
    /// <summary>Whether 512 bits.</summary>
    public static bool Is512 => Vector512.IsHardwareAccelerated;

    /// <summary>Whether at least 256 bits.</summary>
    public static bool Is256 => Vector256.IsHardwareAccelerated;

    /// <summary>Whether at least 128 bits.</summary>
    public static bool Is128 => Vector128.IsHardwareAccelerated;
}
