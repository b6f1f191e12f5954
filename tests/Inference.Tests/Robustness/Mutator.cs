using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Inference.Tests.Robustness;

/// <summary>Breaks files at random: bytes, blocks, numbers.</summary>
internal static class Mutator
{
    /// <summary>Numbers that readers of lengths, counts and indices have failed on.</summary>
    public static readonly long[] Integers =
    [
        0, 1, 2, -1, -2, 127, 128, 255, 256, 32767, 65535, 65536, 16777215, 16777216, 1_000_000_000, int.MaxValue, int.MinValue,
        1L << 31, (1L << 32) - 1, 1L << 32, 1L << 62, long.MaxValue, long.MinValue,
    ];

    private static readonly string[] Words =
    [
        .. Integers.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        "999999999999999999999999", "1e309", "-1e309", "1e-400", "nan", "inf", "-inf", "NaN", "Infinity", "-0", "0.5", "1e5", "null", "true", "\"\"", "[]", "{}", "",
        ".", "-", "+1", "0x10", "1e", "1e+", "00", "١",
    ];

    /// <summary>A broken copy.</summary>
    public static byte[] Break(Random random, byte[] sound, bool isText)
    {
        List<byte> bytes = [.. sound];
        for (int times = random.Next(3) == 0 ? random.Next(2, 5) : 1; times > 0; times--)
        {
            if (random.Next(2) == 0)
            {
                ChangeByte(random, bytes);
            }
            else if (isText && random.Next(2) == 0)
            {
                ChangeNumber(random, bytes);
            }
            else
            {
                ChangeBlock(random, bytes);
            }
        }

        return [.. bytes];
    }

    /// <summary>Every token of a text that is a number or holds one, as a range.</summary>
    public static IEnumerable<Range> Numbers(byte[] text)
    {
        for (int start = 0; start < text.Length; start++)
        {
            if (IsNumeral(text[start]) && (start == 0 || !IsNumeral(text[start - 1])))
            {
                int end = start + 1;
                while (end < text.Length && (IsNumeral(text[end]) || text[end] is (byte)'.' or (byte)'e' or (byte)'E' or (byte)'+'))
                {
                    end++;
                }

                yield return start..end;
            }
        }
    }

    /// <summary>A copy with a range replaced.</summary>
    public static byte[] Replace(byte[] content, Range range, ReadOnlySpan<byte> replacement) => [.. content[..range.Start], .. replacement, .. content[range.End..]];

    /// <summary>The words that take a number's place in text.</summary>
    public static IEnumerable<byte[]> WordsAsBytes() => Words.Select(Encoding.UTF8.GetBytes);

    private static bool IsNumeral(byte value) => value is >= (byte)'0' and <= (byte)'9' or (byte)'-';

    private static void ChangeByte(Random random, List<byte> bytes)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        int at = random.Next(bytes.Count);
        bytes[at] = random.Next(4) switch
        {
            0 => (byte)(bytes[at] ^ (1 << random.Next(8))),
            1 => (byte)(bytes[at] + (random.Next(2) == 0 ? 1 : -1)),
            2 => bytes[random.Next(bytes.Count)],
            _ => (byte)random.Next(256),
        };
    }

    private static void ChangeNumber(Random random, List<byte> bytes)
    {
        byte[] content = [.. bytes];
        Range[] numbers = [.. Numbers(content)];
        if (numbers.Length == 0)
        {
            return;
        }

        Range target = numbers[random.Next(numbers.Length)];
        byte[] word = random.Next(3) == 0 ? content[numbers[random.Next(numbers.Length)]] : Encoding.UTF8.GetBytes(Words[random.Next(Words.Length)]);
        bytes.Clear();
        bytes.AddRange(Replace(content, target, word));
    }

    private static void ChangeBlock(Random random, List<byte> bytes)
    {
        if (bytes.Count < 2)
        {
            return;
        }

        int length = random.Next(4) switch
        {
            0 => random.Next(1, Math.Min(9, bytes.Count)),
            1 => random.Next(1, Math.Min(65, bytes.Count)),
            _ => random.Next(1, Math.Min(1025, bytes.Count)),
        };
        int from = random.Next(bytes.Count - length + 1);
        int to = random.Next(bytes.Count - length + 1);
        List<byte> block = bytes.GetRange(from, length);
        switch (random.Next(8))
        {
            case 0:
                bytes.RemoveRange(from, length);
                break;
            case 1:
                bytes.InsertRange(to, block);
                break;
            case 2:
                Overwrite(bytes, to, block);
                break;
            case 3:
                byte fill = random.Next(3) switch
                {
                    0 => 0,
                    1 => 255,
                    _ => (byte)random.Next(256),
                };
                Overwrite(bytes, from, Enumerable.Repeat(fill, length));
                break;
            case 4:
                byte[] noise = new byte[length];
                random.NextBytes(noise);
                bytes.InsertRange(to, noise);
                break;
            case 5:
                List<byte> other = bytes.GetRange(to, length);
                Overwrite(bytes, to, block);
                Overwrite(bytes, from, other);
                break;
            case 6:
                bytes.RemoveRange(from, bytes.Count - from);
                break;
            default:
                Overwrite(bytes, from, Encoded(random).Take(length));
                break;
        }
    }

    /// <summary>An extreme integer in one of the ways that binary formats store integers.</summary>
    private static byte[] Encoded(Random random)
    {
        byte[] bytes = new byte[8];
        long number = Integers[random.Next(Integers.Length)];
        switch (random.Next(4))
        {
            case 0:
                BinaryPrimitives.WriteInt64BigEndian(bytes, number);
                return bytes;
            case 1:
                BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
                return bytes;
            case 2:
                BinaryPrimitives.WriteInt32BigEndian(bytes, (int)number);
                return bytes[..4];
            default:
                BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)number);
                return bytes[..4];
        }
    }

    private static void Overwrite(List<byte> bytes, int at, IEnumerable<byte> values)
    {
        foreach (byte value in values)
        {
            bytes[at++] = value;
        }
    }
}
