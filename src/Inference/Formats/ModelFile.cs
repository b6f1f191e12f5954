using System;
using Inference.Formats.LightGbm;
using Inference.Formats.Onnx;
using Inference.Formats.XGBoost;
using Inference.Forests;

namespace Inference.Formats;

/// <summary>The way from bytes to a <see cref="Forest"/>: detect the format, import it, check the result.</summary>
internal static class ModelFile
{
    /// <summary>Reads a model.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    /// <exception cref="ModelNotSupportedException">The file asks for something unsupported.</exception>
    public static Forest Read(ReadOnlySpan<byte> content, LoadContext context)
    {
        Forest forest = FormatDetector.Detect(content, context) switch
        {
            ModelFormat format and (ModelFormat.XGBoostJson or ModelFormat.XGBoostUbjson or ModelFormat.XGBoostBinary) => XGBoostImporter.Import(content, format, context),
            ModelFormat.LightGbmText => LightGbmImporter.Read(content, context),
            ModelFormat.Onnx => OnnxImporter.Import(content, context),
            ModelFormat format => throw context.Unsupported("", format.ToString(), "a format with an importer"),
        };
        ForestValidator.Check(forest, context);
        return forest;
    }
}
