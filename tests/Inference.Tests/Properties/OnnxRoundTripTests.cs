using Inference.Tests.Properties.Onnx;
using Xunit;

namespace Inference.Tests.Properties;

/// <summary>Random ONNX tree ensembles, written by the tests and read back.</summary>
public sealed class OnnxRoundTripTests
{
    [Fact]
    public void A_model_in_protobuf_answers_what_was_drafted() => Law.Holds(OnnxDraftMaker.Draw, RoundTrip.Check);
}
