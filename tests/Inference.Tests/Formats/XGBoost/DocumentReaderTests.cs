using System;
using System.Linq;
using System.Text;
using Inference.Formats;
using Inference.Formats.XGBoost;
using Xunit;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>The two syntaxes, apart from what XGBoost says in them.</summary>
public sealed class DocumentReaderTests
{
    private static readonly LoadContext Context = new("test", LoadLimits.Default);

    [Theory]
    [InlineData("i", new byte[] { 0xFF, 0x7F }, new[] { -1, 127 })]
    [InlineData("U", new byte[] { 0xFF, 0x7F }, new[] { 255, 127 })]
    [InlineData("I", new byte[] { 0xFF, 0xFE, 0x01, 0x00 }, new[] { -2, 256 })]
    [InlineData("l", new byte[] { 0xFF, 0xFF, 0xFF, 0xFE, 0, 1, 0, 0 }, new[] { -2, 65536 })]
    [InlineData("L", new byte[] { 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 3 }, new[] { 256, 3 })]
    public void Typed_arrays_of_every_width_are_read(string type, byte[] elements, int[] expected)
    {
        byte[] content = [.. "[$"u8, (byte)type[0], .. "#i"u8, 2, .. elements];

        Assert.Equal(expected, new UbjsonDocumentReader(content, Context).ReadInt32Array());
        Assert.Equal(expected.Select(value => (long)value), new UbjsonDocumentReader(content, Context).ReadInt64Array());
        Assert.Equal(expected.Select(value => (float)value), new UbjsonDocumentReader(content, Context).ReadSingleArray());
    }

    [Fact]
    public void Floats_of_both_widths_are_read()
    {
        Assert.Equal([1.5f], new UbjsonDocumentReader([.. "[$d#i"u8, 1, 0x3F, 0xC0, 0, 0], Context).ReadSingleArray());
        Assert.Equal([1.5f], new UbjsonDocumentReader([.. "[$D#i"u8, 1, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0], Context).ReadSingleArray());
        Assert.Equal([1.5f, 3f], new UbjsonDocumentReader([.. "[d"u8, 0x3F, 0xC0, 0, 0, .. "i"u8, 3, .. "]"u8], Context).ReadSingleArray());
    }

    [Theory]
    [InlineData("[]", new int[0])]
    [InlineData(" [ ] ", new int[0])]
    [InlineData("[ 1 , -2\n,3 ]", new[] { 1, -2, 3 })]
    [InlineData("[2147483647,-2147483648]", new[] { int.MaxValue, int.MinValue })]
    public void Json_arrays_of_whole_numbers_are_read(string json, int[] expected)
    {
        JsonDocumentReader reader = new(Encoding.UTF8.GetBytes(json), Context);

        Assert.Equal(expected, reader.ReadInt32Array());
        reader.End();
    }

    [Theory]
    [InlineData("[1,2")]
    [InlineData("[1,]")]
    [InlineData("[,1]")]
    [InlineData("[1 2]")]
    [InlineData("[1.0]")]
    [InlineData("[1e2]")]
    [InlineData("[2147483648]")]
    [InlineData("[99999999999999999999]")]
    [InlineData("[\"]\"]")]
    [InlineData("[[1]]")]
    [InlineData("{}")]
    [InlineData("")]
    public void Json_arrays_of_anything_else_are_refused(string json) =>
        Assert.Throws<ModelFormatException>(() => new JsonDocumentReader(Encoding.UTF8.GetBytes(json), Context).ReadInt32Array());

    [Fact]
    public void Bare_words_among_the_numbers_are_read()
    {
        float[] values = new JsonDocumentReader("[NaN, -Infinity,Infinity , 1E0, -0.25]"u8, Context).ReadSingleArray();

        Assert.Equal([float.NaN, float.NegativeInfinity, float.PositiveInfinity, 1f, -0.25f], values);
    }

