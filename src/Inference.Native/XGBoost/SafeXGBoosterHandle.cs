using System.Runtime.InteropServices;

namespace Inference.Native.XGBoost;

/// <summary>A booster of the XGBoost library.</summary>
internal sealed class SafeXGBoosterHandle : SafeHandle
{
    /// <summary>For the marshaller, which fills it.</summary>
    public SafeXGBoosterHandle()
        : base(0, ownsHandle: true)
    {
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => XGBoostImports.XGBoosterFree(handle) == 0;
}
