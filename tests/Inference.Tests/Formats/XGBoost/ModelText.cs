using System.Collections.Generic;
using System.Linq;
using Inference.Formats;
using Inference.Forests;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>A small XGBoost document, written by hand so that a test can bend any part of it.</summary>
internal sealed record ModelText
{
    public string? Version { get; init; } = "[1,7,4]";

    public string Objective { get; init; } = "reg:squarederror";

    public string? BaseScore { get; init; } = "5E-1";

    public string? Features { get; init; } = "2";

    public string Classes { get; init; } = "0";

    public string? Targets { get; init; } = "1";

    public string Booster { get; init; } = "gbtree";

    /// <summary>gradient_booster without its name; <see langword="null"/> for <see cref="Model"/> at the usual place.</summary>
    public string? BoosterMembers { get; init; }

    public IReadOnlyList<TreeText> Trees { get; init; } = [new TreeText()];

    public string? TreeOutputs { get; init; } = "[0]";

    public string TreeModelParameters { get; init; } = """{"num_parallel_tree":"1","num_trees":"1","size_leaf_vector":"0"}""";

    /// <summary>More members of the model, each with a comma before it.</summary>
    public string ModelExtra { get; init; } = "";

    /// <summary>More members of the learner, each with a comma before it.</summary>
    public string LearnerExtra { get; init; } = "";

    public string Model =>
        $"{{\"gbtree_model_param\":{TreeModelParameters}{Member("tree_info", TreeOutputs)},\"trees\":[{string.Join(",", Trees)}]{ModelExtra}}}";

    public Forest Read() => Read(ToString());

    public static Forest Read(string json) => ModelFile.Read(System.Text.Encoding.UTF8.GetBytes(json), new LoadContext("model.json", LoadLimits.Default));

    public override string ToString() =>
        $$$"""
        {"learner":{"attributes":{},
        "gradient_booster":{{{{BoosterMembers ?? $"\"model\":{Model}"}}},"name":"{{{Booster}}}"},
        "learner_model_param":{"boost_from_average":"1"{{{Text("base_score", BaseScore)}}},"num_class":"{{{Classes}}}"{{{Text("num_feature", Features)}}}{{{Text("num_target", Targets)}}}},
        "objective":{"name":"{{{Objective}}}","reg_loss_param":{"scale_pos_weight":"1"}}{{{LearnerExtra}}}}{{{Member("version", Version)}}}}
        """;

    private static string Member(string name, string? value) => value is null ? "" : $",\"{name}\":{value}";

    private static string Text(string name, string? value) => value is null ? "" : $",\"{name}\":\"{value}\"";
}

/// <summary>A tree: feature 0 below 1.5, or missing, goes to 0.25, the rest to -0.5.</summary>
internal sealed record TreeText
{
    public string Left { get; init; } = "[1,-1,-1]";

    public string Right { get; init; } = "[2,-1,-1]";

    public string Indices { get; init; } = "[0,0,0]";

    public string Conditions { get; init; } = "[1.5,2.5E-1,-0.5]";

    public string DefaultLeft { get; init; } = "[1,0,0]";

    public string? Types { get; init; } = "[0,0,0]";

    public string LeafVector { get; init; } = "0";

    public string Nodes { get; init; } = "3";

    /// <summary>More members, each with a comma before it.</summary>
    public string Extra { get; init; } = "";

    /// <summary>A leaf that is a tree.</summary>
    public static TreeText Leaf(string value) => new()
    {
        Left = "[-1]",
        Right = "[-1]",
        Indices = "[0]",
        Conditions = $"[{value}]",
        DefaultLeft = "[0]",
        Types = "[0]",
        Nodes = "1",
    };

    /// <summary>A chain of splits, each of whose left children is a leaf.</summary>
    public static TreeText Chain(int depth)
    {
        IEnumerable<int> nodes = Enumerable.Range(0, (2 * depth) + 1);
        bool IsSplit(int node) => node % 2 == 0 && node < 2 * depth;
        return new TreeText
        {
            Left = $"[{string.Join(",", nodes.Select(node => IsSplit(node) ? node + 1 : -1))}]",
            Right = $"[{string.Join(",", nodes.Select(node => IsSplit(node) ? node + 2 : -1))}]",
            Indices = $"[{string.Join(",", nodes.Select(_ => 0))}]",
            Conditions = $"[{string.Join(",", nodes)}]",
            DefaultLeft = $"[{string.Join(",", nodes.Select(_ => 0))}]",
            Types = null,
            Nodes = $"{(2 * depth) + 1}",
        };
    }

    public override string ToString()
    {
        int count = Left.Count(mark => mark == ',') + 1;
        string zeros = $"[{string.Join(",", Enumerable.Repeat("0E0", count))}]";
        string types = Types is null ? "" : $",\"split_type\":{Types}";
        return $$$"""
            {"base_weights":{{{zeros}}},"default_left":{{{DefaultLeft}}},"left_children":{{{Left}}},"loss_changes":{{{zeros}}},"parents":{{{zeros}}},
            "right_children":{{{Right}}},"split_conditions":{{{Conditions}}},"split_indices":{{{Indices}}}{{{types}}},"sum_hessian":{{{zeros}}}{{{Extra}}},
            "tree_param":{"num_deleted":"0","num_feature":"2","num_nodes":"{{{Nodes}}}","size_leaf_vector":"{{{LeafVector}}}"}}
            """;
    }
}
