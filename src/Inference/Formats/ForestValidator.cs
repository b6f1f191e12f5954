using System;
using System.Collections.Generic;
using Inference.Forests;

namespace Inference.Formats;

/// <summary>What every engine relies on, checked once for every format: after this no walk can leave its tree or go round, and trees are in the order that <see cref="Tree"/> describes.</summary>
/// <remarks>
/// Each tree has a root, and from it every child lies inside the tree and has one parent, so that a walk visits a node
/// at most once; nodes that the root does not reach are dropped, whatever stands in them. Features, outputs and indices of sets and leaves are in range. No threshold is NaN.
/// </remarks>
internal static class ForestValidator
{
    /// <summary>Refuses a forest that breaks a rule, drops the nodes that no root reaches, and arranges the others.</summary>
    /// <exception cref="ModelFormatException">A rule is broken; the message names tree and node.</exception>
    public static void Check(Forest forest, LoadContext context)
    {
        context.CheckFeatures(forest.FeatureCount, "feature count");
        context.CheckNodes(forest.NodeCount, "node count");
        int[] levels = [];
        for (int number = 0; number < forest.Trees.Length; number++)
        {
            Tree tree = forest.Trees[number];
            if (tree.Nodes.Length == 0)
            {
                throw context.Broken($"tree {number}", "no nodes", "at least a leaf");
            }

            if ((uint)tree.Output >= (uint)forest.OutputCount)
            {
                throw context.Broken($"tree {number}", $"output {tree.Output}", $"0 to {forest.OutputCount - 1}");
            }

            if (tree.Nodes.Length > levels.Length)
            {
                levels = new int[tree.Nodes.Length];
            }

            if (!TryCheckInOrder(forest, number, levels, context))
            {
                CheckFromRoot(forest, number, levels, context);
                forest.Trees[number] = tree.Arranged();
            }
        }
    }

    /// <summary>Checks a tree that is in order, and measures it; <see langword="false"/> where it is not.</summary>
    private static bool TryCheckInOrder(Forest forest, int number, int[] levels, LoadContext context)
    {
        Tree tree = forest.Trees[number];
        Node[] nodes = tree.Nodes;
        int splits = nodes.Length / 2;
        if (nodes.Length % 2 == 0)
        {
            return false;
        }

        Array.Clear(levels, 0, nodes.Length);
        int depth = 0;
        for (int index = 0; index < splits; index++)
        {
            ref readonly Node node = ref nodes[index];
            if (node.IsLeaf || node.Left <= index || node.Right <= index || (index > 0 && levels[index] == 0))
            {
                return false;
            }

            int level = levels[index] + 1;
            depth = Math.Max(depth, level);
            CheckSplit(forest, number, node, context);
            Reach(nodes, number, node, node.Left, level, levels, context);
            Reach(nodes, number, node, node.Right, level, levels, context);
        }

        // As many different children as there are nodes but the root: all are reached, each from a node before it.
        for (int index = splits; index < nodes.Length; index++)
        {
            if (!nodes[index].IsLeaf)
            {
                return false;
            }

            CheckLeaf(forest, number, nodes[index], context);
        }

        tree.Depth = depth;
        return true;
    }

    /// <summary>Checks a tree in whatever order its nodes are.</summary>
    private static void CheckFromRoot(Forest forest, int number, int[] levels, LoadContext context)
    {
        Node[] nodes = forest.Trees[number].Nodes;
        Array.Clear(levels, 0, nodes.Length);
        levels[0] = 1;
        Stack<int> open = new([0]);
        while (open.TryPop(out int index))
        {
            ref readonly Node node = ref nodes[index];
            if (node.IsLeaf)
            {
                CheckLeaf(forest, number, node, context);
                continue;
            }

            CheckSplit(forest, number, node, context);
            Reach(nodes, number, node, node.Left, 1, levels, context);
            Reach(nodes, number, node, node.Right, 1, levels, context);
            open.Push(node.Left);
            open.Push(node.Right);
        }
    }

    private static void Reach(Node[] nodes, int number, in Node node, int child, int level, int[] levels, LoadContext context)
    {
        if ((uint)child >= (uint)nodes.Length)
        {
            throw context.Broken(PlaceOf(number, node), $"child {child}", $"0 to {nodes.Length - 1}");
        }

        if (levels[child] > 0)
        {
            throw context.Broken(PlaceOf(number, node), $"child {nodes[child].Id}, which is the root or already has a parent", "a child of its own");
        }

        levels[child] = level;
    }

    private static string PlaceOf(int number, in Node node) => $"tree {number}, {(node.IsLeaf ? "leaf" : "node")} {node.Id}";

    private static void CheckSplit(Forest forest, int number, in Node node, LoadContext context)
    {
        Tree tree = forest.Trees[number];
        if ((uint)node.Feature >= (uint)forest.FeatureCount)
        {
            throw context.Broken(PlaceOf(number, node), $"feature {node.Feature}", $"0 to {forest.FeatureCount - 1}");
        }

        switch (node.Test)
        {
            case NodeTest.Less or NodeTest.LessOrEqual or NodeTest.Equal when double.IsNaN(node.Value):
                throw context.Broken(PlaceOf(number, node), "a threshold that is not a number", "a number");
            case NodeTest.CodeInSet or NodeTest.TruncatedCodeInSet when (uint)node.Index >= (uint)tree.CategorySets.Length:
                throw context.Broken(PlaceOf(number, node), $"category set {node.Index}", $"0 to {tree.CategorySets.Length - 1}");
            case NodeTest.ValueInSet when (uint)node.Index >= (uint)tree.ValueSets.Length:
                throw context.Broken(PlaceOf(number, node), $"value set {node.Index}", $"0 to {tree.ValueSets.Length - 1}");
        }
    }

    private static void CheckLeaf(Forest forest, int number, in Node node, LoadContext context)
    {
        Tree tree = forest.Trees[number];
        int leaf = node.Index;
        int bound = tree.Leaves switch
        {
            LeafShape.Vector => tree.LeafVectors.Length / forest.OutputCount,
            LeafShape.Targets => tree.LeafTargets.Length,
            LeafShape.Linear => tree.LinearLeaves.Length,
            _ => int.MaxValue,
        };
        if ((uint)leaf >= (uint)bound)
        {
            throw context.Broken(PlaceOf(number, node), $"leaf entry {leaf}", $"0 to {bound - 1}");
        }

        if (tree.Leaves == LeafShape.Targets)
        {
            foreach (LeafTarget target in tree.LeafTargets[leaf])
            {
                if ((uint)target.Output >= (uint)forest.OutputCount)
                {
                    throw context.Broken(PlaceOf(number, node), $"output {target.Output}", $"0 to {forest.OutputCount - 1}");
                }
            }
        }
        else if (tree.Leaves == LeafShape.Linear)
        {
            foreach (int feature in tree.LinearLeaves[leaf].Features)
            {
                if ((uint)feature >= (uint)forest.FeatureCount)
                {
                    throw context.Broken(PlaceOf(number, node), $"feature {feature} of the linear leaf", $"0 to {forest.FeatureCount - 1}");
                }
            }
        }
    }
}
