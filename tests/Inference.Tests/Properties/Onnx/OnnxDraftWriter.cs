using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.Onnx;

/// <summary>Writes an ONNX model of one tree operator.</summary>
/// <remarks>Source: onnx.proto and the operators' documentation of ai.onnx.ml. Field numbers are onnx.proto's.</remarks>
internal static class OnnxDraftWriter
{
    private const int Float = 1, Double = 11;

    /// <summary>The model with packed and with unpacked lists.</summary>
    public static IEnumerable<DraftFile> Write(OnnxDraft draft)
    {
        yield return new DraftFile("ONNX, unpacked lists", Model(draft, packed: false));
        yield return new DraftFile("ONNX, packed lists", Model(draft, packed: true));
    }

    /// <summary>The bytes of a model.</summary>
    /// <param name="draft">The model.</param>
    /// <param name="packed">Whether lists of numbers are packed.</param>
    /// <param name="change">Changes integers on their way into the file: attribute, index, value.</param>
    public static byte[] Model(OnnxDraft draft, bool packed, Func<string, int, long, long>? change = null) =>
        Model(draft, draft.Version == 5 ? OnnxEnsemble5Writer.Node(draft, packed) : Node(draft, packed, change ?? ((_, _, value) => value)));

    /// <summary>The bytes of a model around a node that is written elsewhere.</summary>
    public static byte[] Model(OnnxDraft draft, ProtobufBuilder node)
    {
        ProtobufBuilder graph = new ProtobufBuilder()
            .Message(1, node)
            .Text(2, "drafted")
            .Message(11, Value("X", draft.IsDouble ? Double : Float, draft.Features))
            .Message(12, Value("Y", draft.ScoresInSingle ? Float : Double, draft.Outputs));
        return new ProtobufBuilder()
            .Varint(1, 8)
            .Text(2, "tests")
            .Message(7, graph)
            .Message(8, new ProtobufBuilder().Text(1, "").Varint(2, 15))
            .Message(8, new ProtobufBuilder().Text(1, "ai.onnx.ml").Varint(2, draft.Version))
            .Bytes;
    }

    private static ProtobufBuilder Value(string name, int type, int width)
    {
        ProtobufBuilder shape = new ProtobufBuilder()
            .Message(1, new ProtobufBuilder().Text(2, "N"))
            .Message(1, new ProtobufBuilder().Varint(1, width));
        ProtobufBuilder tensor = new ProtobufBuilder().Varint(1, type).Message(2, shape);
        return new ProtobufBuilder().Text(1, name).Message(2, new ProtobufBuilder().Message(1, tensor));
    }

