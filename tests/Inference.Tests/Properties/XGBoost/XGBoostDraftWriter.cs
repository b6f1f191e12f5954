using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties.XGBoost;

/// <summary>Turns a drafted XGBoost model into the document that XGBoost saves.</summary>
/// <remarks>Source: XGBoost's doc/model.schema and the fixtures of both versions.</remarks>
internal static class XGBoostDraftWriter
{
    /// <summary>Every layout that the model's version and content allow.</summary>
    public static IEnumerable<DraftFile> Write(XGBoostDraft draft)
    {
        DocObject document = Document(draft);
        yield return new DraftFile("JSON", DocJson.Write(document));
        yield return new DraftFile("JSON, spaced, keys turned round", DocJson.Write(document.Reversed(), spaced: true));
        yield return new DraftFile("UBJSON", DocUbjson.Write(document, typed: true));
        yield return new DraftFile("UBJSON, plain arrays, keys turned round", DocUbjson.Write(document.Reversed(), typed: false));
        if (draft.Version.Major == 1 && !draft.HasVectorLeaves && !draft.HasCategories)
        {
            yield return new DraftFile("binary", XGBoostBinaryWriter.Write(draft, signature: true));
            yield return new DraftFile("binary without signature", XGBoostBinaryWriter.Write(draft, signature: false));
        }
    }

    /// <summary>The document.</summary>
    public static DocObject Document(XGBoostDraft draft)
    {
        bool isNew = draft.Version.CompareTo((3, 4)) >= 0;
        DocObject model = new()
        {
            ["gbtree_model_param"] = new DocObject
            {
                ["num_parallel_tree"] = Text(draft.TreesPerIteration / (draft.HasVectorLeaves ? 1 : draft.Outputs)),
                ["num_trees"] = Text(draft.Trees.Length),
                ["size_leaf_vector"] = "0",
            },
            ["tree_info"] = draft.Trees.Select(tree => (object)(long)tree.Output).ToArray(),
            ["trees"] = Enumerable.Range(0, draft.Trees.Length).Select(tree => (object)Tree(draft, tree)).ToArray(),
        };
        if (draft.Version.Major >= 2)
        {
            model["iteration_indptr"] = Enumerable.Range(0, draft.Iterations + 1).Select(iteration => (object)(long)(iteration * draft.TreesPerIteration)).ToArray();
        }

        if (draft.Version.CompareTo((3, 1)) >= 0)
        {
            model["cats"] = new DocObject { ["enc"] = System.Array.Empty<object>(), ["feature_segments"] = System.Array.Empty<int>(), ["sorted_idx"] = System.Array.Empty<int>() };
        }

        DocObject booster = new() { ["model"] = model, ["name"] = "gbtree" };
        if (draft.IsDart)
        {
            object[] weights = [.. draft.Trees.Select(tree => (object)tree.Weight)];
            if (isNew)
            {
                model["weight_drop"] = weights;
            }
            else
            {
                booster = new() { ["gbtree"] = booster, ["name"] = "dart", ["weight_drop"] = weights };
            }
        }

        DocObject learner = new()
        {
            ["attributes"] = new DocObject(),
            ["gradient_booster"] = booster,
            ["learner_model_param"] = new DocObject
            {
                ["base_score"] = BaseScore(draft),
                ["num_class"] = Text(draft.IsMultiClass ? draft.Outputs : 0),
                ["num_feature"] = Text(draft.Features),
            },
            ["objective"] = Objective(draft),
        };
        if (draft.Version.CompareTo((1, 6)) >= 0)
        {
            DocObject parameters = (DocObject)learner["learner_model_param"];
            parameters["num_target"] = Text(draft.IsMultiClass ? 1 : draft.Outputs);
            parameters["boost_from_average"] = "1";
        }

        if (draft.Version.CompareTo((1, 4)) >= 0)
        {
            learner["feature_names"] = System.Array.Empty<object>();
            learner["feature_types"] = draft.HasCategories
                ? Enumerable.Range(0, draft.Features).Select(feature => (object)(feature % 2 == 1 ? "c" : "float")).ToArray()
                : [];
        }

        return new DocObject { ["learner"] = learner, ["version"] = new object[] { (long)draft.Version.Major, (long)draft.Version.Minor, 0L } };
    }

