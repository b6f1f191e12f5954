using System.Runtime.InteropServices;

namespace Inference.Native.XGBoost;

/// <summary>A DMatrix of the XGBoost library: rows in its own memory, or a proxy for rows elsewhere.</summary>
internal sealed class SafeDMatrixHandle : SafeHandle
{
    /// <summary>For the marshaller, which fills it.</summary>
    public SafeDMatrixHandle()
        : base(0, ownsHandle: true)
    {
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => XGBoostImports.XGDMatrixFree(handle) == 0;
}
