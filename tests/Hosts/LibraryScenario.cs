using System;
using Inference;

namespace Hosts;

/// <summary>A host that is given a file in place of a native library.</summary>
internal static class LibraryScenario
{
    /// <summary>Says what became of the file.</summary>
    public static int Run(string library, string path)
    {
        try
        {
            NativeLibraryInfo info = NativeLibraries.Warm(Enum.Parse<NativeLibraryKind>(library), path);
            Console.WriteLine($"loaded: {info.Version}");
        }
        catch (NativeLibraryException exception)
        {
            Console.WriteLine($"refused: {exception.Message}");
        }

        return 0;
    }
}
