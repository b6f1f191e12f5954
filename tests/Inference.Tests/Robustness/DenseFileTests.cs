using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Inference.Tests.Properties.Drafts;
using Inference.Tests.Properties.Onnx;
using Inference.Tests.Properties.XGBoost;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Robustness;

/// <summary>Sound files, or nearly so, that are made of the smallest parts that a format has: the most objects for a byte. Alone, as <see cref="BrokenFileTests"/> are.</summary>
[Collection(nameof(Alone))]
public sealed class DenseFileTests
{
    private const int Many = 3000;

    private static readonly Dictionary<string, Func<byte[]>> Files = new()
    {
        ["XGBoost JSON, trees of one leaf"] = () => XGBoost("JSON", 300, Leaf()),
        ["XGBoost UBJSON, trees of one leaf"] = () => XGBoost("UBJSON", 300, Leaf()),
        ["XGBoost binary, trees of one leaf"] = () => XGBoost("binary", 300, Leaf()),
        ["XGBoost JSON, a chain"] = () => XGBoost("JSON", 1, Chain(Many, DraftTest.Below)),
        ["XGBoost UBJSON, a chain"] = () => XGBoost("UBJSON", 1, Chain(Many, DraftTest.Below)),
        ["XGBoost JSON, a chain of sets"] = () => XGBoost("JSON", 1, Chain(Many, DraftTest.Codes)),
        ["XGBoost UBJSON, a chain of sets"] = () => XGBoost("UBJSON", 1, Chain(Many, DraftTest.Codes)),
        ["XGBoost JSON, names of one letter"] = () => DocJson.Write(Named("letter")),
        ["XGBoost JSON, empty names"] = () => DocJson.Write(Named("")),
        ["XGBoost UBJSON, names of one letter"] = () => DocUbjson.Write(Named("letter"), typed: true),
        ["XGBoost JSON, categories of one letter"] = () => DocJson.Write(WithCategories()),
        ["XGBoost UBJSON, categories of one letter"] = () => DocUbjson.Write(WithCategories(), typed: true),
        ["XGBoost JSON, categories that are numbers"] = () => DocJson.Write(WithNumbers()),
        ["XGBoost UBJSON, categories that are numbers"] = () => DocUbjson.Write(WithNumbers(), typed: true),
        ["XGBoost JSON, attributes"] = () => DocJson.Write(WithAttributes()),
        ["LightGBM, trees of one leaf"] = () => LightGbm(1, string.Concat(Enumerable.Range(0, Many).Select(tree => $"Tree={tree}\nnum_leaves=1\nnum_cat=0\nleaf_value=0\n\n"))),
        ["LightGBM, trees of one leaf and little more"] = () => LightGbm(1, string.Concat(Enumerable.Range(0, Many).Select(tree => $"Tree={tree}\nnum_leaves=1\nleaf_value=0\n"))),
        ["LightGBM, a chain"] = () => LightGbm(1, Chain("0.5", 2)),
        ["LightGBM, a chain of sets"] = () => LightGbm(1, Chain(null, 1)),
        ["LightGBM, names of one letter"] = () => LightGbm(Many, "Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=0\n\n"),
        ["LightGBM, categories that are texts"] = () => LightGbm(1, "Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=0\n\n", "[[" + string.Join(",", Enumerable.Repeat("\"\"", Many)) + "]]"),
        ["LightGBM, categories that are numbers"] = () => LightGbm(1, "Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=0\n\n", "[[" + string.Join(",", Enumerable.Range(0, Many)) + "]]"),
        ["LightGBM, empty lists of categories"] = () => LightGbm(1, "Tree=0\nnum_leaves=1\nnum_cat=0\nleaf_value=0\n\n", "[" + string.Join(",", Enumerable.Repeat("[]", Many)) + "]"),
        ["ONNX, trees of one leaf"] = () => Onnx(3, Enumerable.Range(0, Many).Select(_ => Leaf())),
        ["ONNX, a chain"] = () => Onnx(3, [Chain(Many, DraftTest.AtMost)]),
        ["ONNX, a chain of equalities"] = () => Onnx(3, [Chain(Many, DraftTest.Same)]),
        ["ONNX 5, trees of one leaf"] = () => Onnx(5, Enumerable.Range(0, Many).Select(_ => Leaf())),
        ["ONNX 5, a chain of sets"] = () => Onnx(5, [Chain(Many, DraftTest.Codes)]),
        ["ONNX 5, small chains of sets"] = () => Onnx(5, Enumerable.Range(0, 100).Select(_ => Chain(30, DraftTest.Codes))),
        ["ONNX 5, chains of sets"] = () => Onnx(5, Enumerable.Range(0, 12).Select(_ => Chain(250, DraftTest.Codes))),
        ["LightGBM, small chains of sets"] = () => LightGbm(1, string.Concat(Enumerable.Range(0, 100).Select(tree => Chain(null, 1, 30, tree)))),
        ["LightGBM, a set of all there is"] = () => LightGbm(1, OneSet(100_000)),
        ["ONNX 5, chains of thresholds of their own"] = () => Onnx(5, Enumerable.Range(0, 24).Select(tree => Own(250, 250 * tree))),
        ["ONNX 5, the most groups"] = () => Onnx(5, Enumerable.Range(0, 40).Select(tree => Own(tree % 2 == 0 ? 255 : 1, 256 * tree))),
        ["XGBoost UBJSON, thresholds of their own"] = () => XGBoost("UBJSON", 20, Own(255, 0)),
        ["LightGBM, thresholds of their own"] = () => LightGbm(1, string.Concat(Enumerable.Range(0, 24).Select(tree => Chain("", 2, 250, tree)))),
        ["ONNX 5, one root many times"] = OneRootManyTimes,
    };

