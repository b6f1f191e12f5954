using System;
using System.Collections.Generic;

namespace Inference.Formats.XGBoost;

/// <content>Trees and categories.</content>
internal sealed partial class XGBoostDocumentReader<TReader>
{
    private void ReadTrees(ref TReader reader)
    {
        List<XGBoostTreeRecord> trees = [];
        DocumentCursor cursor = reader.BeginArray();
        while (reader.NextElement(ref cursor))
        {
            trees.Add(ReadTree(ref reader));
        }

        _model.Trees = [.. trees];
    }

    private XGBoostTreeRecord ReadTree(ref TReader reader)
    {
        XGBoostTreeRecord tree = new();

        // A copy of the reader is a bookmark. Only vector leaves of 2.0 to 3.1 need base_weights, and whether a tree
        // has those is known at its end.
        TReader baseWeights = reader;
        bool hasBaseWeights = false;
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("base_weights"u8))
            {
                baseWeights = reader;
                hasBaseWeights = true;
                reader.Skip();
            }
            else if (!TryReadNodeArray(ref reader, name, tree) && !TryReadCategoryArray(ref reader, name, tree))
            {
                if (name.SequenceEqual("tree_param"u8))
                {
                    ReadTreeParameters(ref reader, tree);
                }
                else if (name.SequenceEqual("id"u8))
                {
                    tree.Id = reader.ReadInteger();
                }
                else if (name.SequenceEqual("parents"u8) && _context.IsForLibrary)
                {
                    string location = reader.Location;
                    CheckParents(reader.ReadInt32Array(), location);
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        if (hasBaseWeights && tree.LeafVectorSize > 1 && tree.LeafWeights is null)
        {
            tree.BaseWeights = baseWeights.ReadSingleArray();
        }

        return tree;
    }

    /// <summary>XGBoost looks each node's parent up without asking whether it is there; only the root has none.</summary>
    /// <remarks>XGBoost, src/tree/tree_model.cc, RegTree::LoadModel. It takes the topmost bit for a flag and ignores it.</remarks>
    private void CheckParents(int[] parents, string location)
    {
        for (int node = 1; node < parents.Length; node++)
        {
            if ((parents[node] & int.MaxValue) >= parents.Length)
            {
                throw _context.Broken(location, $"parent {parents[node]} of node {node}", $"a node, 0 to {parents.Length - 1}");
            }
        }
    }

    private static bool TryReadNodeArray(ref TReader reader, scoped ReadOnlySpan<byte> name, XGBoostTreeRecord tree)
    {
        if (name.SequenceEqual("left_children"u8))
        {
            tree.LeftChildren = reader.ReadInt32Array();
        }
        else if (name.SequenceEqual("right_children"u8))
        {
            tree.RightChildren = reader.ReadInt32Array();
        }
        else if (name.SequenceEqual("split_indices"u8))
        {
            tree.SplitIndices = reader.ReadInt32Array();
        }
        else if (name.SequenceEqual("split_conditions"u8))
        {
            tree.SplitConditions = reader.ReadSingleArray();
        }
        else if (name.SequenceEqual("default_left"u8))
        {
            tree.DefaultLeft = reader.ReadByteArray();
        }
        else if (name.SequenceEqual("split_type"u8))
        {
            tree.SplitTypes = reader.ReadByteArray();
        }
        else if (name.SequenceEqual("loss_changes"u8))
        {
            tree.LossChanges = reader.ReadSingleArray();
        }
        else if (name.SequenceEqual("sum_hessian"u8))
        {
            tree.SumHessian = reader.ReadSingleArray();
        }
        else if (name.SequenceEqual("leaf_weights"u8))
        {
            tree.LeafWeights = reader.ReadSingleArray();
        }
        else
        {
            return false;
        }

        return true;
    }

    private static bool TryReadCategoryArray(ref TReader reader, scoped ReadOnlySpan<byte> name, XGBoostTreeRecord tree)
    {
        if (name.SequenceEqual("categories"u8))
        {
            tree.Categories = reader.ReadInt32Array();
        }
        else if (name.SequenceEqual("categories_nodes"u8))
        {
            tree.CategoryNodes = reader.ReadInt32Array();
        }
        else if (name.SequenceEqual("categories_segments"u8))
        {
            tree.CategorySegments = reader.ReadInt32Array();
        }
        else if (name.SequenceEqual("categories_sizes"u8))
        {
            tree.CategorySizes = reader.ReadInt32Array();
        }
        else
        {
            return false;
        }

        return true;
    }

    private void ReadTreeParameters(ref TReader reader, XGBoostTreeRecord tree)
    {
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("num_nodes"u8))
            {
                tree.DeclaredNodeCount = ReadCount(ref reader);
            }
            else if (name.SequenceEqual("size_leaf_vector"u8))
            {
                tree.LeafVectorSize = ReadCount(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadCategories(ref TReader reader)
    {
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (!name.SequenceEqual("enc"u8))
            {
                reader.Skip();
                continue;
            }

            List<XGBoostCategoryRecord> features = [];
            DocumentCursor feature = reader.BeginArray();
            while (reader.NextElement(ref feature))
            {
                features.Add(ReadCategoriesOfFeature(ref reader));
            }

            _model.Categories = [.. features];
        }
    }

    /// <summary>One feature's categories. Whether values are text or numbers is known by the other members, so they are read last.</summary>
    private XGBoostCategoryRecord ReadCategoriesOfFeature(ref TReader reader)
    {
        XGBoostCategoryRecord feature = new();
        TReader values = reader;
        bool hasValues = false;
        DocumentCursor cursor = reader.BeginObject();
        while (reader.NextMember(ref cursor, out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("values"u8))
            {
                values = reader;
                hasValues = true;
                reader.Skip();
            }
            else if (name.SequenceEqual("offsets"u8))
            {
                feature.Offsets = reader.ReadInt32Array();
            }
            else if (name.SequenceEqual("type"u8))
            {
                feature.NumberType = reader.ReadInteger();
            }
            else
            {
                reader.Skip();
            }
        }

        if (!hasValues)
        {
            throw _context.Broken(reader.Location, "categories without \"values\"", "\"values\"");
        }

        if (feature.Offsets is null)
        {
            feature.Numbers = values.ReadInt64Array();
        }
        else
        {
            // XGBoost stores the bytes of UTF-8 as signed numbers.
            int[] text = values.ReadInt32Array();
            feature.Text = new byte[text.Length];
            for (int i = 0; i < text.Length; i++)
            {
                feature.Text[i] = text[i] is >= sbyte.MinValue and <= byte.MaxValue
                    ? (byte)text[i]
                    : throw _context.Broken(reader.Location, $"{text[i]} in the text of the categories above", "a byte, -128 to 127");
            }
        }

        return feature;
    }
}
