namespace Inference.Native.LightGbm;

/// <summary>What LightGBM prepares for predicting one row at a time. It points into its booster and keeps it alive.</summary>
internal sealed class SafeFastConfigHandle : NativeHandle
{
    private SafeLightGbmHandle? _booster;

    /// <summary>For the marshaller, which fills it.</summary>
    public SafeFastConfigHandle()
    {
    }

    /// <summary>Holds the booster until this handle is freed, in whatever order the two are let go.</summary>
    public void Hold(SafeLightGbmHandle booster)
    {
        bool holds = false;
        booster.DangerousAddRef(ref holds);
        _booster = booster;
    }

    /// <inheritdoc/>
    protected override bool Release()
    {
        bool freed = LightGbmImports.LGBM_FastConfigFree(handle) == 0;
        _booster?.DangerousRelease();
        return freed;
    }
}
