using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Tests.Properties.Drafts;
using Inference.Tests.Properties.LightGbm;
using Inference.Tests.Properties.XGBoost;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Properties;

/// <summary>Random models in the training libraries: what they read, they score with the bits of the published rules.</summary>
public sealed class NativeRoundTripTests
{
    private readonly SortedDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    private int _read;
    private int _misread;

    [Fact]
    public void XGBoost_scores_random_models_as_drafted()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        Law.Holds(XGBoostDraftMaker.Draw, Check);
        Say();
    }

    [Fact]
    public void XGBoost_scores_random_models_in_the_old_binary_format_as_drafted()
    {
        Natives.Require(NativeLibraryKind.XGBoost);
        Law.Holds(XGBoostDraftMaker.DrawForBinary, Check, share: 100);
        Say();
    }

    [Fact]
    public void LightGBM_scores_random_models_as_drafted()
    {
        Natives.Require(NativeLibraryKind.LightGbm);
        Law.Holds(LightGbmDraftMaker.Draw, Check);
        Assert.Equal(0, _misread);
        Say();
    }

    /// <summary>Files of versions that the library is to read are read; others are read rightly, or refused by name.</summary>
    private void Check(DraftCase subject)
    {
        Draft draft = subject.Draft;
        foreach (DraftFile file in draft.Write())
        {
            Booster booster;
            try
            {
                booster = Booster.Load(file.Content, new BoosterOptions { Engine = EngineKind.Native });
            }
            catch (NativeCallException refusal)
            {
                // LightGBM reads no linear leaf with a coefficient below the normal numbers, and no linear tree of one leaf as drafted.
                Assert.True(draft is XGBoostDraft or LightGbmDraft { HasLinearLeaves: true }, $"{file.Layout}: {refusal.Message}");
                Count($"{(draft is XGBoostDraft { Version: var version } ? version : "")} {file.Layout}: {refusal.Error[..Math.Min(refusal.Error.Length, 160)]}");
                continue;
            }
            catch (NativeMismatchException difference)
            {
                // Raw logits had a probability for a base score up to 1.3.0, and a later library reads it as a margin.
                Assert.True(difference.IsNewerModel || draft is XGBoostDraft { Objective: "binary:logitraw", Version: (1, 0) }, $"{file.Layout}: {difference.Message}");
                _misread++;
                continue;
            }

            using (booster)
            {
                _read++;
                CheckUnlessInfinite(draft, booster, subject.Singles, $"{file.Layout}, float rows");
                CheckUnlessInfinite(draft, booster, subject.Doubles, $"{file.Layout}, double rows");
            }
        }
    }

    /// <summary>Thresholds at an end of the numbers leave no number that could stand for an infinity in a DMatrix.</summary>
    private static void CheckUnlessInfinite(Draft draft, Booster booster, double[] rows, string what)
    {
        try
        {
            Check(draft, booster, rows, what);
        }
        catch (NativeCallException refusal) when (refusal.Error.Contains("`inf`", StringComparison.Ordinal))
        {
            Assert.Contains(rows, value => float.IsInfinity((float)value));
        }
    }

    private static void Check(Draft draft, Booster booster, double[] rows, string what)
    {
        int count = rows.Length / draft.Features;
        double[] margins = new double[count * draft.Outputs];
        booster.PredictMargin(rows, margins);
        Bits.Equal(RoundTrip.Margins(draft, rows, 0, draft.Iterations), margins, what);

        int[] leaves = new int[count * draft.Trees.Length];
        booster.PredictLeaf(rows, leaves);
        Assert.Equal(RoundTrip.Leaves(draft, rows), leaves);
    }

    private void Count(string refusal) => _refusals[refusal] = _refusals.GetValueOrDefault(refusal) + 1;

    private void Say()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{_read} files read, {_refusals.Values.Sum()} refused, {_misread} found to be read otherwise");
        foreach ((string refusal, int count) in _refusals)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{count} refused: {refusal}");
        }
    }
}
