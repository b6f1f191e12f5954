using Inference.Forests;

namespace Inference.Formats;

/// <summary>What every engine relies on, checked once for every format: after this no walk can leave its tree or go round, and a tree has no nodes but its root's.</summary>
/// <remarks>
/// Each tree has a root, and from it every child lies inside the tree and has one parent, so that a walk visits a node
/// at most once; nodes that the root does not reach are dropped, whatever stands in them. Features, outputs and indices of sets and leaves are in range. No threshold is NaN.
/// </remarks>
internal static class ForestValidator
{
    /// <summary>Refuses a forest that breaks a rule, and drops the nodes that no root reaches.</summary>
    /// <exception cref="ModelFormatException">A rule is broken; the message names tree and node.</exception>
    public static void Check(Forest forest, LoadContext context)
    {
        context.CheckFeatures(forest.FeatureCount, "feature count");
        context.CheckNodes(forest.NodeCount, "node count");
        bool[] reached = [];
        int[] pending = [];
        for (int tree = 0; tree < forest.Trees.Length; tree++)
        {
            int nodes = forest.Trees[tree].Nodes.Length;
            if (nodes > reached.Length)
            {
                reached = new bool[nodes];
                pending = new int[nodes];
            }

            int count = CheckTree(forest, tree, reached, pending, context);
            if (count < nodes)
            {
                forest.Trees[tree] = forest.Trees[tree].WithoutStrays(reached, count);
            }
        }
    }

    /// <summary>Checks a tree and counts the nodes that its root reaches.</summary>
    private static int CheckTree(Forest forest, int number, bool[] reached, int[] pending, LoadContext context)
    {
        Tree tree = forest.Trees[number];
        Node[] nodes = tree.Nodes;
        if (nodes.Length == 0)
        {
            throw context.Broken($"tree {number}", "no nodes", "at least a leaf");
        }

        if ((uint)tree.Output >= (uint)forest.OutputCount)
        {
            throw context.Broken($"tree {number}", $"output {tree.Output}", $"0 to {forest.OutputCount - 1}");
        }

        System.Array.Clear(reached, 0, nodes.Length);
        reached[0] = true;
        int count = 0;
        int depth = 1;
        pending[0] = 0;
        while (depth > 0)
        {
            int index = pending[--depth];
            count++;
            ref readonly Node node = ref nodes[index];
            if (node.IsLeaf)
            {
                CheckLeaf(forest, number, index, context);
                continue;
            }

            CheckSplit(forest, number, index, context);
            Reach(node.Left);
            Reach(node.Right);

            void Reach(int child)
            {
                if ((uint)child >= (uint)nodes.Length)
                {
                    throw context.Broken($"tree {number}, node {index}", $"child {child}", $"0 to {nodes.Length - 1}");
                }

                if (reached[child])
                {
                    throw context.Broken($"tree {number}, node {index}", $"child {child}, which is the root or already has a parent", "a child of its own");
                }

                reached[child] = true;
                pending[depth++] = child;
            }
        }

        return count;
    }

    private static void CheckSplit(Forest forest, int number, int index, LoadContext context)
    {
        Tree tree = forest.Trees[number];
        ref readonly Node node = ref tree.Nodes[index];
        if ((uint)node.Feature >= (uint)forest.FeatureCount)
        {
            throw context.Broken($"tree {number}, node {index}", $"feature {node.Feature}", $"0 to {forest.FeatureCount - 1}");
        }

        switch (node.Test)
        {
            case NodeTest.Less or NodeTest.LessOrEqual or NodeTest.Equal when double.IsNaN(node.Value):
                throw context.Broken($"tree {number}, node {index}", "a threshold that is not a number", "a number");
            case NodeTest.CodeInSet or NodeTest.TruncatedCodeInSet when (uint)node.Index >= (uint)tree.CategorySets.Length:
                throw context.Broken($"tree {number}, node {index}", $"category set {node.Index}", $"0 to {tree.CategorySets.Length - 1}");
            case NodeTest.ValueInSet when (uint)node.Index >= (uint)tree.ValueSets.Length:
                throw context.Broken($"tree {number}, node {index}", $"value set {node.Index}", $"0 to {tree.ValueSets.Length - 1}");
        }
    }

    private static void CheckLeaf(Forest forest, int number, int index, LoadContext context)
    {
        Tree tree = forest.Trees[number];
        int leaf = tree.Nodes[index].Index;
        int bound = tree.Leaves switch
        {
            LeafShape.Vector => tree.LeafVectors.Length / forest.OutputCount,
            LeafShape.Targets => tree.LeafTargets.Length,
            LeafShape.Linear => tree.LinearLeaves.Length,
            _ => int.MaxValue,
        };
        if ((uint)leaf >= (uint)bound)
        {
            throw context.Broken($"tree {number}, node {index}", $"leaf entry {leaf}", $"0 to {bound - 1}");
        }

        if (tree.Leaves == LeafShape.Targets)
        {
            foreach (LeafTarget target in tree.LeafTargets[leaf])
            {
                if ((uint)target.Output >= (uint)forest.OutputCount)
                {
                    throw context.Broken($"tree {number}, node {index}", $"output {target.Output}", $"0 to {forest.OutputCount - 1}");
                }
            }
        }
        else if (tree.Leaves == LeafShape.Linear)
        {
            foreach (int feature in tree.LinearLeaves[leaf].Features)
            {
                if ((uint)feature >= (uint)forest.FeatureCount)
                {
                    throw context.Broken($"tree {number}, node {index}", $"feature {feature} of the linear leaf", $"0 to {forest.FeatureCount - 1}");
                }
            }
        }
    }
}
