using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Text;

namespace Inference.Formats.XGBoost;

/// <summary>Reads XGBoost's document model, JSON or UBJSON, into a record. Names that it does not know are passed over.</summary>
/// <typeparam name="TReader">The syntax.</typeparam>
/// <remarks>
/// Sources: XGBoost doc/model.schema (until 3.1) and the SaveModel functions of src/learner.cc, src/gbm/gbtree_model.cc,
/// src/gbm/gblinear_model.cc and src/tree/tree_model.cc, 1.0 to 3.4. Members may come in any order.
/// </remarks>
internal sealed partial class XGBoostDocumentReader<TReader>
    where TReader : struct, IDocumentReader, allows ref struct
{
    private readonly LoadContext _context;
    private readonly XGBoostModelRecord _model;

    private XGBoostDocumentReader(LoadContext context, XGBoostModelRecord model)
    {
        _context = context;
        _model = model;
    }

    /// <summary>Reads a whole document.</summary>
    /// <exception cref="ModelFormatException">The document is broken, or is not XGBoost's.</exception>
    public static XGBoostModelRecord Read(TReader reader, ModelFormat format, LoadContext context)
    {
        XGBoostDocumentReader<TReader> model = new(context, new XGBoostModelRecord { Format = format });
        model.ReadRoot(ref reader);
        reader.End();
        return model._model;
    }

    private void ReadRoot(ref TReader reader)
    {
        bool hasLearner = false;
        string? other = null;
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("version"u8) && reader.Peek() == DocumentValue.Array)
            {
                _model.Version = reader.ReadInt32Array();
            }
            else if (name.SequenceEqual("learner"u8))
            {
                hasLearner = true;
                ReadLearner(ref reader);
            }
            else
            {
                other ??= OtherDocuments.NameOf(name);
                reader.Skip();
            }
        }

        if (!hasLearner)
        {
            throw _context.Broken("", other ?? "a document without \"learner\"", "a model that XGBoost's save_model wrote, which holds \"learner\"");
        }
    }

    private void ReadLearner(ref TReader reader)
    {
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("gradient_booster"u8))
            {
                ReadBooster(ref reader, nested: false);
            }
            else if (name.SequenceEqual("learner_model_param"u8))
            {
                ReadModelParameters(ref reader);
            }
            else if (name.SequenceEqual("objective"u8))
            {
                _model.Objective = ReadName(ref reader) ?? _model.Objective;
            }
            else if (name.SequenceEqual("attributes"u8))
            {
                ReadAttributes(ref reader);
            }
            else if (name.SequenceEqual("feature_names"u8))
            {
                _model.FeatureNames = ReadTexts(ref reader);
            }
            else if (name.SequenceEqual("feature_types"u8))
            {
                _model.FeatureTypes = ReadTexts(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadModelParameters(ref TReader reader)
    {
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("base_score"u8))
            {
                string location = reader.Location;
                _model.BaseScore = XGBoostParameters.ReadSingles(reader.ReadText(), location, _context);
            }
            else if (name.SequenceEqual("num_feature"u8))
            {
                _model.FeatureCount = ReadCount(ref reader);
            }
            else if (name.SequenceEqual("num_class"u8))
            {
                _model.ClassCount = ReadCount(ref reader);
            }
            else if (name.SequenceEqual("num_target"u8))
            {
                _model.TargetCount = ReadCount(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadAttributes(ref TReader reader)
    {
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("best_iteration"u8))
            {
                _model.BestIteration = Encoding.UTF8.GetString(reader.ReadText());
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static string? ReadName(ref TReader reader)
    {
        string? value = null;
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("name"u8))
            {
                value = Encoding.UTF8.GetString(reader.ReadText());
            }
            else
            {
                reader.Skip();
            }
        }

        return value;
    }

    /// <summary>A count, which the file has as text.</summary>
    private long ReadCount(ref TReader reader)
    {
        string location = reader.Location;
        ReadOnlySpan<byte> text = reader.ReadText();
        return Utf8Parser.TryParse(text, out long count, out int length) && length == text.Length && count >= 0
            ? count
            : throw _context.Broken(location, $"\"{XGBoostParameters.Excerpt(text)}\"", "a count of 0 or more, as text");
    }

    private static string[] ReadTexts(ref TReader reader)
    {
        List<string> texts = [];
        DocumentCursor cursor = reader.BeginArray();
        while (reader.NextElement(ref cursor))
        {
            // Types of features repeat, and a string weighs many times the "q" that it is made of.
            ReadOnlySpan<byte> text = reader.ReadText();
            texts.Add(texts.Count > 0 && Ascii.Equals(text, texts[^1]) ? texts[^1] : Encoding.UTF8.GetString(text));
        }

        return [.. texts];
    }
}
