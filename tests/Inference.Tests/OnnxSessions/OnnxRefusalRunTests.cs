using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Inference.Tests.Cli;
using Inference.Tests.Formats.Onnx;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.OnnxSessions;

/// <summary>What is wrong is named, before the native call where it can be, and everything still works afterwards.</summary>
public sealed class OnnxRefusalRunTests
{
    private static readonly Fixture Tower = new("onnx", "two-tower-user");

    public OnnxRefusalRunTests() => Natives.Require(NativeLibraryKind.OnnxRuntime);

    [Fact]
    public void An_id_outside_the_vocabulary_is_named_and_the_session_works_afterwards()
    {
        using OnnxSession session = OnnxSession.Load(Tower.PathOf("model.onnx"));
        using OnnxBinding binding = session.Bind();
        float[] before = Answer(binding, 6);
        foreach (long id in (long[])[7, 1_000_000, -8, long.MaxValue])
        {
            NativeCallException refusal = Assert.Throws<NativeCallException>(() => Answer(binding, id));
            Assert.Equal(NativeLibraryKind.OnnxRuntime, refusal.Library);
            Assert.Equal("RunWithBinding", refusal.Function);
            Assert.Contains("Gather", refusal.Error, StringComparison.Ordinal);
            Assert.Contains($"{id}", refusal.Error, StringComparison.Ordinal);
            Assert.Contains(Tower.PathOf("model.onnx"), refusal.Message, StringComparison.Ordinal);
            Assert.Throws<InvalidOperationException>(() => binding.Output<float>("embedding").Length);
        }

        Bits.Equal(before, Answer(binding, 6), "after refusals");
    }

    [Fact]
    public void Names_types_and_shapes_are_checked_before_the_call()
    {
        using OnnxSession session = OnnxSession.Load(Tower.PathOf("model.onnx"));
        using OnnxBinding binding = session.Bind();
        SchemaMismatchException name = Assert.Throws<SchemaMismatchException>(() => binding.SetInput<long>("id", [1, 2, 3], [1, 3]));
        Assert.Equal(["id"], name.Unknown);
        Says(name, "input 'id'", "ids: Int64 [rows, 3]");
        Says(Assert.Throws<SchemaMismatchException>(() => binding.SetInput<int>("ids", [1, 2, 3], [1, 3])), "Int32", "ids: Int64 [rows, 3]");
        Says(Assert.Throws<SchemaMismatchException>(() => binding.SetInput("ids", ["a", "b", "c"], [1, 3])), "String", "ids: Int64 [rows, 3]");
        Says(Assert.Throws<SchemaMismatchException>(() => binding.SetInput<long>("ids", [1, 2], [1, 2])), "[1, 2]", "ids: Int64 [rows, 3]");
        Says(Assert.Throws<SchemaMismatchException>(() => binding.SetInput<long>("ids", [1, 2, 3], [3])), "[3]", "ids: Int64 [rows, 3]");
        Says(Assert.Throws<SchemaMismatchException>(() => binding.SetInput<long>("ids", [1, 2])), "2 elements", "ids: Int64 [rows, 3]");
        Says(Assert.Throws<ArgumentException>(() => binding.SetInput<long>("ids", [1, 2], [1, 3])), "2 elements", "3");
        Says(Assert.Throws<ArgumentException>(() => binding.SetInput<long>("ids", [], [-1, 3])), "-1", "0 or more");
        Says(Assert.Throws<ArgumentException>(() => binding.GetInput<float>("dense", [int.MaxValue, 6])), "2147483647", "at most");
        Assert.Throws<ArgumentException>(() => binding.SetInput<char>("ids", ['a', 'b', 'c'], [1, 3]));

        binding.SetInput<long>("ids", [1, 2, 3]);
        SchemaMismatchException missing = Assert.Throws<SchemaMismatchException>(() => binding.Run());
        Assert.Equal(["dense"], missing.Missing);
        binding.SetInput<float>("dense", new float[6]);
        binding.Run();
        Assert.Equal(32, binding.Output<float>("embedding").Length);
        Says(Assert.Throws<SchemaMismatchException>(() => binding.Output<double>("embedding").Length), "Double", "embedding: Single [rows, 32]");
        Says(Assert.Throws<SchemaMismatchException>(() => binding.OutputTexts("embedding")), "String", "embedding: Single [rows, 32]");
        Says(Assert.Throws<SchemaMismatchException>(() => binding.Output<float>("scores").Length), "'scores'", "embedding: Single [rows, 32]");

        SchemaMismatchException tensors = Assert.Throws<SchemaMismatchException>(() => session.Run(new Dictionary<string, OnnxTensor> { ["x"] = OnnxTensor.Of([1f]) }));
        Assert.Equal(["ids", "dense"], tensors.Missing);
        Assert.Equal(["x"], tensors.Unknown);
        Assert.Throws<SchemaMismatchException>(() => session.Run([1f, 2f]));
    }

