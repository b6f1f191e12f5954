using Inference.Native.Loading;

namespace Inference.Backends;

/// <summary>Turns what the native bindings throw into the exceptions that users know.</summary>
internal static class NativeFailures
{
    /// <summary>Loads a library.</summary>
    /// <exception cref="NativeLibraryException">It cannot be had.</exception>
    public static LoadedLibrary Load(NativeLibraryKind library, string? path)
    {
        try
        {
            return NativeLoader.Load((NativeKind)library, path);
        }
        catch (NativeLoadFailure failure)
        {
            throw new NativeLibraryException(library, failure.Message, failure.InnerException);
        }
    }
}
