using System;

namespace Inference.Formats;

/// <summary>Recognises what is often found where a model should be, so that the error names it and says what to do.</summary>
internal static class Impostors
{
    /// <summary>What the content is instead of a model; <see langword="null"/> where it is nothing known.</summary>
    public static string? NameOf(ReadOnlySpan<byte> content)
    {
        ReadOnlySpan<byte> text = Begins(content, 0xEF, 0xBB, 0xBF) ? content[3..] : content;
        text = text.TrimStart(" \t\r\n\0"u8);
        return text switch
        {
            _ when text.IsEmpty => "a file of blanks or zeros",
            _ when text.StartsWith("version https://git-lfs.github.com/"u8) => "a Git LFS pointer instead of the file it stands for ('git lfs pull' fetches it)",
            _ when text.StartsWith("<!DOCTYPE"u8) || text.StartsWith("<!doctype"u8) || text.StartsWith("<html"u8) || text.StartsWith("<HTML"u8) => "an HTML page, most often a login or error page that was downloaded in place of the file",
            _ when text.StartsWith("<?xml"u8) => "an XML document (PMML and download errors look like this)",
            _ when content.StartsWith("PK\u0003\u0004"u8) || content.StartsWith("PK\u0005\u0006"u8) => "a zip archive (skops, PyTorch, Keras and compressed downloads look like this): unpack it first",
            _ when Begins(content, 0x1F, 0x8B) => "gzip data: unpack it first",
            _ when Begins(content, 0x28, 0xB5, 0x2F, 0xFD) => "Zstandard data: unpack it first",
            _ when content.StartsWith("BZh"u8) => "bzip2 data: unpack it first",
            _ when Begins(content, 0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0) => "xz data: unpack it first",
            _ when IsPickle(content) => "a Python pickle (joblib and pickle.dump write these): save the model with save_model and load that file",
            _ when Begins(content, 0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y') => "a NumPy array: rows, not a model",
            _ when Begins(content, 0x89, (byte)'H', (byte)'D', (byte)'F') => "an HDF5 file (Keras writes these)",
            _ when content.StartsWith("PAR1"u8) => "a Parquet file: rows, not a model",
            _ when content.StartsWith("ARROW1"u8) => "an Arrow file: rows, not a model",
            _ when content.StartsWith("CBM1"u8) => "a CatBoost model, which this version does not read",
            _ when Begins(content, 0x7F, (byte)'E', (byte)'L', (byte)'F') || content.StartsWith("MZ"u8) => "an executable or a shared library",
            _ when content.Length > 8 && content[4..].StartsWith("TFL3"u8) => "a TensorFlow Lite model, which this version does not read",
            _ when content.StartsWith("%PDF"u8) => "a PDF document",
            _ when Begins(content, 0x89, (byte)'P', (byte)'N', (byte)'G') || Begins(content, 0xFF, 0xD8, 0xFF) => "a picture",
            _ when Begins(content, 0xFF, 0xFE) || Begins(content, 0xFE, 0xFF) => "text in UTF-16: save it in UTF-8",
            _ => null,
        };
    }

    private static bool Begins(ReadOnlySpan<byte> content, params ReadOnlySpan<byte> signature) => content.StartsWith(signature);

    /// <summary>Protocols 2 to 5 start with PROTO and their number; older ones with the opcodes that open an object of a module.</summary>
    private static bool IsPickle(ReadOnlySpan<byte> content) =>
        (content.Length > 2 && content[0] == 0x80 && content[1] is >= 2 and <= 5)
        || content.StartsWith("ccopy_reg\n"u8)
        || content.StartsWith("(i"u8)
        || content.StartsWith("cxgboost"u8)
        || content.StartsWith("clightgbm"u8);
}
