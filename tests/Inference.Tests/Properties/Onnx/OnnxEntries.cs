using System.Collections.Generic;
using System.Linq;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.Onnx;

/// <summary>The entries that TreeEnsemble, ai.onnx.ml 5, gives to splits and leaves: counted over all trees.</summary>
/// <param name="Splits">The splits in order; null for the split that a tree of one leaf needs.</param>
/// <param name="Leaves">The entry of each leaf.</param>
/// <param name="Roots">The root split of each tree.</param>
internal sealed record OnnxEntries(List<DraftNode?> Splits, Dictionary<DraftNode, int> Leaves, int[] Roots)
{
    /// <summary>The entries of a model.</summary>
    public static OnnxEntries Of(OnnxDraft draft)
    {
        List<DraftNode?> splits = [];
        Dictionary<DraftNode, int> leaves = [];
        List<int> roots = [];
        foreach (DraftTree tree in draft.Trees)
        {
            roots.Add(splits.Count);
            DraftNode[] order = OnnxLayout.Of(tree).Order;
            if (tree.Root.IsLeaf)
            {
                splits.Add(null);
            }

            splits.AddRange(order.Where(node => !node.IsLeaf));
            foreach (DraftNode leaf in order.Where(node => node.IsLeaf))
            {
                leaves.Add(leaf, leaves.Count);
            }
        }

        return new OnnxEntries(splits, leaves, [.. roots]);
    }
}
