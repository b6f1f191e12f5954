namespace Inference;

/// <summary>What runs a model.</summary>
public enum EngineKind
{
    /// <summary>The engine that the library prefers: today the managed one.</summary>
    Auto,

    /// <summary>The managed engine: needs nothing but the .NET runtime, same bits as the reference.</summary>
    Managed,

    /// <summary>The slow scorer that is the specification of every other engine.</summary>
    Reference,

    /// <summary>
    /// The library that trained the model, through its C functions: XGBoost or LightGBM. Margins have the managed engine's
    /// bits; values are the library's own, within 2 units in the last place. See <see cref="NativeOptions"/>.
    /// </summary>
    Native,
}
