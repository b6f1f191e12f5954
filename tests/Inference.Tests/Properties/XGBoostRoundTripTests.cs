using Inference.Tests.Properties.XGBoost;
using Xunit;

namespace Inference.Tests.Properties;

/// <summary>Random XGBoost models, written by the tests and read back.</summary>
public sealed class XGBoostRoundTripTests
{
    [Fact]
    public void A_model_in_JSON_and_UBJSON_answers_what_was_drafted() => Law.Holds(XGBoostDraftMaker.Draw, RoundTrip.Check);

    [Fact]
    public void A_model_in_the_old_binary_format_answers_what_was_drafted() => Law.Holds(XGBoostDraftMaker.DrawForBinary, RoundTrip.Check);
}