    [Fact]
    public void Rows_that_do_not_belong_together_are_refused_and_the_binding_works_afterwards()
    {
        using OnnxSession session = OnnxSession.Load(Tower.PathOf("model.onnx"));
        using OnnxBinding binding = session.Bind();
        float[] before = Answer(binding, 1);
        binding.SetInput<float>("dense", new float[12]);
        Assert.Throws<NativeCallException>(() => binding.Run());
        Bits.Equal(before, Answer(binding, 1), "after");
    }

    [Fact]
    public async Task What_is_no_model_is_named()
    {
        byte[] model = File.ReadAllBytes(Tower.PathOf("model.onnx"));
        using TemporaryFolder folder = new();
        (string Name, byte[] Content, string Found)[] files =
        [
            ("empty", [], "an empty file"),
            ("pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"u8.ToArray(), "Git LFS pointer"),
            ("page", "<!DOCTYPE html>"u8.ToArray(), "HTML"),
            ("zeros", new byte[100], "zeros"),
            ("cut", model[..(model.Length / 2)], "rotobuf"),
            ("cut in the header", model[..9], "rotobuf"),
            ("text", Encoding.UTF8.GetBytes("tree\nversion=v4\n"), "rotobuf"),
        ];
        foreach ((string name, byte[] content, string found) in files)
        {
            string path = folder.File(name + ".onnx");
            File.WriteAllBytes(path, content);
            Says(Assert.Throws<ModelFormatException>(() => OnnxSession.Load(path)), path, found);
            Says(Assert.Throws<ModelFormatException>(() => OnnxSession.Load(content)), "model in memory", found);
            Says(await Assert.ThrowsAsync<ModelFormatException>(() => OnnxSession.LoadAsync(path)), path, found);
            Says(await Assert.ThrowsAsync<ModelFormatException>(() => OnnxSession.LoadAsync(new MemoryStream(content))), "model from a stream", found);
        }

        Assert.Throws<FileNotFoundException>(() => OnnxSession.Load(folder.File("nothing.onnx")));
        using OnnxSession session = OnnxSession.Load(model);
    }

    [Fact]
    public void A_graph_that_the_library_cannot_run_is_named()
    {
        byte[] unknown = new GraphFile().Node("NoSuchOperator", ["x"], ["y"]).Input("x", OnnxElementType.Single, "n").Output("y", OnnxElementType.Single, "n").Write();
        Says(Assert.Throws<ModelNotSupportedException>(() => OnnxSession.Load(unknown)), "NoSuchOperator", "ONNX Runtime");
        byte[] mixed = new GraphFile().Node("Add", ["x", "z"], ["y"])
            .Input("x", OnnxElementType.Single, "n").Input("z", OnnxElementType.Int64, "n").Output("y", OnnxElementType.Single, "n").Write();
        Says(Assert.Throws<ModelNotSupportedException>(() => OnnxSession.Load(mixed)), "int64", "ONNX Runtime");
        byte[] future = new GraphFile().Node("Identity", ["x"], ["y"]).Input("x", OnnxElementType.Single, "n").Output("y", OnnxElementType.Single, "n").Write(opset: 9999);
        Says(Assert.Throws<ModelNotSupportedException>(() => OnnxSession.Load(future)), "9999", "ONNX Runtime");
    }

    [Fact]
    public void Options_are_checked()
    {
        string model = Tower.PathOf("model.onnx");
        Says(Refuses(OnnxSessionOptions.Default with { Providers = ["NoSuchProvider"] }), "NoSuchProvider", "CPUExecutionProvider");
        Says(Refuses(OnnxSessionOptions.Default with { IntraOpThreads = 0 }), "IntraOpThreads", "1");
        Says(Refuses(OnnxSessionOptions.Default with { InterOpThreads = -1 }), "InterOpThreads", "1");
        Says(Refuses(OnnxSessionOptions.Default with { IntraOpThreads = 3, ThreadAffinity = "1" }), "1 groups", "2, one for each");
        Says(Refuses(OnnxSessionOptions.Default with { ThreadAffinity = "1" }), "1 groups", "0, one for each");
        Says(Refuses(OnnxSessionOptions.Default with { IntraOpThreads = 2, ThreadAffinity = "0" }), "'0'", "from 1");
        Says(Refuses(OnnxSessionOptions.Default with { IntraOpThreads = 3, ThreadAffinity = "1,x;2" }), "'1,x;2'", "from 1");
        Says(Refuses(OnnxSessionOptions.Default with { GraphOptimization = (OnnxGraphOptimization)7 }), "GraphOptimization", "7");
        Assert.Contains("CPUExecutionProvider", OnnxSession.GetAvailableProviders());

        Exception Refuses(OnnxSessionOptions options) => Assert.IsAssignableFrom<ArgumentException>(Record.Exception(() => OnnxSession.Load(model, options)));
    }

