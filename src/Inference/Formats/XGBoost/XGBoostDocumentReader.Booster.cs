using System;
using System.Text;

namespace Inference.Formats.XGBoost;

/// <content>The booster and its model.</content>
internal sealed partial class XGBoostDocumentReader<TReader>
{
    /// <summary>gradient_booster, and inside dart's (until 3.2) the gbtree that holds its model.</summary>
    private void ReadBooster(ref TReader reader, bool nested)
    {
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("model"u8))
            {
                ReadModel(ref reader);
            }
            else if (name.SequenceEqual("name"u8) && !nested)
            {
                _model.Booster = Encoding.UTF8.GetString(reader.ReadText());
            }
            else if (name.SequenceEqual("gbtree"u8) && !nested)
            {
                ReadBooster(ref reader, nested: true);
            }
            else if (name.SequenceEqual("weight_drop"u8))
            {
                _model.TreeWeights = reader.ReadSingleArray();
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadModel(ref TReader reader)
    {
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("trees"u8))
            {
                ReadTrees(ref reader);
            }
            else if (name.SequenceEqual("tree_info"u8))
            {
                _model.TreeOutputs = reader.ReadInt32Array();
            }
            else if (name.SequenceEqual("iteration_indptr"u8))
            {
                _model.IterationStarts = reader.ReadInt32Array();
            }
            else if (name.SequenceEqual("weight_drop"u8))
            {
                _model.TreeWeights = reader.ReadSingleArray();
            }
            else if (name.SequenceEqual("gbtree_model_param"u8))
            {
                ReadTreeModelParameters(ref reader);
            }
            else if (name.SequenceEqual("cats"u8))
            {
                ReadCategories(ref reader);
            }
            else if (name.SequenceEqual("weights"u8))
            {
                _model.LinearWeights = reader.ReadSingleArray();
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadTreeModelParameters(ref TReader reader)
    {
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("num_trees"u8))
            {
                _model.DeclaredTreeCount = ReadCount(ref reader);
            }
            else if (name.SequenceEqual("num_parallel_tree"u8))
            {
                _model.ParallelTrees = ReadCount(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
