using Inference.Forests;
using Xunit;

namespace Inference.Tests.Formats.XGBoost;

/// <summary>Models saved before their first round, as XGBoost 1.7.4 writes them: every row scores the base score.</summary>
public class XGBoostUntrainedTests
{
    [Fact]
    public void A_random_forest_without_trees_scores_the_base_score()
    {
        Forest forest = new ModelText
        {
            Trees = [],
            TreeOutputs = "[]",
            TreeModelParameters = """{"num_parallel_tree":"2","num_trees":"0","size_leaf_vector":"0"}""",
        }.Read();
        Assert.Equal(0, forest.IterationCount);
        Assert.Equal(0.5f, Score(forest));
    }

    [Fact]
    public void A_linear_booster_without_weights_scores_the_base_score()
    {
        Forest forest = new ModelText { Booster = "gblinear", BoosterMembers = """ "model":{"boosted_rounds":0,"weights":[]} """ }.Read();
        Assert.Null(forest.Linear);
        Assert.Equal(0.5f, Score(forest));
    }

    private static float Score(Forest forest)
    {
        float margin = 0;
        new ReferenceScorer<float>(forest).Margins(
            new RowBlock<float>([1, 2], 1, 2, 2),
            new ScoringCall { FirstTree = 0, EndTree = 0, Iterations = 0 },
            new(ref margin));
        return margin;
    }
}
