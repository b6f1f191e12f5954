using System.ComponentModel;
using System.Threading.Tasks;
using Xunit;

namespace Inference.Tests.Support;

/// <summary>The machine's C compiler.</summary>
internal static class CCompiler
{
    /// <summary>Compiles in the repository's root, or skips the test where there is no compiler.</summary>
    public static async Task Run(params string[] arguments)
    {
        try
        {
            (await ChildProcess.Run("cc", Repository.Root, arguments)).Succeeded();
        }
        catch (Win32Exception)
        {
            Assert.Skip("no C compiler (cc)");
        }
    }
}
