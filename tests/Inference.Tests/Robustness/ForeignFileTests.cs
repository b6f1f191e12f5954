using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Xunit;

namespace Inference.Tests.Robustness;

/// <summary>Content that was never a model, behind every beginning that a format is known by.</summary>
public sealed class ForeignFileTests
{
    private static readonly byte[][] Heads =
    [
        [],
        .. new[]
        {
            "{", "{\"", "{\"learner\":", "{L", "{L\0\0\0\0\0\0\0\u0007learner{", "{i\u0007learner", "[", "tree\n", "tree\nversion=v4\n", "tree\r\n", "binf",
            "\u0008\u0008\u003A", "\u0008\u0008\u0012\u0005tests\u003A", "CBM1", "PK\u0003\u0004", "\u0080\u0004", "\u001F\u008B", "version https://git-lfs", "0:[f0<0.5]",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    [Fact]
    public void Random_bytes_are_survived() => TrialRun.Run("random bytes", [], Files((random, length) =>
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }));

    [Fact]
    public void Random_structure_is_survived() => TrialRun.Run("random structure", [], Files((random, length) =>
    {
        // Characters that mean something to one format or another, far more often than chance has them.
        const string marks = "{}[]\",:=\n 0123456789-.eE$#LSUdlTFZiI\0\0\0\u0001\u0008\u000A\u0012\u001A\u002A\u003A\u0042\u007F\u0080\u00FF";
        return [.. Enumerable.Range(0, length).Select(_ => (byte)marks[random.Next(marks.Length)])];
    }));

    [Theory]
    [InlineData("{\"name\":\"tree\",\"version\":\"v4\",\"num_class\":1,\"tree_info\":[]}", "LightGBM dump_model")]
    [InlineData("{\"features_info\":{},\"model_info\":{},\"oblivious_trees\":[]}", "CatBoost")]
    [InlineData("{\"Config\":{},\"Model\":{}}", "serialized XGBoost booster")]
    [InlineData("[{\"nodeid\":0,\"leaf\":0.5}]", "")]
    [InlineData("0:[f0<0.5] yes=1,no=2,missing=1\n\t1:leaf=0.1\n", "")]
    public void A_document_of_another_tool_is_refused(string content, string name)
    {
        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => Booster.Load(Encoding.UTF8.GetBytes(content)).Dispose());
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<(string Name, byte[] Content)> Files(Func<Random, int, byte[]> make) =>
        from seed in Enumerable.Range(1, 300)
        from head in Heads.Select((bytes, index) => (Bytes: bytes, Index: index))
        let random = new Random((seed * 1000) + head.Index)
        select ($"seed {seed}, head {head.Index}", (byte[])[.. head.Bytes, .. make(random, random.Next(200))]);
}
