using System.Runtime.InteropServices;

namespace Inference.Native.LightGbm;

/// <summary>A booster of the LightGBM library.</summary>
internal sealed class SafeLightGbmHandle : SafeHandle
{
    /// <summary>For the marshaller, which fills it.</summary>
    public SafeLightGbmHandle()
        : base(0, ownsHandle: true)
    {
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => LightGbmImports.LGBM_BoosterFree(handle) == 0;
}