    /// <summary>The objective with its parameters, as it stands in documents and in the binary format's attributes.</summary>
    public static DocObject Objective(XGBoostDraft draft) => draft.Objective switch
    {
        "multi:softprob" => new() { ["name"] = draft.Objective, ["softmax_multiclass_param"] = new DocObject { ["num_class"] = Text(draft.Outputs) } },
        "count:poisson" => new() { ["name"] = draft.Objective, ["poisson_regression_param"] = new DocObject { ["max_delta_step"] = "0.699999988" } },
        "rank:ndcg" => new() { ["name"] = draft.Objective, ["lambdarank_param"] = new DocObject { ["lambdarank_num_pair_per_sample"] = "1" } },
        "reg:absoluteerror" => new() { ["name"] = draft.Objective },
        _ => new() { ["name"] = draft.Objective, ["reg_loss_param"] = new DocObject { ["scale_pos_weight"] = "1" } },
    };

    private static string BaseScore(XGBoostDraft draft)
    {
        string scores = string.Join(",", draft.BaseScores.Select(DocJson.Number));
        return draft.Version.CompareTo((3, 1)) >= 0 ? $"[{scores}]" : scores;
    }

    private static DocObject Tree(XGBoostDraft draft, int index)
    {
        XGBoostLayout layout = XGBoostLayout.Of(draft.Trees[index]);
        DraftNode?[] nodes = layout.Nodes();
        bool rows = draft.HasVectorLeaves && draft.Version.CompareTo((3, 2)) >= 0;
        DraftNode[] leaves = [.. nodes.Where(node => node is { IsLeaf: true })!];
        DocObject tree = new()
        {
            // The weights of splits, and of scalar leaves, are for reading alone: scores come from elsewhere.
            ["base_weights"] = draft.HasVectorLeaves
                ? nodes.SelectMany(node => node is { IsLeaf: true } && !rows ? node.Values.Select(value => (float)value) : Enumerable.Repeat(777f, draft.Outputs)).ToArray()
                : [.. nodes.Select(_ => 777f)],
            ["default_left"] = nodes.Select(node => node is null or { IsLeaf: false, MissingFirst: true } ? (byte)1 : (byte)0).ToArray(),
            ["id"] = (long)index,
            ["left_children"] = nodes.Select(node => node is { IsLeaf: false } ? layout.Numbers[node.First!] : -1).ToArray(),
            ["parents"] = nodes.Select((node, slot) => slot == 0 ? int.MaxValue : int.Max(layout.Parents[slot], 0)).ToArray(),
            ["right_children"] = nodes.Select(node =>
                node is { IsLeaf: false } ? layout.Numbers[node.Second!] : node is not null && rows ? System.Array.IndexOf(leaves, node) : -1).ToArray(),
            ["split_conditions"] = nodes.Select(node => node switch
            {
                null => 0f,
                { IsLeaf: true } => draft.HasVectorLeaves ? float.Epsilon : (float)node.Values[0],
                { Test: DraftTest.Codes } => 888f,
                _ => (float)node.Threshold,
            }).ToArray(),
            ["split_indices"] = nodes.Select(node => node is null ? int.MaxValue : node.Feature).ToArray(),
            ["tree_param"] = new DocObject
            {
                ["num_deleted"] = Text(layout.Deleted),
                ["num_feature"] = Text(draft.Features),
                ["num_nodes"] = Text(layout.Slots),
                ["size_leaf_vector"] = draft.HasVectorLeaves ? Text(draft.Outputs) : draft.Version.Major >= 2 ? "1" : "0",
            },
        };
        if (rows)
        {
            tree["leaf_weights"] = leaves.SelectMany(leaf => leaf.Values.Select(value => (float)value)).ToArray();
        }

        if (!draft.HasVectorLeaves || rows)
        {
            tree["loss_changes"] = nodes.Select(node => (float)(node?.Gain ?? 0)).ToArray();
            tree["sum_hessian"] = nodes.Select(node => (float)(node?.Cover ?? 0)).ToArray();
        }

        if (draft.Version.CompareTo((1, 3)) >= 0)
        {
            AddCategories(tree, nodes);
        }

        return tree;
    }

    private static void AddCategories(DocObject tree, DraftNode?[] nodes)
    {
        List<int> codes = [], owners = [];
        List<long> starts = [], lengths = [];
        for (int slot = 0; slot < nodes.Length; slot++)
        {
            if (nodes[slot] is { Test: DraftTest.Codes } node)
            {
                owners.Add(slot);
                starts.Add(codes.Count);
                lengths.Add(node.Codes.Length);
                codes.AddRange(node.Codes);
            }
        }

        tree["categories"] = codes.ToArray();
        tree["categories_nodes"] = owners.ToArray();
        tree["categories_segments"] = starts.ToArray();
        tree["categories_sizes"] = lengths.ToArray();
        tree["split_type"] = nodes.Select(node => node is { Test: DraftTest.Codes } ? (byte)1 : (byte)0).ToArray();
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
