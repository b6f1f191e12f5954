using System;
using System.Globalization;
using System.Numerics;
using System.Text;
using Inference.Formats.XGBoost;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>Decimal text becomes the nearest float.</summary>
public sealed class DecimalTextTests
{
    private static readonly string[] Spellings = ["R", "E8", "E17", "E3", "F12", "G12"];

    [Fact]
    public void Any_float_in_any_spelling_is_read_as_the_framework_reads_it()
    {
        Random random = new(20);
        for (int i = 0; i < 50_000; i++)
        {
            float value = BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue));
            if (float.IsFinite(value))
            {
                CheckAgainstFramework(((double)value).ToString(Spellings[i % Spellings.Length], CultureInfo.InvariantCulture));
                CheckAgainstFramework(value.ToString("R", CultureInfo.InvariantCulture));
            }
        }
    }

    [Fact]
    public void Half_way_texts_and_their_neighbours_are_rounded_once()
    {
        Random random = new(21);
        for (int i = 0; i < 20_000; i++)
        {
            // Whole numbers of 25 to 60 bits that lie half-way between two floats, or one beside it.
            int shift = random.Next(1, 30);
            BigInteger halfWay = ((new BigInteger(random.Next(1 << 23, 1 << 24)) * 2) + 1) << shift;
            for (int step = -1; step <= 1; step++)
            {
                string digits = (halfWay + step).ToString(CultureInfo.InvariantCulture);
                CheckAgainstFramework(digits);
                CheckAgainstFramework($"{digits[0]}.{digits[1..]}E{digits.Length - 1}");
            }
        }

        // Doubles nearest to these two are half-way between floats, but the texts are not.
        CheckAgainstFramework("1.00000017881393432617187499");
        CheckAgainstFramework("1.00000017881393432617187501");
    }

    [Theory]
    [InlineData("0", 0f, 1)]
    [InlineData("-0E0", -0f, 4)]
    [InlineData("5E-1", 0.5f, 4)]
    [InlineData("+2.5,", 2.5f, 4)]
    [InlineData("1e", 1f, 1)]
    [InlineData("1E-45", float.Epsilon, 5)]
    [InlineData("1E400", float.PositiveInfinity, 5)]
    [InlineData("1E-99999999999999999999", 0f, 23)]
    [InlineData("NaN", float.NaN, 3)]
    [InlineData("nan]", float.NaN, 3)]
    [InlineData("Infinity", float.PositiveInfinity, 8)]
    [InlineData("-Infinity]", float.NegativeInfinity, 9)]
    [InlineData("-inf", float.NegativeInfinity, 4)]
    public void A_number_ends_where_it_ends(string text, float expected, int length)
    {
        Assert.True(DecimalText.TryReadSingle(Encoding.UTF8.GetBytes(text), out float value, out int read));
        Bits.Equal([expected], [value], text);
        Assert.Equal(length, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("E5")]
    [InlineData("true")]
    [InlineData("Inf")]
    [InlineData("--1")]
    public void What_is_no_number_is_refused(string text) =>
        Assert.False(DecimalText.TryReadSingle(Encoding.UTF8.GetBytes(text), out _, out _));

    private static void CheckAgainstFramework(string text)
    {
        Assert.True(DecimalText.TryReadSingle(Encoding.UTF8.GetBytes(text), out float value, out int length), text);
        Assert.Equal(text.Length, length);
        float expected = float.Parse(text, CultureInfo.InvariantCulture);
        Assert.True(BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(value), $"{text} is {value:R}, expected {expected:R}");
    }
}
