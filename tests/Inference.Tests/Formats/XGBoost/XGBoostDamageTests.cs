using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>Whatever happens to a file, loading it ends well or with one of the two exceptions, and within its memory.</summary>
public sealed class XGBoostDamageTests
{
    private static readonly string[] Samples =
    [
        "xgboost-1.7.4/stump", "xgboost-1.7.4/gblinear", "xgboost-1.7.4/dart", "xgboost-1.7.4/binary-logistic", "xgboost-1.7.4/categorical-onehot",
        "xgboost-3.4.1/one-leaf", "xgboost-3.4.1/vector-leaf", "xgboost-3.4.1/categorical-partition", "xgboost-3.4.1/quantile-multi",
    ];

    public static IEnumerable<TheoryDataRow<string>> Files =>
        from sample in Samples
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Fixtures, sample), "model.*").Order(StringComparer.Ordinal)
        select new TheoryDataRow<string>(Path.GetRelativePath(Repository.Fixtures, file));

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_was_cut_off_is_broken(string file)
    {
        byte[] content = File.ReadAllBytes(Path.Combine(Repository.Fixtures, file));
        int end = content.AsSpan().TrimEnd((byte)'\n').Length;
        int step = Math.Max(1, end / 300);

        // The last of a binary file, attributes, may be cut where one ends; before, nothing can be missing.
        for (int length = 0; length < end - 1; length += step)
        {
            byte[] part = content[..length];
            Assert.Throws<ModelFormatException>(() => Load(part));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_damaged_file_loads_or_is_refused_within_its_memory(string file)
    {
        byte[] content = File.ReadAllBytes(Path.Combine(Repository.Fixtures, file));
        Random random = new(22);
        int tries = Math.Clamp(4_000_000 / content.Length, 20, 400);
        for (int i = 0; i < tries; i++)
        {
            byte[] damaged = Damage(content, random);
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Load(damaged);
            }
            catch (Exception exception) when (exception is ModelFormatException or ModelNotSupportedException)
            {
                Assert.True(exception.Message.Length < 1000, exception.Message);
            }

            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated <= (16L * damaged.Length) + (64 * 1024), $"{file}, try {i}: {allocated} bytes for a file of {damaged.Length}");
        }
    }

    private static byte[] Damage(byte[] content, Random random)
    {
        byte[] damaged = (byte[])content.Clone();
        int places = random.Next(1, 8);
        for (int i = 0; i < places; i++)
        {
            int at = random.Next(damaged.Length);
            switch (random.Next(5))
            {
                case 0:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    damaged.AsSpan(at, Math.Min(8, damaged.Length - at)).Fill(random.Next(2) == 0 ? (byte)0xFF : (byte)0x7F);
                    break;
                case 3:
                    int from = random.Next(damaged.Length);
                    int length = Math.Min(random.Next(1, 64), damaged.Length - Math.Max(at, from));
                    content.AsSpan(from, length).CopyTo(damaged.AsSpan(at));
                    break;
                default:
                    damaged = [.. damaged.AsSpan(0, at), .. damaged.AsSpan(Math.Min(damaged.Length, at + random.Next(1, 16)))];
                    if (damaged.Length == 0)
                    {
                        return content;
                    }

                    break;
            }
        }

        return damaged;
    }

    private static void Load(byte[] content) => Booster.Load((ReadOnlySpan<byte>)content, new BoosterOptions { Engine = EngineKind.Reference }).Dispose();
}
