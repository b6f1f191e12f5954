namespace Inference.Native.LightGbm;

/// <summary>A booster of the LightGBM library.</summary>
internal sealed class SafeLightGbmHandle : NativeHandle
{
    /// <summary>For the marshaller, which fills it.</summary>
    public SafeLightGbmHandle()
    {
    }

    /// <inheritdoc/>
    protected override bool Release() => LightGbmImports.LGBM_BoosterFree(handle) == 0;
}
