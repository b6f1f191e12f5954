using System;
using Inference.Forests;

namespace Inference.Formats.Onnx;

/// <summary>Whether rows meet leaves that name a class.</summary>
internal enum OnnxClassHit : byte
{
    /// <summary>No leaf names the class.</summary>
    Never,

    /// <summary>Some leaves do; it depends on the row.</summary>
    Sometimes,

    /// <summary>All leaves of some tree do, so every row meets one.</summary>
    Always,
}

/// <summary>Finds out which classes every row, some rows or no row get a score for.</summary>
/// <remarks>ONNX Runtime keeps a flag beside each score, whether any leaf added to it, and decides by it (has_score in tree_ensemble_aggregator.h).</remarks>
internal static class OnnxClassHits
{
    /// <summary>Looks through all leaves.</summary>
    public static OnnxClassHit[] Count(OnnxEnsemble ensemble)
    {
        OnnxClassHit[] hits = new OnnxClassHit[ensemble.OutputCount];
        int[] leavesOf = new int[hits.Length];
        int[] lastLeaf = new int[hits.Length];
        int leaf = 0;
        foreach (Node[] tree in ensemble.Trees)
        {
            int first = leaf;
            foreach (ref readonly Node node in tree.AsSpan())
            {
                if (!node.IsLeaf)
                {
                    continue;
                }

                leaf++;
                foreach (int output in ensemble.Weights.OutputsOf(node.Index))
                {
                    if (lastLeaf[output] <= first)
                    {
                        leavesOf[output] = 0;
                    }

                    leavesOf[output] += lastLeaf[output] == leaf ? 0 : 1;
                    lastLeaf[output] = leaf;
                    if (hits[output] == OnnxClassHit.Never)
                    {
                        hits[output] = OnnxClassHit.Sometimes;
                    }
                }
            }

            MarkAlways(tree, leaf - first);
        }

        return hits;

        // A class of all leaves is one of the first leaf's: the whole row of classes need not be looked at for each tree.
        void MarkAlways(Node[] tree, int leaves)
        {
            foreach (ref readonly Node node in tree.AsSpan())
            {
                if (node.IsLeaf)
                {
                    foreach (int output in ensemble.Weights.OutputsOf(node.Index))
                    {
                        hits[output] = leavesOf[output] == leaves ? OnnxClassHit.Always : hits[output];
                    }

                    return;
                }
            }
        }
    }

    /// <summary>The classes that every row gets a score for.</summary>
    public static int[] Always(OnnxClassHit[] hits)
    {
        int[] classes = new int[hits.AsSpan().Count(OnnxClassHit.Always)];
        int next = 0;
        for (int i = 0; i < hits.Length; i++)
        {
            if (hits[i] == OnnxClassHit.Always)
            {
                classes[next++] = i;
            }
        }

        return classes;
    }
}
