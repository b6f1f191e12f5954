using Xunit;

namespace Inference.Tests.Support;

/// <summary>The native libraries that a test needs.</summary>
internal static class Natives
{
    /// <summary>Skips the test where a library cannot be had, with the reason. CI counts a skipped test as a failure.</summary>
    public static void Require(NativeLibraryKind library)
    {
        try
        {
            NativeLibraries.Warm(library);
        }
        catch (NativeLibraryException exception)
        {
            Assert.Skip(exception.Message);
        }
    }
}
