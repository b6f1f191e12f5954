using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Tests.Properties.Drafts;
using Inference.Tests.Properties.LightGbm;
using Inference.Tests.Properties.Onnx;
using Inference.Tests.Properties.XGBoost;
using Inference.Tests.Support;

namespace Inference.Tests.Robustness;

/// <summary>A sound model of a few kilobytes, to be broken.</summary>
/// <param name="Name">What is in it.</param>
/// <param name="Format">Its format.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record Specimen(string Name, ModelFormat Format, byte[] Content)
{
    /// <summary>Several specimens of a format, which between them use most of what the format has.</summary>
    public static IReadOnlyList<Specimen> Of(ModelFormat format) => format switch
    {
        ModelFormat.XGBoostJson => [.. XGBoost(format, "JSON", "model.json")],
        ModelFormat.XGBoostUbjson => [.. XGBoost(format, "UBJSON", "model.ubj"), Draw("plain arrays", format, XGBoostDraftMaker.Draw, "UBJSON, plain arrays, keys turned round", draft => draft.HasCategories)],
        ModelFormat.XGBoostBinary =>
        [
            Draw("classes", format, XGBoostDraftMaker.DrawForBinary, "binary", draft => draft.IsMultiClass),
            Draw("dart", format, XGBoostDraftMaker.DrawForBinary, "binary without signature", draft => draft.IsDart),
        ],
        ModelFormat.LightGbmText =>
        [
            Draw("categories", format, LightGbmDraftMaker.Draw, "text", draft => draft.Trees.Any(tree => tree.Root.DepthFirst().Any(node => node.Test == DraftTest.Codes))),
            Draw("linear leaves", format, LightGbmDraftMaker.Draw, "text", draft => draft.HasLinearLeaves),
            Draw("classes", format, LightGbmDraftMaker.Draw, "text", draft => draft.Outputs > 1 && draft.Version == "v3"),
            File("stump", format, "lightgbm-4.1.0.99", "stump", "model.txt"),
        ],
        _ =>
        [
            Draw("regressor", format, OnnxDraftMaker.Draw, "ONNX, unpacked lists", draft => draft.Version == 1),
            Draw("regressor, packed", format, OnnxDraftMaker.Draw, "ONNX, packed lists", draft => draft.Version == 1 && draft.Outputs > 1),
            Draw("double regressor", format, OnnxDraftMaker.Draw, "ONNX, packed lists", draft => draft.IsDouble && draft.Version == 3),
            Draw("version 5", format, OnnxDraftMaker.Draw, "ONNX, packed lists", draft => draft.Version == 5 && draft.Trees.Any(tree => tree.Root.DepthFirst().Any(node => node.Test == DraftTest.Codes))),
            File("classifier", format, "onnx", "sklearn-decision-tree-classifier", "model.onnx"),
        ],
    };

    private static IEnumerable<Specimen> XGBoost(ModelFormat format, string layout, string file) =>
    [
        Draw("categories", format, XGBoostDraftMaker.Draw, layout, draft => draft.HasCategories && !draft.IsDart),
        Draw("dart", format, XGBoostDraftMaker.Draw, layout, draft => draft.IsDart && draft.Version.Major == 1),
        Draw("vector leaves", format, XGBoostDraftMaker.Draw, layout, draft => draft.HasVectorLeaves && draft.Version == (3, 4)),
        File("linear booster", format, "xgboost-3.4.1", "gblinear", file),
        File("stump", format, "xgboost-3.4.1", "stump", file),
    ];

    private static Specimen File(string name, ModelFormat format, string library, string fixture, string file) =>
        new(name, format, System.IO.File.ReadAllBytes(new Fixture(library, fixture).PathOf(file)));

    /// <summary>The first drafted model of a kind whose file has about five kilobytes.</summary>
    private static Specimen Draw<T>(string name, ModelFormat format, Func<Random, int, T> draw, string layout, Func<T, bool> isWanted)
        where T : Draft
    {
        for (int seed = 1; ; seed++)
        {
            T draft = draw(new Random(seed), 50);
            if (isWanted(draft) && draft.Trees.Sum(tree => tree.Root.DepthFirst().Count) < 200)
            {
                byte[]? content = draft.Write().FirstOrDefault(file => file.Layout == layout)?.Content;
                if (content is { Length: > 3000 and < 7000 })
                {
                    return new Specimen(name, format, content);
                }
            }
        }
    }
}
