namespace Inference.Native.XGBoost;

/// <summary>A DMatrix of the XGBoost library: rows in its own memory, or a proxy for rows elsewhere.</summary>
internal sealed class SafeDMatrixHandle : NativeHandle
{
    /// <summary>For the marshaller, which fills it.</summary>
    public SafeDMatrixHandle()
    {
    }

    /// <inheritdoc/>
    protected override bool Release() => XGBoostImports.XGDMatrixFree(handle) == 0;
}
