using System;

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

        if (Impostors.NameOf(content) is { } impostor)
        {
            throw context.Broken("", impostor, Allowed);
        }

        ReadOnlySpan<byte> text = content.TrimStart(" \t\r\n"u8);
        if (content.Length >= 2 && content[0] == '{' && content[1] is (byte)'L' or (byte)'i' or (byte)'U' or (byte)'I' or (byte)'l' or (byte)'$' or (byte)'#')
        {
            return ModelFormat.XGBoostUbjson;
        }

        if (text.StartsWith("{"u8))
        {
            return ModelFormat.XGBoostJson;
        }

        if (text.StartsWith("tree\n"u8) || text.StartsWith("tree\r\n"u8))
        {
            return ModelFormat.LightGbmText;
        }

        throw context.Broken("byte 0", "content of no known kind", Allowed);
    }
}