    private static ProtobufBuilder Node(OnnxDraft draft, bool packed, Func<string, int, long, long> change)
    {
        List<(int Tree, int Id, DraftNode Node, int First, int Second)> nodes = [];
        List<(int Tree, int Id, int Target, double Weight)> weights = [];
        for (int tree = 0; tree < draft.Trees.Length; tree++)
        {
            OnnxLayout layout = OnnxLayout.Of(draft.Trees[tree]);
            foreach (DraftNode node in layout.Order)
            {
                nodes.Add((tree, layout.Ids[node], node, node.IsLeaf ? 0 : layout.Ids[node.First!], node.IsLeaf ? 0 : layout.Ids[node.Second!]));
                for (int target = 0; target < node.Values.Length; target++)
                {
                    if (!double.IsNaN(node.Values[target]))
                    {
                        weights.Add((tree, layout.Ids[node], target, node.Values[target]));
                    }
                }
            }
        }

        ProtobufBuilder message = new ProtobufBuilder().Text(1, "X").Text(2, "Y").Text(3, "ensemble").Text(4, "TreeEnsembleRegressor");
        message.Message(5, TextAttribute("aggregate_function", draft.Aggregate));
        if (draft.BaseValues.Length > 0)
        {
            message.Message(5, Reals("base_values", draft.BaseValues));
        }

        message.Message(5, Integer("n_targets", draft.Outputs));
        message.Message(5, Integers("nodes_falsenodeids", nodes.Select(node => node.Second)));
        message.Message(5, Integers("nodes_featureids", nodes.Select(node => node.Node.IsLeaf ? 0 : node.Node.Feature)));
        message.Message(5, Reals("nodes_hitrates", nodes.Select(_ => 1d)));
        message.Message(5, Integers("nodes_missing_value_tracks_true", nodes.Select(node => node.Node.MissingFirst ? 1 : 0)));
        message.Message(5, Texts("nodes_modes", nodes.Select(node => Mode(node.Node.Test))));
        message.Message(5, Integers("nodes_nodeids", nodes.Select(node => node.Id)));
        message.Message(5, Integers("nodes_treeids", nodes.Select(node => node.Tree)));
        message.Message(5, Integers("nodes_truenodeids", nodes.Select(node => node.First)));
        message.Message(5, Reals("nodes_values", nodes.Select(node => node.Node.IsLeaf ? 0 : node.Node.Threshold)));
        message.Message(5, TextAttribute("post_transform", "NONE"));
        message.Message(5, Integers("target_ids", weights.Select(weight => weight.Target)));
        message.Message(5, Integers("target_nodeids", weights.Select(weight => weight.Id)));
        message.Message(5, Integers("target_treeids", weights.Select(weight => weight.Tree)));
        message.Message(5, Reals("target_weights", weights.Select(weight => weight.Weight)));
        return message.Text(7, "ai.onnx.ml");

        ProtobufBuilder Integers(string name, IEnumerable<int> values)
        {
            ProtobufBuilder attribute = new ProtobufBuilder().Text(1, name);
            long[] numbers = [.. values.Select((value, index) => change(name, index, value))];
            if (packed)
            {
                ProtobufBuilder list = new();
                foreach (long value in numbers)
                {
                    list.Raw(value);
                }

                attribute.Content(8, list.Bytes);
            }
            else
            {
                foreach (long value in numbers)
                {
                    attribute.Varint(8, value);
                }
            }

            return attribute.Varint(20, 7);
        }

        ProtobufBuilder Reals(string name, IEnumerable<double> values)
        {
            ProtobufBuilder attribute = new();
            if (draft.IsDouble)
            {
                double[] numbers = [.. values];
                ProtobufBuilder tensor = new ProtobufBuilder().Varint(1, numbers.Length).Varint(2, Double).Text(8, name);
                tensor.Content(packed ? 9 : 10, MemoryMarshal.AsBytes<double>(numbers));
                return attribute.Text(1, name + "_as_tensor").Message(5, tensor).Varint(20, 4);
            }

            attribute.Text(1, name);
            float[] singles = [.. values.Select(value => (float)value)];
            if (packed)
            {
                attribute.Content(7, MemoryMarshal.AsBytes<float>(singles));
            }
            else
            {
                Array.ForEach(singles, value => attribute.Single(7, value));
            }

            return attribute.Varint(20, 6);
        }
    }

    private static ProtobufBuilder Integer(string name, long value) => new ProtobufBuilder().Text(1, name).Varint(3, value).Varint(20, 2);

    private static ProtobufBuilder TextAttribute(string name, string value) => new ProtobufBuilder().Text(1, name).Text(4, value).Varint(20, 3);

    private static ProtobufBuilder Texts(string name, IEnumerable<string> values)
    {
        ProtobufBuilder attribute = new ProtobufBuilder().Text(1, name);
        foreach (string value in values)
        {
            attribute.Text(9, value);
        }

        return attribute.Varint(20, 8);
    }

    private static string Mode(DraftTest test) => test switch
    {
        DraftTest.None => "LEAF",
        DraftTest.AtMost => "BRANCH_LEQ",
        DraftTest.Below => "BRANCH_LT",
        DraftTest.AtLeast => "BRANCH_GTE",
        DraftTest.Above => "BRANCH_GT",
        DraftTest.Same => "BRANCH_EQ",
        _ => "BRANCH_NEQ",
    };
}
