using Inference.Tests.Properties.Drafts;
using Inference.Tests.Properties.XGBoost;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Properties;

/// <summary>Random XGBoost models, written by the tests and read back.</summary>
public sealed class XGBoostRoundTripTests
{
    [Fact]
    public void A_model_in_JSON_and_UBJSON_answers_what_was_drafted() => Law.Holds(XGBoostDraftMaker.Draw, RoundTrip.Check);

    [Fact]
    public void A_model_in_the_old_binary_format_answers_what_was_drafted() => Law.Holds(XGBoostDraftMaker.DrawForBinary, RoundTrip.Check);

    [Fact]
    public void A_linear_booster_answers_what_was_drafted() => Law.Holds(LinearDraft.Draw, draft => draft.Smaller(), draft =>
    {
        foreach (DraftFile file in draft.Write())
        {
            using Booster booster = Booster.Load(file.Content);
            double[] margins = new double[draft.Rows.Length / draft.Features * draft.Outputs];
            booster.PredictMargin(draft.Rows, margins);
            Bits.Equal(draft.Margins(), margins, file.Layout);
        }
    }, share: 200);

    [Theory]
    [InlineData(1, 7, true, false)]
    [InlineData(3, 2, true, false)]
    [InlineData(3, 3, true, true)]
    [InlineData(1, 7, false, true)]
    public void Dart_adds_a_leaf_to_zero_until_3_2(int major, int minor, bool isDart, bool isNegative)
    {
        XGBoostDraft draft = new()
        {
            Version = (major, minor),
            Objective = "reg:squarederror",
            BaseScores = [-0f],
            IsDart = isDart,
            Features = 1,
            Outputs = 1,
            TreesPerIteration = 1,
            Trees = [new DraftTree(new DraftNode { Values = [-0.0] }, 0)],
        };
        foreach (DraftFile file in draft.Write())
        {
            using Booster booster = Booster.Load(file.Content);
            float[] margins = [1];
            booster.PredictMargin([0f], margins);
            Bits.Equal([isNegative ? -0f : 0f], margins, file.Layout);
        }
    }

    [Theory]
    [InlineData(0, -0.994623f)]
    [InlineData(1, 0.27f)]
    public void Raw_logits_have_a_probability_as_base_score_up_to_1_3_0(int patch, float margin)
    {
        DocObject document = XGBoostDraftWriter.Document(new XGBoostDraft
        {
            Version = (1, 3),
            Objective = "binary:logitraw",
            BaseScores = [0.27f],
            Features = 1,
            Outputs = 1,
            TreesPerIteration = 1,
            Trees = [new DraftTree(new DraftNode { Values = [0] }, 0)],
        });
        document["version"] = new object[] { 1L, 3L, (long)patch };
        using Booster booster = Booster.Load(DocJson.Write(document));
        float[] margins = new float[1];
        booster.PredictMargin([0f], margins);
        Assert.Equal(margin, margins[0], 1e-6f);
    }
}
