using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace Inference.Benchmarks;

/// <summary>The models and rows under benchmarks/models.</summary>
internal static class BenchmarkModels
{
    private static readonly string Checkout = FindCheckout();
    private static readonly string Root = Path.Combine(Checkout, "benchmarks", "models");

    /// <summary>The models by a short name, for example "xgb-d6-500/model.ubj".</summary>
    public static IEnumerable<string> Names => Directory.EnumerateDirectories(Root)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "model.*"))
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Order(StringComparer.Ordinal);

    /// <summary>The file of a model.</summary>
    public static string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>A file of the repository.</summary>
    public static string PathInCheckout(string path) => Path.Combine(Checkout, path);

    /// <summary>The rows of a model, which are float32 in every case here.</summary>
    public static float[] Rows(string name) => RowsOf(PathOfRows(name));

    /// <summary>The file of a model's rows.</summary>
    public static string PathOfRows(string name) => Path.Combine(Root, Path.GetDirectoryName(name)!, "rows.npy");

    /// <summary>The rows in a file of NumPy's.</summary>
    public static float[] RowsOf(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        int header = 10 + BitConverter.ToUInt16(content, 8);
        return MemoryMarshal.Cast<byte, float>(content.AsSpan(header)).ToArray();
    }

    private static string FindCheckout()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Inference.sln")))
        {
            folder = folder.Parent;
        }

        return folder is null
            ? throw new InvalidOperationException("the benchmarks run outside a checkout")
            : folder.FullName;
    }
}
