using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using Inference.Native.Loading;
using Inference.Tests.Cli;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Backends;

/// <summary>Files in place of a library, compiled here: too old, without a function, without what they need. Each in a process that lives on.</summary>
public sealed class UnfitLibraryTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Theory]
    [InlineData("XGBoost", "void XGBoostVersion(int *a, int *b, int *c) { *a = 1; *b = 6; *c = 2; }", "is version 1.6.2; XGBoost 1.7 or later: ")]
    [InlineData("OnnxRuntime", "static const char *text(void) { return \"1.15.1\"; } static void *base[] = { 0, text }; void *OrtGetApiBase(void) { return base; }", "is version 1.15.1; ONNX Runtime 1.16 or later: ")]
    public async Task A_library_that_is_too_old_is_named_with_its_version(string library, string code, string message)
    {
        RequireLinux();
        using TemporaryFolder folder = new();
        string path = await Compile(folder, library, code, lacking: null);

        Assert.Contains($"{path} {message}", await Refusal(library, path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("XGBoost", "XGBoosterPredictFromDense")]
    [InlineData("LightGbm", "LGBM_FastConfigFree")]
    [InlineData("OnnxRuntime", "OrtGetApiBase")]
    public async Task A_library_without_a_function_is_named_with_the_function(string library, string lacking)
    {
        RequireLinux();
        using TemporaryFolder folder = new();
        string path = await Compile(folder, library, "int something;", lacking);

        Assert.Contains($"{path} lacks the function {lacking}; ", await Refusal(library, path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_library_without_what_it_needs_is_named_with_it()
    {
        RequireLinux();
        using TemporaryFolder folder = new();
        string needed = folder.File("libneeded.so");
        await CCompiler.Run("-shared", "-fPIC", "-o", needed, folder.Write("needed.c", "int needed(void) { return 1; }"));
        string path = await Compile(folder, "XGBoost", "int needed(void); int call(void) { return needed(); }", lacking: null, $"-L{folder.Path}", "-lneeded");
        File.Delete(needed);

        string refusal = await Refusal("XGBoost", path);
        Assert.Contains($"{path} does not load (", refusal, StringComparison.Ordinal);
        Assert.Contains("libneeded.so", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_library_is_named()
    {
        RequireLinux();
        using TemporaryFolder folder = new();
        string path = folder.Write("libxgboost.so", "no library");

        Assert.Contains($"{path} does not load (", await Refusal("XGBoost", path), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(50)]
    [InlineData(70)]
    public async Task A_library_whose_file_ends_early_is_named(int percent)
    {
        RequireLinux();
        using TemporaryFolder folder = new();
        string path = await Compile(folder, "XGBoost", "char data[1000000] = {1};", lacking: null);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length * percent / 100)]);
        Assert.Matches($"{Regex.Escape(path)} does not load \\(the file ends at byte [0-9]+, ", await Refusal("XGBoost", path));
    }

    [Fact]
    public void A_part_beyond_all_numbers_is_told_where_it_would_end()
    {
        using TemporaryFolder folder = new();
        byte[] file = new byte[64 + 56];
        "\u007fELF\u0002\u0001"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(56), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + 8), ulong.MaxValue);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(64 + 32), 2);

        Assert.Equal("the file ends at byte 120, a part of it at 18446744073709551617", ElfFile.Shortfall(folder.Write("library.so", file)));
    }

    private static void RequireLinux() => Assert.SkipUnless(OperatingSystem.IsLinux(), "the libraries are compiled as Linux has them");

    /// <summary>A library that has every function that is asked for, but one.</summary>
    private static async Task<string> Compile(TemporaryFolder folder, string library, string code, string? lacking, params string[] more)
    {
        IEnumerable<string> rest = NativeProfile.Of(Enum.Parse<NativeKind>(library)).Symbols
            .Where(symbol => symbol != lacking && !code.Contains(symbol, StringComparison.Ordinal))
            .Select(symbol => $"void {symbol}(void) {{ }}");
        string path = folder.File("library.so");
        await CCompiler.Run(["-shared", "-fPIC", "-o", path, folder.Write("library.c", string.Join('\n', [code, .. rest, ""])), .. more]);
        return path;
    }

    private static async Task<string> Refusal(string library, string path)
    {
        ChildProcess run = (await BuiltProgram.RunHost(NoVariables, "library", library, path)).Succeeded();
        Assert.StartsWith("refused: ", run.Output, StringComparison.Ordinal);
        return run.Output;
    }
}
