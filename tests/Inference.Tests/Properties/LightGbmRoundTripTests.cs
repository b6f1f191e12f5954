using Inference.Tests.Properties.LightGbm;
using Xunit;

namespace Inference.Tests.Properties;

/// <summary>Random LightGBM models, written by the tests and read back.</summary>
public sealed class LightGbmRoundTripTests
{
    [Fact]
    public void A_model_in_text_answers_what_was_drafted() => Law.Holds(LightGbmDraftMaker.Draw, RoundTrip.Check);
}
