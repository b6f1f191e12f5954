using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.Onnx;

/// <summary>The order in which an ensemble lists a tree's nodes, the root first, and the ids it gives to them.</summary>
internal sealed record OnnxLayout(DraftNode[] Order, Dictionary<DraftNode, int> Ids)
{
    /// <summary>The layout of a tree. Layout 0 is depth first with rising ids; others list and number in any order.</summary>
    public static OnnxLayout Of(DraftTree tree)
    {
        List<DraftNode> nodes = tree.Root.DepthFirst();
        if (tree.Layout == 0)
        {
            return new OnnxLayout([.. nodes], DraftNode.Number(nodes));
        }

        Random random = new(tree.Layout);
        return new OnnxLayout(
            [nodes[0], .. nodes.Skip(1).OrderBy(_ => random.Next())],
            DraftNode.Number([.. nodes.OrderBy(_ => random.Next())]));
    }
}
