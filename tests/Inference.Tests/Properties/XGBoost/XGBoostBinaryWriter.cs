using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.XGBoost;

/// <summary>Writes the binary format that XGBoost had before JSON: C structures in little-endian order.</summary>
/// <remarks>Source: XGBoost 1.7.4, LearnerModelParamLegacy, GBTreeModelParam, TreeParam, RegTree::Node, RTreeNodeStat.</remarks>
internal static class XGBoostBinaryWriter
{
    /// <summary>The bytes of a model.</summary>
    public static byte[] Write(XGBoostDraft draft, bool signature)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream);
        if (signature)
        {
            writer.Write("binf"u8);
        }

        writer.Write(draft.BaseScores[0]);
        writer.Write(draft.Features);
        writer.Write(draft.IsMultiClass ? draft.Outputs : 0);
        writer.Write(1); // attributes follow the trees
        writer.Write(0); // no evaluation metrics
        writer.Write(draft.Version.Major);
        writer.Write(draft.Version.Minor);
        writer.Write(draft.IsMultiClass ? 1 : draft.Outputs);
        writer.Write(1); // base score from the data
        writer.Write(new byte[25 * 4]);
        WriteText(writer, draft.Objective);
        WriteText(writer, draft.IsDart ? "dart" : "gbtree");

        writer.Write(draft.Trees.Length);
        writer.Write(draft.TreesPerIteration / draft.Outputs);
        writer.Write(new byte[(2 * 4) + 8 + 4 + 4 + (32 * 4)]);
        for (int tree = 0; tree < draft.Trees.Length; tree++)
        {
            WriteTree(writer, draft, tree);
        }

        foreach (DraftTree tree in draft.Trees)
        {
            writer.Write(tree.Output);
        }

        if (draft.IsDart)
        {
            writer.Write((long)draft.Trees.Length);
            foreach (DraftTree tree in draft.Trees)
            {
                writer.Write(tree.Weight);
            }
        }

        writer.Write(2L);
        WriteText(writer, "best_iteration");
        WriteText(writer, (draft.Iterations - 1).ToString(CultureInfo.InvariantCulture));
        WriteText(writer, "objective");
        WriteText(writer, Encoding.UTF8.GetString(DocJson.Write(XGBoostDraftWriter.Objective(draft))));
        writer.Flush();
        return stream.ToArray();
    }

    private static void WriteTree(BinaryWriter writer, XGBoostDraft draft, int index)
    {
        XGBoostLayout layout = XGBoostLayout.Of(draft.Trees[index]);
        DraftNode?[] nodes = layout.Nodes();
        writer.Write(1); // roots
        writer.Write(layout.Slots);
        writer.Write(layout.Deleted);
        writer.Write(0); // greatest depth, unused
        writer.Write(draft.Features);
        writer.Write(0); // size of leaf vectors
        writer.Write(new byte[31 * 4]);
        foreach ((DraftNode? node, int slot) in nodes.Select((node, slot) => (node, slot)))
        {
            int parent = layout.Parents[slot];
            bool isLeft = parent >= 0 && layout.Numbers[nodes[parent]!.First!] == slot;
            writer.Write(parent < 0 ? -1 : isLeft ? parent | int.MinValue : parent);
            writer.Write(node is { IsLeaf: false } ? layout.Numbers[node.First!] : -1);
            writer.Write(node is { IsLeaf: false } ? layout.Numbers[node.Second!] : -1);
            writer.Write(node is null ? uint.MaxValue : (uint)node.Feature | (node is { IsLeaf: false, MissingFirst: true } ? 1u << 31 : 0));
            writer.Write((float)(node is null ? 0 : node.IsLeaf ? node.Values[0] : node.Threshold));
        }

        foreach (DraftNode? node in nodes)
        {
            writer.Write((float)(node?.Gain ?? 0));
            writer.Write((float)(node?.Cover ?? 0));
            writer.Write(777f); // the weight, for reading alone
            writer.Write(0);
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((long)bytes.Length);
        writer.Write(bytes);
    }
}
