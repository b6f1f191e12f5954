using System;
using System.Collections.Generic;
using Inference.Forests;

namespace Inference.Tests.Engine;

/// <summary>Trees of any shape, whose splits ask nothing.</summary>
internal static class GrownTree
{
    /// <summary>Leaf by leaf, most often the last one; how often is drawn as well, so that some trees become deep and others even.</summary>
    public static Tree Of(Random random, int leaves)
    {
        List<Node> nodes = [Node.Leaf(0, 0)];
        List<int> open = [0];
        int oldest = random.Next(1, 8);
        while (open.Count < leaves)
        {
            int at = random.Next(oldest) == 0 ? random.Next(open.Count) : open.Count - 1;
            nodes[open[at]] = new Node { Test = NodeTest.Less, Left = nodes.Count, Right = nodes.Count + 1 };
            open.RemoveAt(at);
            open.AddRange([nodes.Count, nodes.Count + 1]);
            nodes.AddRange([Node.Leaf(0, 0), Node.Leaf(0, 0)]);
        }

        return new Tree { Nodes = [.. nodes] }.Arranged();
    }
}
