using System;
using System.Text;
using Xunit;

namespace Inference.Tests.Formats;

/// <summary>What is often found where a model should be is named in the error.</summary>
public class ImpostorTests
{
    [Theory]
    [InlineData("", "an empty file")]
    [InlineData("  \n\n", "blanks")]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n", "Git LFS pointer")]
    [InlineData("<!DOCTYPE html><html><body>Sign in</body></html>", "HTML page")]
    [InlineData("\n<html>", "HTML page")]
    [InlineData("<?xml version=\"1.0\"?><Error/>", "XML")]
    [InlineData("PK\u0003\u0004rest of the archive", "zip archive")]
    [InlineData("%PDF-1.7", "PDF")]
    [InlineData("CBM1....", "CatBoost")]
    [InlineData("PAR1....", "Parquet")]
    [InlineData("cxgboost.core\nBooster\n", "pickle")]
    [InlineData("hello, world", "no known kind")]
    public void Text_that_is_no_model_is_named(string content, string name) => AssertNamed(Encoding.Latin1.GetBytes(content), name);

    [Theory]
    [InlineData("1F8B0800", "gzip")]
    [InlineData("80049520", "pickle")]
    [InlineData("80024B01", "pickle")]
    [InlineData("934E554D505901", "NumPy")]
    [InlineData("89504E470D0A1A0A", "picture")]
    [InlineData("894844460D0A1A0A", "HDF5")]
    [InlineData("7F454C46020101", "executable")]
    [InlineData("FFFE7B00", "UTF-16")]
    [InlineData("28B52FFD", "Zstandard")]
    [InlineData("00000000", "zeros")]
    public void Bytes_that_are_no_model_are_named(string hex, string name) => AssertNamed(Convert.FromHexString(hex), name);

    private static void AssertNamed(byte[] content, string name)
    {
        ModelFormatException exception = Assert.Throws<ModelFormatException>(() => Booster.Load(content));
        Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        Assert.Contains("; an XGBoost model", exception.Message, StringComparison.Ordinal);
    }
}
