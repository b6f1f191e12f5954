using System;
using Inference.Formats.XGBoost;

namespace Inference.Formats;

/// <summary>Finds a file's format from its content, and names what is often mistaken for a model.</summary>
internal static class FormatDetector
{
    private const string Allowed = "an XGBoost model (JSON, UBJSON or the old binary), a LightGBM text model, or an ONNX file";

    /// <summary>The format of a file.</summary>
    /// <exception cref="ModelFormatException">The content is no model of a known format.</exception>
    public static ModelFormat Detect(ReadOnlySpan<byte> content, LoadContext context)
    {
        if (content.IsEmpty)
        {
            throw context.Broken("", "an empty file", Allowed);
        }

        if (XGBoostBinaryReader.Recognises(content))
        {
            return ModelFormat.XGBoostBinary;
        }

        if (Impostors.NameOf(content) is { } impostor)
        {
            throw context.Broken("", impostor, Allowed);
        }

        ReadOnlySpan<byte> text = content.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? content[3..] : content;
        text = text.TrimStart(" \t\r\n"u8);
        if (content.Length >= 2 && content[0] == '{' && content[1] is (byte)'L' or (byte)'i' or (byte)'U' or (byte)'I' or (byte)'l' or (byte)'$' or (byte)'#')
        {
            return ModelFormat.XGBoostUbjson;
        }

        if (text.StartsWith("{"u8))
        {
            return ModelFormat.XGBoostJson;
        }

        if (text.StartsWith("["u8))
        {
            throw context.Broken("byte 0", "a JSON array (XGBoost's dump_model writes one, for people to read)", Allowed);
        }

        if (text.StartsWith("tree\n"u8) || text.StartsWith("tree\r\n"u8))
        {
            return ModelFormat.LightGbmText;
        }

        if (LooksLikeOnnx(content))
        {
            return ModelFormat.Onnx;
        }

        throw context.Broken("byte 0", "content of no known kind", Allowed);
    }

    /// <summary>
    /// ONNX has no signature. Its writers put the version of the layout first, a number of one byte (field 1 of
    /// ModelProto), and then another of ModelProto's fields: text, a number, the graph or an operator set.
    /// </summary>
    private static bool LooksLikeOnnx(ReadOnlySpan<byte> content) =>
        content is [0x08, > 0 and < 0x80, 0x12 or 0x1A or 0x22 or 0x28 or 0x32 or 0x3A or 0x42 or 0x72, ..];
}
