namespace Inference.Native.XGBoost;

/// <summary>A booster of the XGBoost library.</summary>
internal sealed class SafeXGBoosterHandle : NativeHandle
{
    /// <summary>For the marshaller, which fills it.</summary>
    public SafeXGBoosterHandle()
    {
    }

    /// <inheritdoc/>
    protected override bool Release() => XGBoostImports.XGBoosterFree(handle) == 0;
}
