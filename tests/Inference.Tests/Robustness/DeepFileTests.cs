using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Inference.Tests.Properties;
using Inference.Tests.Properties.Drafts;
using Inference.Tests.Properties.LightGbm;
using Inference.Tests.Properties.Onnx;
using Inference.Tests.Properties.XGBoost;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Robustness;

/// <summary>Nothing that a file can nest, syntax or trees, reaches the end of a small stack. Alone, as <see cref="BrokenFileTests"/> are.</summary>
[Collection(nameof(Alone))]
public sealed class DeepFileTests
{
    private const int Depth = 10_000;

    [Fact]
    public void Nested_JSON_is_survived()
    {
        string sound = Encoding.UTF8.GetString(DocJson.Write(XGBoostDraftWriter.Document(XGBoost(Leaf()))));
        Survives("nested JSON",
        [
            .. from places in new[] { ("\"attributes\":{}", "\"attributes\":"), ("\"version\":[", "\"version\":["), ("\"trees\":[", "\"trees\":["), ("{\"learner\"", "{\"unknown\":0,\"learner\"") }
               from nest in new[] { ("[", "]"), ("{\"a\":", "}"), ("[[],{\"a\":", "}]"), ("[", ""), ("{\"a\":", "") }
               select sound.Replace(places.Item1, places.Item2.Replace("0", "", StringComparison.Ordinal) + Nest(nest.Item1, "0", nest.Item2), StringComparison.Ordinal),
            Nest("[", "0", "]"),
            Nest("{\"learner\":", "0", "}"),
            Nest("{\"a\":[", "", ""),
        ]);
    }

    [Fact]
    public void Nested_UBJSON_is_survived()
    {
        string[] opens = ["[", "[#i\u0001", "[#L\0\0\0\0\0\0\0\u0001", "{L\0\0\0\0\0\0\0\u0001a", "{#i\u0001L\0\0\0\0\0\0\0\u0001a", "{i\u0001a", "[[]"];
        string[] heads = ["", "{L\0\0\0\0\0\0\0\u0007unknown", "{L\0\0\0\0\0\0\0\u0007learner{L\0\0\0\0\0\0\0\u000Aattributes", "{L\0\0\0\0\0\0\0\u0007version"];
        Survives("nested UBJSON", from head in heads from open in opens select head + Nest(open, "i\0", ""), Encoding.Latin1);
    }

    [Fact]
    public void Nested_JSON_inside_LightGBM_text_is_survived()
    {
        string sound = Encoding.UTF8.GetString(LightGbm(Leaf()).Write().First().Content);
        Survives("nested pandas_categorical", from nest in new[] { ("[", "]"), ("[", ""), ("{\"a\":", "}") }
                                              select sound.Replace("pandas_categorical:null", "pandas_categorical:" + Nest(nest.Item1, "", nest.Item2), StringComparison.Ordinal));
    }

    [Fact]
    public void Nested_messages_of_ONNX_are_survived()
    {
        // A graph in an attribute of a node of a graph; groups, which end with a mark; a sequence type of sequences.
        ProtobufBuilder graph = new();
        ProtobufBuilder type = new();
        for (int i = 0; i < Depth / 10; i++)
        {
            graph = new ProtobufBuilder().Message(1, new ProtobufBuilder().Text(4, "If").Message(5, new ProtobufBuilder().Text(1, "then_branch").Message(6, graph).Varint(20, 5)));
            type = new ProtobufBuilder().Message(4, new ProtobufBuilder().Message(1, type));
        }

        byte[] inputs = new ProtobufBuilder().Message(7, new ProtobufBuilder().Message(11, new ProtobufBuilder().Text(1, "X").Message(2, type))).Bytes;
        byte[] groups = [.. Enumerable.Repeat((byte)((7 << 3) | 3), Depth)];
        byte[] closed = [.. groups, .. Enumerable.Repeat((byte)((7 << 3) | 4), Depth)];
        byte[] opening = new ProtobufBuilder().Varint(1, 8).Message(8, new ProtobufBuilder().Text(1, "ai.onnx.ml").Varint(2, 3)).Bytes;
        TrialRun.Run("nested messages", [], new[]
        {
            ("graphs", (byte[])[.. opening, .. new ProtobufBuilder().Message(7, graph).Bytes]),
            ("types", [.. opening, .. inputs]),
            ("open groups", [.. opening, .. groups]),
            ("closed groups", [.. opening, .. closed]),
        });
    }

