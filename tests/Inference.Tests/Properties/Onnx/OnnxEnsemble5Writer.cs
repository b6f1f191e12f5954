using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.Onnx;

/// <summary>Writes the node of a TreeEnsemble, ai.onnx.ml 5.</summary>
/// <remarks>Source: the operator's documentation. Field numbers are onnx.proto's.</remarks>
internal static class OnnxEnsemble5Writer
{
    private const int Float = 1, Byte = 2, Double = 11;

    /// <summary>The node.</summary>
    /// <param name="draft">The model.</param>
    /// <param name="packed">Whether lists of integers are packed.</param>
    /// <param name="roots">A packed list in the place of the roots.</param>
    public static ProtobufBuilder Node(OnnxDraft draft, bool packed, byte[]? roots = null)
    {
        OnnxEntries entries = OnnxEntries.Of(draft);
        Dictionary<DraftNode, int> splits = DraftNode.Number([.. entries.Splits.OfType<DraftNode>()]);
        for (int entry = 0; entry < entries.Splits.Count; entry++)
        {
            if (entries.Splits[entry] is { } split)
            {
                splits[split] = entry;
            }
        }

        DraftNode[] leaves = [.. entries.Leaves.OrderBy(pair => pair.Value).Select(pair => pair.Key)];
        int[] targets = [.. leaves.Select(leaf => Array.FindIndex(leaf.Values, value => !double.IsNaN(value)))];
        double[] members = [.. entries.Splits.Where(split => split?.Test == DraftTest.Codes).SelectMany(split => split!.Codes.Select(code => (double)code).Append(double.NaN))];
        ProtobufBuilder message = new ProtobufBuilder().Text(1, "X").Text(2, "Y").Text(3, "ensemble").Text(4, "TreeEnsemble");
        message.Message(5, Integer("aggregate_function", Array.IndexOf(["AVERAGE", "SUM", "MIN", "MAX"], draft.Aggregate)));
        message.Message(5, Integers("leaf_targetids", targets));
        message.Message(5, Reals("leaf_weights", leaves.Select((leaf, index) => leaf.Values[targets[index]])));
        if (members.Length > 0)
        {
            message.Message(5, Reals("membership_values", members));
        }

        message.Message(5, Integer("n_targets", draft.Outputs));
        message.Message(5, Integers("nodes_falseleafs", Each(split => Other(split).IsLeaf ? 1 : 0)));
        message.Message(5, Integers("nodes_falsenodeids", Each(split => Entry(Other(split)))));
        message.Message(5, Integers("nodes_featureids", entries.Splits.Select(split => split?.Feature ?? 0)));
        message.Message(5, Integers("nodes_missing_value_tracks_true", entries.Splits.Select(split => split is { MissingFirst: true } ? 1 : 0)));
        message.Message(5, Tensor("nodes_modes", Byte, [.. entries.Splits.Select(split => Mode(split?.Test ?? DraftTest.AtMost))], entries.Splits.Count));
        message.Message(5, Reals("nodes_splits", entries.Splits.Select(split => split?.Threshold ?? 0)));
        message.Message(5, Integers("nodes_trueleafs", Each(split => One(split).IsLeaf ? 1 : 0)));
        message.Message(5, Integers("nodes_truenodeids", Each(split => Entry(One(split)))));
        message.Message(5, Integer("post_transform", 0));
        message.Message(5, roots is null ? Integers("tree_roots", entries.Roots) : new ProtobufBuilder().Text(1, "tree_roots").Content(8, roots).Varint(20, 7));
        return message.Text(7, "ai.onnx.ml");

        IEnumerable<int> Each(Func<int, int> value) => Enumerable.Range(0, entries.Splits.Count).Select(value);

        // A tree of one leaf is a split both of whose children are that leaf.
        DraftNode One(int split) => entries.Splits[split]?.First ?? draft.Trees[Array.IndexOf(entries.Roots, split)].Root;

        DraftNode Other(int split) => entries.Splits[split]?.Second ?? draft.Trees[Array.IndexOf(entries.Roots, split)].Root;

        int Entry(DraftNode node) => node.IsLeaf ? entries.Leaves[node] : splits[node];

        ProtobufBuilder Reals(string name, IEnumerable<double> values) => draft.IsDouble
            ? Tensor(name, Double, MemoryMarshal.AsBytes<double>(values.ToArray()), values.Count())
            : Tensor(name, Float, MemoryMarshal.AsBytes<float>(values.Select(value => (float)value).ToArray()), values.Count());

        ProtobufBuilder Integers(string name, IEnumerable<int> values)
        {
            ProtobufBuilder attribute = new ProtobufBuilder().Text(1, name);
            ProtobufBuilder list = new();
            foreach (int value in values)
            {
                _ = packed ? list.Raw(value) : attribute.Varint(8, value);
            }

            return (packed ? attribute.Content(8, list.Bytes) : attribute).Varint(20, 7);
        }
    }

    private static ProtobufBuilder Integer(string name, long value) => new ProtobufBuilder().Text(1, name).Varint(3, value).Varint(20, 2);

    private static ProtobufBuilder Tensor(string name, int type, ReadOnlySpan<byte> raw, int count)
    {
        ProtobufBuilder tensor = new ProtobufBuilder().Varint(1, count).Varint(2, type).Text(8, name).Content(9, raw);
        return new ProtobufBuilder().Text(1, name).Message(5, tensor).Varint(20, 4);
    }

    private static byte Mode(DraftTest test) => test switch
    {
        DraftTest.AtMost => 0,
        DraftTest.Below => 1,
        DraftTest.AtLeast => 2,
        DraftTest.Above => 3,
        DraftTest.Same => 4,
        DraftTest.Different => 5,
        _ => 6,
    };
}
