using System;
using Inference.Forests;

namespace Inference.Formats.XGBoost;

/// <summary>Turns XGBoost's trees into canonical ones.</summary>
/// <remarks>
/// A numeric split sends x &lt; threshold left, and so does the canonical one. A categorical split sends the listed
/// categories right (src/common/categorical.h, Decision); canonically what a test names goes left, so its children and
/// its default change sides. A deleted node is a leaf that nothing leads to;
/// <see cref="ForestValidator"/> drops it.
/// </remarks>
internal static class XGBoostTreeImporter
{
    private const byte Numeric = 0;
    private const byte Categorical = 1;

    /// <summary>One past the largest category: the first float whose successor is not 1 further (src/common/categorical.h).</summary>
    private const int CategoryBound = 1 << 24;

    /// <summary>The trees of a model.</summary>
    public static Tree[] Import(XGBoostModelRecord model, XGBoostVersion version, int features, int outputs, LoadContext context)
    {
        XGBoostTreeRecord[] records = model.Trees ?? throw context.Broken("", "a model without trees", "what XGBoost's save_model wrote (save_config and dump_model write less)");
        int[] treeOutputs = model.TreeOutputs ?? throw context.Broken("", "a model without tree_info", "the output of each tree");
        CheckCount("num_trees", records.Length, model.DeclaredTreeCount ?? records.Length, context);
        CheckCount("tree_info", treeOutputs.Length, records.Length, context);
        if (model.TreeWeights.Length != 0)
        {
            CheckCount("weight_drop", model.TreeWeights.Length, records.Length, context);
        }

        // Until 3.2 dart adds a leaf to zero before it is weighted, which makes a zero of a negative one (src/gbm/gbtree.cc,
        // Dart::PredictBatchImpl). A negative zero, to which it is added elsewhere, changes nothing.
        float start = model.Booster == "dart" && !version.IsAtLeast(3, 3) ? 0f : -0f;
        Tree[] trees = new Tree[records.Length];
        NodePlaces places = new();
        for (int i = 0; i < records.Length; i++)
        {
            float weight = model.TreeWeights.Length == 0 ? 1 : model.TreeWeights[i];
            trees[i] = Import(records[i], i, treeOutputs[i], weight, start, features, outputs, places, context);

            // The record's arrays are garbage from here on, long before the last tree is done.
            records[i] = null!;
        }

        return trees;
    }

    private static Tree Import(XGBoostTreeRecord record, int number, int output, float weight, float start, int features, int outputs, NodePlaces places, LoadContext context)
    {
        string where = $"tree {number}";
        if (record.Id is { } id && id != number)
        {
            throw context.Broken(where, $"id {id}", $"{number}, the tree's place");
        }

        int[] left = record.LeftChildren ?? throw Missing("left_children", where, context);
        int count = left.Length;
        CheckLength("num_nodes", (int)Math.Min(record.DeclaredNodeCount ?? count, int.MaxValue), count, where, context);
        int[] right = Checked(record.RightChildren, "right_children", count, where, context);
        int[] split = Checked(record.SplitIndices, "split_indices", count, where, context);
        float[] conditions = Checked(record.SplitConditions, "split_conditions", count, where, context);
        byte[] defaultLeft = Checked(record.DefaultLeft, "default_left", count, where, context);
        byte[]? types = record.SplitTypes is null ? null : Checked(record.SplitTypes, "split_type", count, where, context);
        bool vector = record.LeafVectorSize > 1;
        XGBoostLeafVectors vectors = vector ? new XGBoostLeafVectors(record, outputs, where, context) : default;
        CategorySet[] sets = CategorySets(record, count, where, context);
        int set = -1;

        places.Begin(count, left.AsSpan().Count(XGBoostTreeRecord.NoChild));
        foreach (int child in left)
        {
            places.Add(child == XGBoostTreeRecord.NoChild);
        }

        Node[] nodes = new Node[count];
        for (int i = 0; i < count; i++)
        {
            bool isListed = set + 1 < sets.Length && record.CategoryNodes[set + 1] == i;
            set += isListed ? 1 : 0;
            if (left[i] == XGBoostTreeRecord.NoChild)
            {
                nodes[places.Of(i)] = vector ? vectors.Leaf(i) : Node.Leaf(start + conditions[i], i);
                continue;
            }

            if ((uint)split[i] >= (uint)features)
            {
                throw context.Broken($"{where}, node {i}", $"feature {split[i]}", $"0 to {features - 1}");
            }

            (int yes, int no) = (places.Of(left[i]), places.Of(right[i]));
            nodes[places.Of(i)] = (types is null ? Numeric : types[i]) switch
            {
                Numeric => new Node
                {
                    Test = NodeTest.Less,
                    Value = conditions[i],
                    Feature = split[i],
                    Left = yes,
                    Right = no,
                    DefaultLeft = defaultLeft[i] != 0,
                    Id = i,
                },
                Categorical when isListed => new Node
                {
                    Test = NodeTest.CodeInSet,
                    Index = set,
                    Feature = split[i],
                    Left = no,
                    Right = yes,
                    DefaultLeft = defaultLeft[i] == 0,
                    Id = i,
                },
                Categorical => throw context.Broken($"{where}, node {i}", "a categorical split that categories_nodes does not list", "its categories"),
                byte type => throw context.Unsupported($"{where}, node {i}", $"split_type {type}", "0 (numeric) or 1 (categorical)"),
            };
        }

        return new Tree
        {
            Nodes = nodes,
            Statistics = Statistics(record, places, where, context),
            Output = output,
            Weight = weight,
            Leaves = vector ? LeafShape.Vector : LeafShape.Scalar,
            LeafVectors = vector ? vectors.Values : [],
            CategorySets = sets,
        };
    }