    [Fact]
    public void Nested_JSON_inside_the_old_binary_format_is_survived()
    {
        byte[] sound = XGBoostBinaryWriter.Write(XGBoost(Leaf()) with { Version = (1, 0) }, signature: true);
        string text = Encoding.Latin1.GetString(sound);
        string objective = "{\"name\":\"reg:squarederror\",\"reg_loss_param\":{\"scale_pos_weight\":\"1\"}}";
        Assert.Contains(objective, text, StringComparison.Ordinal);
        string nested = Nest("{\"name\":", "0", "}");
        string Length(string content) => Encoding.Latin1.GetString(BitConverter.GetBytes((long)content.Length));
        Survives("nested objective", [text.Replace(Length(objective) + objective, Length(nested) + nested, StringComparison.Ordinal)], Encoding.Latin1);
    }

    public static TheoryData<ModelFormat> Formats => new(Enum.GetValues<ModelFormat>());

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_chain_of_ten_thousand_splits_is_a_sound_model(ModelFormat format)
    {
        Draft draft = format switch
        {
            ModelFormat.LightGbmText => LightGbm(Chain(DraftTest.AtMost)),
            ModelFormat.Onnx => Onnx(Chain(DraftTest.AtMost)),
            ModelFormat.XGBoostBinary => XGBoost(Chain(DraftTest.Below)) with { Version = (1, 0) },
            _ => XGBoost(Chain(DraftTest.Below)),
        };
        DraftCase subject = new(draft, [0.5, 1, 5000.5, 2, 20000, 3, double.NaN, double.NaN], [9999.25, 4]);
        Exception? failure = null;
        System.Threading.Thread thread = new(() => failure = Record.Exception(() => RoundTrip.Check(subject)), 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    /// <summary>A chain: split i asks whether feature 0 is below i, and every tenth asks feature 1.</summary>
    private static DraftNode Chain(DraftTest test)
    {
        DraftNode chain = Leaf();
        for (int i = Depth; i > 0; i--)
        {
            chain = new DraftNode { Test = test, Feature = i % 10 == 0 ? 1 : 0, Threshold = i, MissingFirst = i == 7000, Cover = chain.Cover + 1, First = Leaf(), Second = chain };
        }

        return chain;
    }

    private static DraftNode Leaf() => new() { Values = [0.25] };

    private static XGBoostDraft XGBoost(DraftNode root) => new()
    {
        Version = (3, 4),
        Objective = "reg:squarederror",
        BaseScores = [0.5f],
        Features = 2,
        Outputs = 1,
        TreesPerIteration = 1,
        Trees = [new DraftTree(root, 0)],
    };

    private static LightGbmDraft LightGbm(DraftNode root) => new()
    {
        Version = "v4",
        Features = 2,
        Outputs = 1,
        TreesPerIteration = 1,
        Trees = [new DraftTree(root, 0)],
    };

    private static OnnxDraft Onnx(DraftNode root) => new()
    {
        Version = 3,
        IsDouble = false,
        Aggregate = "SUM",
        BaseValues = [],
        Features = 2,
        Outputs = 1,
        TreesPerIteration = 1,
        Trees = [new DraftTree(root, 0)],
    };

    private static string Nest(string open, string content, string close) =>
        string.Concat(Enumerable.Repeat(open, Depth)) + content + string.Concat(Enumerable.Repeat(close, Depth));

    private static void Survives(string what, IEnumerable<string> files, Encoding? encoding = null) =>
        TrialRun.Run(what, [], files.Select((file, index) => ($"file {index}", (encoding ?? Encoding.UTF8).GetBytes(file))));
}
