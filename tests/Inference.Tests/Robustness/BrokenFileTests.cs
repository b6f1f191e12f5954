using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Robustness;

/// <summary>
/// A file that is broken in any way either loads and predicts within bounds, or is refused with one of the two model
/// exceptions, in no time and in little memory.
/// </summary>
/// <remarks>
/// INFERENCE_MUTATIONS sets the number of random mutations for each format (100000 for the full run) and lets the
/// extremes run over every byte; INFERENCE_MUTATION_SEED sets their seed.
/// Alone, because memory that other tests hold of the process's pool would be allocated anew, and counted.
/// </remarks>
[Collection(nameof(Alone))]
public sealed class BrokenFileTests
{
    private static readonly int? Wanted =
        Environment.GetEnvironmentVariable("INFERENCE_MUTATIONS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static readonly int Seed =
        Environment.GetEnvironmentVariable("INFERENCE_MUTATION_SEED") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : 20240229;

    public static TheoryData<ModelFormat> Formats => new(Enum.GetValues<ModelFormat>());

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_sound_specimen_loads(ModelFormat format)
    {
        foreach (Specimen specimen in Specimen.Of(format))
        {
            using Booster booster = Booster.Load(specimen.Content);
            Assert.Equal(format, booster.Info.Format);
            Assert.Equal(Outcome.Loaded, Trial.Run(specimen.Content));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_prefix_is_survived(ModelFormat format) => Run("prefixes", format, specimen =>
        Enumerable.Range(0, specimen.Content.Length).Select(length => ($"{length} bytes", specimen.Content[..length])));

    [Theory]
    [MemberData(nameof(Formats))]
    public void Random_mutations_are_survived(ModelFormat format)
    {
        IReadOnlyList<Specimen> specimens = Specimen.Of(format);
        int count = ((Wanted ?? 10000) + specimens.Count - 1) / specimens.Count;
        Run("mutations", format, specimen => Enumerable.Range(0, count).Select(index =>
        {
            // Each mutation has its own seed, so that one can be run again without those before it.
            int seed = unchecked(Seed + (index * 7919));
            return ($"seed {seed}", Mutator.Break(new Random(seed), specimen.Content, IsText(format)));
        }));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Extreme_numbers_are_survived(ModelFormat format) => Run("extremes", format, specimen =>
    {
        IEnumerable<(string, byte[])> files = IsText(format) ? ExtremeWords(specimen.Content) : ExtremeIntegers(specimen.Content);
        return Wanted is null ? Share(files, IsText(format) ? 0.1 : 0.01) : files;
    });

    [Fact]
    public void Extreme_integers_in_sound_messages_are_survived() => Run("integers in messages", ModelFormat.Onnx, specimen =>
    {
        IEnumerable<(string, byte[])> files = ProtobufVariants.Of(specimen.Content, Mutator.Integers);
        return Wanted is null ? Share(files, 0.05) : files;
    });

    private static bool IsText(ModelFormat format) => format is ModelFormat.XGBoostJson or ModelFormat.LightGbmText;

    private static void Run(string what, ModelFormat format, Func<Specimen, IEnumerable<(string Name, byte[] Content)>> files)
    {
        IReadOnlyList<Specimen> specimens = Specimen.Of(format);
        TrialRun.Run(
            $"{format}, {what}",
            specimens.Select(specimen => specimen.Content),
            specimens.SelectMany(specimen => files(specimen).Select(file => ($"{specimen.Name}, {file.Name}", file.Content))));
    }

    /// <summary>Each number of a text in turn replaced by each of the odd words.</summary>
    private static IEnumerable<(string Name, byte[] Content)> ExtremeWords(byte[] text) =>
        from range in Mutator.Numbers(text)
        from word in Mutator.WordsAsBytes()
        select ($"{range} is '{System.Text.Encoding.UTF8.GetString(word)}'", Mutator.Replace(text, range, word));

    /// <summary>At each byte of a binary file an extreme integer in each width and order, and as protobuf writes integers.</summary>
    private static IEnumerable<(string Name, byte[] Content)> ExtremeIntegers(byte[] content)
    {
        byte[] number = new byte[8];
        for (int at = 0; at < content.Length; at++)
        {
            foreach (long integer in Mutator.Integers)
            {
                BinaryPrimitives.WriteInt64BigEndian(number, integer);
                yield return ($"{integer} at {at}, 8 bytes, big-endian", Overwritten(number));
                yield return ($"{integer} at {at}, 4 bytes, big-endian", Overwritten(number.AsSpan(4)));
                BinaryPrimitives.WriteInt64LittleEndian(number, integer);
                yield return ($"{integer} at {at}, 8 bytes, little-endian", Overwritten(number));
                yield return ($"{integer} at {at}, 4 bytes, little-endian", Overwritten(number.AsSpan(0, 4)));
                byte[] varint = new Properties.Onnx.ProtobufBuilder().Raw(integer).Bytes;
                yield return ($"{integer} at {at} as a varint", Mutator.Replace(content, at..(at + 1), varint));
            }

            byte[] Overwritten(ReadOnlySpan<byte> bytes) => bytes.Length > content.Length - at ? content[..at] : Mutator.Replace(content, at..(at + bytes.Length), bytes);
        }
    }

    /// <summary>A random share of a long list.</summary>
    private static IEnumerable<T> Share<T>(IEnumerable<T> items, double share)
    {
        Random random = new(Seed);
        return items.Where(_ => random.NextDouble() < share);
    }
}
