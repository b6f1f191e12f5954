namespace Inference;

/// <summary>This process is a forked child whose parent used native code: the library's threads did not come along, a call would never return.</summary>
/// <remarks>Refused before the call. <see cref="NativeOptions.Fork"/> can have the managed engine answer instead.</remarks>
public sealed class ForkedProcessException : InferenceException
{
    internal ForkedProcessException(string source)
        : this(source, "load models and fork first, then predict, or let the managed engine answer (NativeOptions.Fork)")
    {
    }

    internal ForkedProcessException(string source, string allowed)
        : base($"{source}: native code was in use before this process was forked; {allowed}")
    {
    }
}
