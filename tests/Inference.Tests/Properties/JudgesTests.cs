using Inference.Tests.Properties.LightGbm;
using Inference.Tests.Properties.Onnx;
using Inference.Tests.Properties.XGBoost;
using Xunit;

namespace Inference.Tests.Properties;

/// <summary>
/// The published rules applied to a draft, and the reference scorer on its canonical form: two judges that share no code.
/// Where they agree and a loaded file differs, the importer is wrong.
/// </summary>
public sealed class JudgesTests
{
    [Fact]
    public void Judges_agree_on_XGBoost() => Law.Holds(XGBoostDraftMaker.Draw, RoundTrip.CheckJudges);

    [Fact]
    public void Judges_agree_on_LightGBM() => Law.Holds(LightGbmDraftMaker.Draw, RoundTrip.CheckJudges);

    [Fact]
    public void Judges_agree_on_ONNX() => Law.Holds(OnnxDraftMaker.Draw, RoundTrip.CheckJudges);
}