    public static TheoryData<string> Names() => [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_of_the_smallest_parts_stays_within_its_memory(string name) =>
        TrialRun.Run(name, [.. Specimen.Of(ModelFormat.LightGbmText).Select(specimen => specimen.Content)], [(name, Files[name]())]);

    private static DraftNode Leaf() => new() { Values = [0] };

    /// <summary>A chain whose thresholds no other split has.</summary>
    private static DraftNode Own(int splits, int first)
    {
        DraftNode chain = Leaf();
        for (int i = 0; i < splits; i++)
        {
            chain = new DraftNode { Test = DraftTest.Below, Threshold = first + i, First = Leaf(), Second = chain };
        }

        return chain;
    }

    private static DraftNode Chain(int splits, DraftTest test)
    {
        DraftNode chain = Leaf();
        for (int i = 0; i < splits; i++)
        {
            chain = new DraftNode { Test = test, Codes = [1], First = Leaf(), Second = chain };
        }

        return chain;
    }

    private static XGBoostDraft XGBoostDraft(int trees, DraftNode root) => new()
    {
        Version = (1, 7),
        Objective = "reg:squarederror",
        BaseScores = [0.5f],
        Features = 1,
        Outputs = 1,
        TreesPerIteration = 1,
        Trees = [.. Enumerable.Repeat(new DraftTree(root, 0), trees)],
    };

    private static byte[] XGBoost(string layout, int trees, DraftNode root) => XGBoostDraft(trees, root).Write().Single(file => file.Layout == layout).Content;

    private static DocObject Named(string name)
    {
        DocObject document = XGBoostDraftWriter.Document(XGBoostDraft(1, Leaf()) with { Features = Many });
        ((DocObject)document["learner"])["feature_names"] = Enumerable.Range(0, Many).Select(i => (object)(name.Length == 0 ? "" : ((char)('a' + (i % 26))).ToString())).ToArray();
        ((DocObject)document["learner"])["feature_types"] = Enumerable.Repeat((object)"q", Many).ToArray();
        return document;
    }

    private static DocObject WithCategories() => WithEncoders(new DocObject
    {
        ["offsets"] = Enumerable.Range(0, Many + 1).ToArray(),
        ["values"] = Enumerable.Range(0, Many).Select(i => (object)(long)(33 + (i % 90))).ToArray(),
    });

    private static DocObject WithNumbers() => WithEncoders(new DocObject
    {
        ["type"] = 11L,
        ["values"] = Enumerable.Range(0, Many).ToArray(),
    });

    private static DocObject WithEncoders(DocObject encoder)
    {
        DocObject document = XGBoostDraftWriter.Document(XGBoostDraft(1, Leaf()) with { Version = (3, 4) });
        DocObject model = (DocObject)((DocObject)((DocObject)document["learner"])["gradient_booster"])["model"];
        model["cats"] = new DocObject { ["enc"] = new object[] { encoder }, ["feature_segments"] = new[] { 0, Many }, ["sorted_idx"] = Enumerable.Range(0, Many).ToArray() };
        return document;
    }

    private static DocObject WithAttributes()
    {
        DocObject document = XGBoostDraftWriter.Document(XGBoostDraft(1, Leaf()));
        DocObject attributes = new();
        for (int i = 0; i < 2000; i++)
        {
            attributes[i.ToString(CultureInfo.InvariantCulture)] = "";
        }

        ((DocObject)document["learner"])["attributes"] = attributes;
        return document;
    }

    private static byte[] LightGbm(int features, string blocks, string categories = "null")
    {
        string names = string.Join(' ', Enumerable.Range(0, features).Select(feature => (char)('a' + (feature % 26))));
        return Encoding.UTF8.GetBytes(
            $"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx={features - 1}\nobjective=regression\nfeature_names={names}\n"
            + $"feature_infos={string.Join(' ', Enumerable.Repeat("none", features))}\n\n{blocks}end of trees\n\npandas_categorical:{categories}\n");
    }

    private static string Chain(string? threshold, int decision, int splits = Many, int tree = 0)
    {
        string Row(Func<int, object> value, int more = 0) => string.Join(' ', Enumerable.Range(0, splits + more).Select(value));
        string sets = threshold is null ? $"cat_boundaries={Row(i => i, 1)}\ncat_threshold={Row(_ => 1)}\n" : "";
        return $"Tree={tree}\nnum_leaves={splits + 1}\nnum_cat={(threshold is null ? splits : 0)}\nsplit_feature={Row(_ => 0)}\nthreshold={Row(i => threshold is "" ? (splits * tree) + i : threshold ?? (object)i)}\ndecision_type={Row(_ => decision)}\n"
            + $"left_child={Row(i => ~i)}\nright_child={Row(i => i == splits - 1 ? ~splits : i + 1)}\nleaf_value={Row(_ => 0, 1)}\n{sets}\n\n";
    }

    /// <summary>A tree of one split, whose set has all codes of so many words.</summary>
    private static string OneSet(int words) =>
        $"Tree=0\nnum_leaves=2\nnum_cat=1\nsplit_feature=0\nthreshold=0\ndecision_type=1\nleft_child=-1\nright_child=-2\nleaf_value=0 1\ncat_boundaries=0 {words}\n"
            + $"cat_threshold={string.Join(' ', Enumerable.Repeat(uint.MaxValue, words))}\n\n";

    private static byte[] Onnx(int version, IEnumerable<DraftNode> roots) => new OnnxDraft
    {
        Version = version,
        IsDouble = false,
        Aggregate = "SUM",
        BaseValues = [],
        Features = 1,
        Outputs = 1,
        TreesPerIteration = 1,
        Trees = [.. roots.Select(root => new DraftTree(root, 0))],
    }.Write().Single(file => file.Layout.Contains(", packed", StringComparison.Ordinal)).Content;

    /// <summary>A tree of one leaf is a root of one byte; the splits' lists say nothing against naming it again and again.</summary>
    private static byte[] OneRootManyTimes()
    {
        OnnxDraft draft = new()
        {
            Version = 5,
            IsDouble = false,
            Aggregate = "SUM",
            BaseValues = [],
            Features = 1,
            Outputs = 1,
            TreesPerIteration = 1,
            Trees = [new DraftTree(Leaf(), 0)],
        };
        ProtobufBuilder roots = new();
        for (int i = 0; i < Many; i++)
        {
            roots.Raw(0);
        }

        ProtobufBuilder node = OnnxEnsemble5Writer.Node(draft, packed: true, roots.Bytes);
        return OnnxDraftWriter.Model(draft, node);
    }
}