    [Fact]
    public void Flags_are_codes()
    {
        Assert.Equal([1, 0, 1, 7], new JsonDocumentReader("[true, false,1,7]"u8, Context).ReadByteArray());
        Assert.Equal([1, 0, 7], new UbjsonDocumentReader([.. "[TFi"u8, 7, .. "]"u8], Context).ReadByteArray());
    }

    [Theory]
    [InlineData("\"plain\"", "plain")]
    [InlineData("\"a\\\"b\\\\c\\/\\n\\t\\r\\b\\f\"", "a\"b\\c/\n\t\r\b\f")]
    [InlineData("\"\\u00e9\\ud83d\\ude00\"", "é😀")]
    [InlineData("\"\\ud83d.\"", "\uFFFD.")]
    [InlineData("\"é😀\"", "é😀")]
    public void Escapes_are_resolved(string json, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(new JsonDocumentReader(Encoding.UTF8.GetBytes(json), Context).ReadText()));

    [Theory]
    [InlineData("\"\\x\"")]
    [InlineData("\"\\u12\"")]
    [InlineData("\"\\u12g4\"")]
    [InlineData("\"open")]
    [InlineData("\"open\\")]
    [InlineData("\"open\\\"")]
    public void Broken_texts_are_refused(string json) =>
        Assert.Throws<ModelFormatException>(() => Encoding.UTF8.GetString(new JsonDocumentReader(Encoding.UTF8.GetBytes(json), Context).ReadText()));

    [Theory]
    [InlineData("{\"a\":[1,{\"b\":\"]}\\\"\"}],\"c\":null}")]
    [InlineData("[[],[[]],{}]")]
    [InlineData("\"text\"")]
    [InlineData("-1.5E3")]
    [InlineData("true")]
    [InlineData("[1.5,2.5]")]
    public void A_skipped_value_is_passed_over_as_a_whole(string json)
    {
        JsonDocumentReader reader = new(Encoding.UTF8.GetBytes(json + " 77"), Context);
        reader.Skip();
        Assert.Equal(77, reader.ReadInteger());
        foreach (ArrayStyle style in Enum.GetValues<ArrayStyle>())
        {
            UbjsonDocumentReader binary = new([.. UbjsonText.FromJson(json, style), (byte)'i', 77], Context);
            binary.Skip();
            Assert.Equal(77, binary.ReadInteger());
            binary.End();
        }
    }

    [Theory]
    [InlineData("[}")]
    [InlineData("{]")]
    [InlineData("[[]")]
    [InlineData("{\"a\":[1}")]
    [InlineData("?")]
    public void A_value_with_crossed_brackets_is_not_skipped(string json) =>
        Assert.Throws<ModelFormatException>(() => new JsonDocumentReader(Encoding.UTF8.GetBytes(json), Context).Skip());

    [Fact]
    public void Nesting_is_bounded_and_takes_no_stack()
    {
        string fits = new string('[', 64) + new string(']', 64);
        new JsonDocumentReader(Encoding.UTF8.GetBytes(fits), Context).Skip();
        new UbjsonDocumentReader(Encoding.UTF8.GetBytes(fits), Context).Skip();

        byte[] deep = Encoding.UTF8.GetBytes(new string('[', 10_000) + new string(']', 10_000));
        Assert.Contains("64 deep", Assert.Throws<ModelFormatException>(() => new JsonDocumentReader(deep, Context).Skip()).Message, StringComparison.Ordinal);
        Assert.Contains("64 deep", Assert.Throws<ModelFormatException>(() => new UbjsonDocumentReader(deep, Context).Skip()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[$Z#L")]
    [InlineData("[$T#L")]
    [InlineData("[$d#L")]
    [InlineData("[#L")]
    public void A_count_beyond_the_file_is_refused_before_it_is_allocated(string start)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes(start), 0, 0, 0, 1, 0, 0, 0, 0];
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<ModelFormatException>(() => new UbjsonDocumentReader(content, Context).ReadSingleArray());
        Assert.Throws<ModelFormatException>(() => new UbjsonDocumentReader(content, Context).Skip());

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 64 * 1024);
    }
}
