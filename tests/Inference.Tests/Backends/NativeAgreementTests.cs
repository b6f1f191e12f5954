using System;
using System.Linq;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Backends;

/// <summary>Whatever a prediction asks for, the native engine answers what the managed engine does, on every fixture that the libraries read.</summary>
public sealed class NativeAgreementTests
{
    private static readonly BoosterOptions Managed = new() { Engine = EngineKind.Managed, AbsentColumnsAreMissing = true };
    private static readonly BoosterOptions Native = Managed with { Engine = EngineKind.Native };

    public static TheoryData<string, NativeLibraryKind> Models() => NativeFixtureTests.Models();

    [Theory]
    [MemberData(nameof(Models))]
    public void In_chunks_and_on_threads(string model, NativeLibraryKind library)
    {
        Natives.Require(library);
        using Pair pair = new(model, mostRows: 150);
        using Booster chunks = Booster.Load(pair.Path, Native with { Native = new NativeOptions { RowsPerCall = 7 } });
        using Booster threads = Booster.Load(pair.Path, Native with { Threads = 3 });
        using Booster both = Booster.Load(pair.Path, Native with { Threads = 2, Native = new NativeOptions { RowsPerCall = 1 } });
        foreach (Booster booster in new[] { chunks, threads, both })
        {
            pair.Compare(booster, pair.Rows, default, "whole rows");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Rows_with_gaps_and_rows_without_their_last_columns(string model, NativeLibraryKind library)
    {
        Natives.Require(library);
        using Pair pair = new(model);
        int features = pair.Features;
        double[] wide = new double[(pair.Count * (features + 3)) - 3];
        for (int row = 0; row < pair.Count; row++)
        {
            pair.Rows.AsSpan(row * features, features).CopyTo(wide.AsSpan(row * (features + 3)));
        }

        pair.Compare(pair.Native, wide, new() { RowStride = features + 3 }, "rows with gaps");
        if (features > 1)
        {
            pair.Compare(pair.Native, wide, new() { RowStride = features + 3, Columns = features - 1 }, "rows without their last column");
            pair.Compare(pair.Native, wide.AsSpan(0, 1), new() { Columns = 1 }, "one row of one column");
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Base_margins(string model, NativeLibraryKind library)
    {
        Natives.Require(library);
        using Pair pair = new(model);
        double[] doubles = [.. Enumerable.Range(0, pair.Count * pair.Native.Info.OutputCount).Select(i => (i % 17 * 0.123) - 1)];
        float[] singles = Array.ConvertAll(doubles, value => (float)value);
        pair.Compare(pair.Native, pair.Rows, new() { BaseMargin = doubles }, "double base margins");
        pair.Compare(pair.Native, pair.Rows, new() { BaseMargin = singles }, "float base margins");

        // The same object again with another number of rows, then without margins.
        pair.Compare(pair.Native, pair.Rows.AsSpan(0, 3 * pair.Features), new() { BaseMargin = singles.AsSpan(0, 3 * pair.Native.Info.OutputCount) }, "base margins of three rows");
        pair.Compare(pair.Native, pair.Rows, default, "no base margins");
        using Booster chunks = Booster.Load(pair.Path, Native with { Threads = 2, Native = new NativeOptions { RowsPerCall = 19 } });
        pair.Compare(chunks, pair.Rows, new() { BaseMargin = doubles }, "base margins in chunks");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Ranges_of_iterations(string model, NativeLibraryKind library)
    {
        Natives.Require(library);
        using Pair pair = new(model);
        int last = pair.Native.Info.IterationCount;
        foreach ((int begin, int end) in new[] { (0, 1), (0, last - 1), (1, 2), (2, last), (last - 1, last), (0, last) })
        {
            if (begin >= 0 && begin < end && end <= last)
            {
                pair.Compare(pair.Native, pair.Rows, new() { Iterations = begin..end }, $"iterations {begin}:{end}");
                pair.Compare(pair.Native, pair.Rows.AsSpan(0, pair.Features), new() { Iterations = begin..end }, $"iterations {begin}:{end}, one row");
                pair.Compare(pair.Native, pair.Rows, default, $"all iterations after {begin}:{end}");
            }
        }
    }

    /// <summary>A fixture's model in both engines.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly Booster _managed;

        public Pair(string model, int mostRows = 60)
        {
            Path = System.IO.Path.Combine(Repository.Fixtures, model);
            _managed = Booster.Load(Path, Managed);
            Native = Booster.Load(Path, NativeAgreementTests.Native);
            NpyArray file = NpyArray.Read(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, "rows.npy"));
            Rows = file.Data as double[] ?? Array.ConvertAll((float[])file.Data, value => (double)value);
            Features = file.Shape[1];
            Rows = Rows[..(Math.Min(mostRows, file.Shape[0]) * Features)];
        }

        public string Path { get; }

        public Booster Native { get; }

        public double[] Rows { get; }

        public int Features { get; }

        public int Count => Rows.Length / Features;

        /// <summary>Margins by bits, values within two units, leaves, contributions near; of float and double rows.</summary>
        public void Compare(Booster native, ReadOnlySpan<double> rows, PredictOptions options, string what)
        {
            float[] singles = new float[rows.Length];
            for (int i = 0; i < singles.Length; i++)
            {
                singles[i] = (float)rows[i];
            }

            int stride = options.RowStride > 0 ? options.RowStride : options.Columns > 0 ? options.Columns : Features;
            int count = (rows.Length + stride - 1) / stride;
            what = $"{Path}, {what}";
            double[] expected = new double[native.GetOutputLength(count, PredictionKind.Margin)];
            double[] found = new double[expected.Length];
            _managed.PredictMargin(rows, expected, options);
            native.PredictMargin(rows, found, options);
            Bits.Equal(expected, found, what + ", margins of double rows");
            _managed.PredictMargin(singles, expected, options);
            native.PredictMargin(singles, found, options);
            Bits.Equal(expected, found, what + ", margins of float rows");

            expected = new double[native.GetOutputLength(count, PredictionKind.Value)];
            found = new double[expected.Length];
            _managed.Predict(singles, expected, options);
            native.Predict(singles, found, options);
            Bits.Within(2, native, expected, found, what + ", values");

            if (native.Info.TreeCount == 0)
            {
                return;
            }

            int[] leaves = new int[native.GetOutputLength(count, PredictionKind.Leaf, options.Iterations)];
            int[] foundLeaves = new int[leaves.Length];
            _managed.PredictLeaf(rows, leaves, options);
            native.PredictLeaf(rows, foundLeaves, options);
            Assert.Equal(leaves, foundLeaves);
        }

        public void Dispose()
        {
            _managed.Dispose();
            Native.Dispose();
        }
    }
}