    /// <summary>Cover and gain; trees with vector leaves have none before 3.2.</summary>
    private static NodeStatistics[]? Statistics(XGBoostTreeRecord record, NodePlaces places, string where, LoadContext context)
    {
        if (record.LeafVectorSize > 1 && (record.SumHessian is null || record.LossChanges is null))
        {
            return null;
        }

        int count = record.LeftChildren!.Length;
        float[] cover = Checked(record.SumHessian, "sum_hessian", count, where, context);
        float[] gain = Checked(record.LossChanges, "loss_changes", count, where, context);
        NodeStatistics[] statistics = new NodeStatistics[count];
        for (int i = 0; i < count; i++)
        {
            // In loss_changes a leaf may keep what a pruned split of it would have gained.
            bool isLeaf = record.LeftChildren[i] == XGBoostTreeRecord.NoChild;
            statistics[places.Of(i)] = new NodeStatistics(cover[i], isLeaf ? 0 : gain[i]);
        }

        return statistics;
    }

    private static CategorySet[] CategorySets(XGBoostTreeRecord record, int count, string where, LoadContext context)
    {
        int[] nodes = record.CategoryNodes;
        CheckLength("categories_segments", record.CategorySegments.Length, nodes.Length, where, context);
        CheckLength("categories_sizes", record.CategorySizes.Length, nodes.Length, where, context);
        if (nodes.Length == 0)
        {
            return [];
        }

        foreach (int category in record.Categories)
        {
            if ((uint)category >= CategoryBound)
            {
                throw context.Broken($"{where}, categories", $"category {category}", $"0 to {CategoryBound - 1}");
            }
        }

        CategorySet[] sets = new CategorySet[nodes.Length];
        int end = 0;
        for (int i = 0; i < nodes.Length; i++)
        {
            if ((uint)nodes[i] >= (uint)count || (i > 0 && nodes[i] <= nodes[i - 1]))
            {
                throw context.Broken($"{where}, categories_nodes[{i}]", $"node {nodes[i]}", $"ascending nodes below {count}");
            }

            // Segments lie one behind the other; two that overlapped could make a small file ask for much memory.
            int start = record.CategorySegments[i];
            int size = record.CategorySizes[i];
            if (start < end || size < 1 || start > record.Categories.Length - size)
            {
                throw context.Broken(
                    $"{where}, categories of node {nodes[i]}",
                    $"{size} from {start} on",
                    $"at least one, behind the {end} before and inside the {record.Categories.Length} listed");
            }

            end = start + size;
            sets[i] = CategorySet.FromCodes(record.Categories.AsSpan(start, size));
        }

        return sets;
    }

    private static T[] Checked<T>(T[]? values, string field, int count, string where, LoadContext context)
    {
        T[] found = values ?? throw Missing(field, where, context);
        CheckLength(field, found.Length, count, where, context);
        return found;
    }

    private static void CheckLength(string field, int found, int expected, string where, LoadContext context)
    {
        if (found != expected)
        {
            throw context.Broken($"{where}, {field}", $"{found} for {expected} entries", $"{expected}");
        }
    }

    private static void CheckCount(string field, long found, long expected, LoadContext context)
    {
        if (found != expected)
        {
            throw context.Broken(field, $"{found}", $"{expected}, the number of trees");
        }
    }

    private static ModelFormatException Missing(string field, string where, LoadContext context) =>
        context.Broken(where, $"no {field}", $"{field}, one entry for each node");
}
