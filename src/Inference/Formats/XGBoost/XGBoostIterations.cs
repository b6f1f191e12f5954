using System;
using Inference.Forests;

namespace Inference.Formats.XGBoost;

/// <summary>Finds which trees make up an iteration.</summary>
internal static class XGBoostIterations
{
    /// <summary>Where each iteration's trees begin, and the end.</summary>
    public static int[] Starts(XGBoostModelRecord model, Tree[] trees, LoadContext context)
    {
        if (model.IterationStarts is { } starts)
        {
            Check(starts, trees.Length, context);
            return starts;
        }

        if (trees.Length == 0)
        {
            return [0];
        }

        // Files of releases before 2.0 have no iteration_indptr. As XGBoost does (src/gbm/gbtree_model.cc, MakeIndptr):
        // an iteration is num_parallel_tree trees for each output that has trees. Before 1.6 that number is not in the
        // file either; a random forest of those releases counts each of its trees as an iteration, there as here.
        int groups = 1;
        foreach (Tree tree in trees)
        {
            groups = Math.Max(groups, tree.Output + 1);
        }

        long size = model.ParallelTrees < 1 || model.ParallelTrees > trees.Length
            ? throw context.Broken("num_parallel_tree", $"{model.ParallelTrees}", $"1 to the {trees.Length} trees of the model")
            : groups * model.ParallelTrees;
        if (trees.Length % size != 0)
        {
            throw context.Broken("num_trees", $"{trees.Length} trees", $"a multiple of {size}, {model.ParallelTrees} for each of {groups} outputs");
        }

        int[] made = new int[(trees.Length / (int)size) + 1];
        for (int i = 0; i < made.Length; i++)
        {
            made[i] = i * (int)size;
        }

        return made;
    }

    private static void Check(int[] starts, int trees, LoadContext context)
    {
        if (starts.Length == 0 || starts[0] != 0 || starts[^1] != trees)
        {
            throw context.Broken("iteration_indptr", starts.Length == 0 ? "an empty array" : $"{starts[0]} to {starts[^1]}", $"0 to {trees}, the number of trees");
        }

        for (int i = 1; i < starts.Length; i++)
        {
            if (starts[i] < starts[i - 1])
            {
                throw context.Broken($"iteration_indptr[{i}]", $"{starts[i]} after {starts[i - 1]}", "ascending numbers");
            }
        }
    }
}
