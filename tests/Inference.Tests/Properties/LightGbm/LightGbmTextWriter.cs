using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.LightGbm;

/// <summary>Writes LightGBM's text format.</summary>
/// <remarks>Source: the fixtures; LightGBM, src/boosting/gbdt_model_text.cpp and src/io/tree.cpp, for the order of lines.</remarks>
internal static class LightGbmTextWriter
{
    /// <summary>The text.</summary>
    public static IEnumerable<DraftFile> Write(LightGbmDraft draft)
    {
        string[] blocks = [.. Enumerable.Range(0, draft.Trees.Length).Select(tree => Block(draft, tree))];
        yield return new DraftFile("text", Encoding.UTF8.GetBytes(Text(draft, blocks, blocks.Select(block => block.Length))));
    }

    private static string Text(LightGbmDraft draft, string[] blocks, IEnumerable<int> sizes)
    {
        StringBuilder text = new();
        text.Append("tree\n");
        Line(text, "version", draft.Version);
        Line(text, "num_class", Number(draft.Outputs));
        Line(text, "num_tree_per_iteration", Number(draft.Outputs));
        Line(text, "label_index", "0");
        Line(text, "max_feature_idx", Number(draft.Features - 1));
        Line(text, "objective", draft.Outputs > 1 ? $"multiclass num_class:{draft.Outputs}" : "regression");
        if (draft.Averages)
        {
            text.Append("average_output\n");
        }

        Line(text, "feature_names", Join(Enumerable.Range(0, draft.Features).Select(feature => $"Column_{feature}")));
        Line(text, "feature_infos", Join(Enumerable.Range(0, draft.Features).Select(_ => "[-1:1]")));
        Line(text, "tree_sizes", Join(sizes.Select(Number)));
        text.Append('\n').AppendJoin("", blocks).Append("end of trees\n\nfeature_importances:\n\nparameters:\n[boosting: gbdt]\n");
        text.Append("[linear_tree: ").Append(draft.HasLinearLeaves ? 1 : 0).Append("]\n\nend of parameters\n\npandas_categorical:null\n");
        return text.ToString();
    }

    private static string Block(LightGbmDraft draft, int index)
    {
        LightGbmLayout layout = LightGbmLayout.Of(draft.Trees[index]);
        DraftNode[] splits = layout.SplitNodes(), leaves = layout.LeafNodes();
        DraftNode[] sets = [.. splits.Where(node => node.Test == DraftTest.Codes)];
        StringBuilder text = new();
        Line(text, "Tree", Number(index));
        Line(text, "num_leaves", Number(leaves.Length));
        Line(text, "num_cat", Number(sets.Length));
        Line(text, "split_feature", Join(splits.Select(node => Number(node.Feature))));
        Line(text, "split_gain", Join(splits.Select(node => Number(node.Gain))));
        Line(text, "threshold", Join(splits.Select(node => node.Test == DraftTest.Codes ? Number(Array.IndexOf(sets, node)) : Number(node.Threshold))));
        Line(text, "decision_type", Join(splits.Select(node => Number(
            (node.Test == DraftTest.Codes ? 1 : 0) | (node.MissingFirst ? 2 : 0) | ((int)node.Missing << 2)))));
        Line(text, "left_child", Join(splits.Select(node => Number(Child(node.First!)))));
        Line(text, "right_child", Join(splits.Select(node => Number(Child(node.Second!)))));
        Line(text, "leaf_value", Join(leaves.Select(node => Number(node.Values[0]))));
        Line(text, "leaf_weight", leaves.Length == 1 ? "" : Join(leaves.Select(node => Number(node.Cover))));
        Line(text, "leaf_count", leaves.Length == 1 ? "" : Join(leaves.Select(node => Number(node.Cover))));
        Line(text, "internal_value", Join(splits.Select(_ => "0.5")));
        Line(text, "internal_weight", Join(splits.Select(_ => "0")));
        Line(text, "internal_count", Join(splits.Select(node => Number(node.Cover))));
        if (sets.Length > 0)
        {
            AppendSets(text, sets);
        }

        bool linear = leaves.Any(leaf => leaf.Linear is not null);
        if (draft.Version == "v4")
        {
            Line(text, "is_linear", linear ? "1" : "0");
        }

        if (linear)
        {
            Line(text, "leaf_const", Join(leaves.Select(leaf => Number(leaf.Linear!.Constant))));
            Line(text, "num_features", Join(leaves.Select(leaf => Number(leaf.Linear!.Features.Length))));
            Line(text, "leaf_features", string.Concat(leaves.Select(leaf => string.Concat(leaf.Linear!.Features.Select(feature => Number(feature) + " ")) + " ")));
            Line(text, "leaf_coeff", string.Concat(leaves.Select(leaf => string.Concat(leaf.Linear!.Coefficients.Select(coefficient => Number(coefficient) + " ")) + " ")));
        }

        Line(text, "shrinkage", "0.1");
        return text.Append("\n\n").ToString();

        int Child(DraftNode node) => node.IsLeaf ? ~layout.Leaves[node] : layout.Splits[node];
    }

    private static void AppendSets(StringBuilder text, DraftNode[] sets)
    {
        List<int> boundaries = [0];
        List<uint> words = [];
        foreach (DraftNode node in sets)
        {
            uint[] bits = new uint[(node.Codes[^1] / 32) + 1];
            foreach (int code in node.Codes)
            {
                bits[code / 32] |= 1u << (code % 32);
            }

            words.AddRange(bits);
            boundaries.Add(words.Count);
        }

        Line(text, "cat_boundaries", Join(boundaries.Select(Number)));
        Line(text, "cat_threshold", Join(words.Select(word => word.ToString(CultureInfo.InvariantCulture))));
    }

    private static void Line(StringBuilder text, string key, string value) => text.Append(key).Append('=').Append(value).Append('\n');

    private static string Join(IEnumerable<string> items) => string.Join(' ', items);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>As C's %.17g spells it.</summary>
    private static string Number(double value) => value.ToString("g17", CultureInfo.InvariantCulture);
}