    [Fact]
    public void What_the_library_says_of_an_option_is_not_taken_for_the_model()
    {
        string model = Tower.PathOf("model.onnx");
        OnnxSessionOptions entry = new() { ConfigEntries = new Dictionary<string, string> { [""] = "1" } };
        Assert.Equal("AddSessionConfigEntry", Assert.Throws<NativeCallException>(() => OnnxSession.Load(model, entry)).Function);

        // Most machines have the providers' names, not their libraries.
        foreach (string provider in OnnxSession.GetAvailableProviders().Where(name => name is "CUDAExecutionProvider" or "TensorrtExecutionProvider"))
        {
            Exception? refusal = Record.Exception(() => OnnxSession.Load(model, new OnnxSessionOptions { Providers = [provider] }).Dispose());
            Assert.True(refusal is null or NativeCallException, $"{refusal}");
        }
    }

    [Fact]
    public void Damaged_files_are_refused_or_run()
    {
        byte[] sound = File.ReadAllBytes(new Fixture("onnx", "sklearn-scaler-logistic").PathOf("model.onnx"));
        Random random = new(1);
        int refused = 0;
        for (int i = 0; i < 200; i++)
        {
            byte[] damaged = [.. sound];
            for (int j = random.Next(4); j >= 0; j--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                using OnnxSession session = OnnxSession.Load(damaged);
                session.Run(new float[28]);
            }
            catch (InferenceException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 50, 199);
    }

    [Fact]
    public void Options_reach_the_library_and_change_no_answer()
    {
        float[] expected = (float[])Tower.Read("expected-ort-embedding.npy").Data;
        foreach (OnnxSessionOptions options in (OnnxSessionOptions[])
            [
                OnnxSessionOptions.Default with { MemoryArena = false },
                OnnxSessionOptions.Default with { Providers = ["CPUExecutionProvider"] },
                OnnxSessionOptions.Default with { GraphOptimization = OnnxGraphOptimization.Basic, AllowSpinning = true },
                OnnxSessionOptions.Default with { ConfigEntries = new Dictionary<string, string> { ["session.disable_prepacking"] = "1" } },
            ])
        {
            using OnnxSession session = OnnxSession.Load(Tower.PathOf("model.onnx"), options);
            Assert.Same(options, session.Options);
            using OnnxBinding binding = session.Bind();
            binding.SetInput<long>("ids", (long[])Tower.Read("input-ids.npy").Data);
            binding.SetInput<float>("dense", (float[])Tower.Read("input-dense.npy").Data);
            binding.Run();
            Bits.Within(64, expected, binding.Output<float>("embedding"), $"{options}");
        }
    }

    [Fact]
    public void Trees_that_the_managed_engine_does_not_take_are_sent_here()
    {
        ModelNotSupportedException refusal = Assert.Throws<ModelNotSupportedException>(() => Booster.Load(Tower.PathOf("model.onnx")));
        Assert.Contains(nameof(OnnxSession), refusal.Allowed, StringComparison.Ordinal);
        refusal = Assert.Throws<ModelNotSupportedException>(() => Booster.Load(OnnxFile.Regressor().First("Normalizer", OnnxFile.Learning).Write()));
        Assert.Contains(nameof(OnnxSession), refusal.Allowed, StringComparison.Ordinal);
    }

    private static float[] Answer(OnnxBinding binding, long id)
    {
        binding.SetInput<long>("ids", [3, id, 5]);
        binding.SetInput<float>("dense", [1, 2, 3, 4, 5, 6]);
        binding.Run();
        return binding.Output<float>("embedding").ToArray();
    }

    private static void Says(Exception exception, params string[] words) =>
        Assert.All(words, word => Assert.Contains(word, exception.Message, StringComparison.Ordinal));
}
