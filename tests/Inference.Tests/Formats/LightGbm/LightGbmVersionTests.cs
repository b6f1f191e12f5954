using System;
using System.Text;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.LightGbm;

/// <summary>Models in the layouts that older LightGBM versions wrote. Every margin was answered by LightGBM 4.1's own library.</summary>
public sealed class LightGbmVersionTests
{
    /// <summary>As LightGBM 2.1 writes: no weights, no end of trees, the old name of cross_entropy.</summary>
    private const string V2 =
        """
        tree
        version=v2
        num_class=1
        num_tree_per_iteration=1
        label_index=0
        max_feature_idx=2
        objective=xentropy
        feature_names=age city income
        feature_infos=[18:90] 0:1:2:33 [-5:5]
        tree_sizes=410 243 183

        Tree=0
        num_leaves=4
        num_cat=1
        split_feature=0 1 2
        split_gain=12.5 3.25 1.125
        threshold=30.500000000000004 0 1.0000000180025095e-35
        decision_type=2 1 6
        left_child=1 -1 -2
        right_child=2 -3 -4
        leaf_value=0.10000000000000001 -0.20000000000000001 0.29999999999999999 -0.40000000000000002
        leaf_count=40 30 20 10
        internal_value=0 0.1 -0.2
        internal_count=100 60 40
        cat_boundaries=0 2
        cat_threshold=5 2
        shrinkage=0.1


        Tree=1
        num_leaves=2
        num_cat=0
        split_feature=2
        split_gain=2
        threshold=-1.25
        decision_type=8
        left_child=-1
        right_child=-2
        leaf_value=0.050000000000000003 -0.070000000000000007
        leaf_count=50 50
        internal_value=0
        internal_count=100
        shrinkage=0.1


        Tree=2
        num_leaves=1
        num_cat=0
        split_feature=
        split_gain=
        threshold=
        decision_type=
        left_child=
        right_child=
        leaf_value=0.001
        leaf_count=
        internal_value=
        internal_count=
        shrinkage=1



        feature importances:
        age=1
        city=1
        income=2

        """;

    /// <summary>As LightGBM 3 writes: constraints, end of trees, the old title of the importances up to 2.3; is_linear since 3.2.</summary>
    private const string V3 =
        """
        tree
        version=v3
        num_class=2
        num_tree_per_iteration=2
        label_index=0
        max_feature_idx=1
        objective=multiclassova num_class:2 sigmoid:1.5
        feature_names=Column_0 Column_1
        monotone_constraints=1 0
        feature_infos=[0:10] none
        tree_sizes=244 354

        Tree=0
        num_leaves=2
        num_cat=0
        split_feature=0
        split_gain=4
        threshold=5.5
        decision_type=10
        left_child=-1
        right_child=-2
        leaf_value=1.5 -1.5
        leaf_weight=10 12
        leaf_count=40 48
        internal_value=0
        internal_weight=22
        internal_count=88
        shrinkage=0.1


        Tree=1
        num_leaves=2
        num_cat=0
        split_feature=0
        split_gain=4
        threshold=2.5
        decision_type=4
        left_child=-1
        right_child=-2
        leaf_value=-0.25 0.75
        leaf_weight=10 12
        leaf_count=40 48
        internal_value=0
        internal_weight=22
        internal_count=88
        is_linear=1
        leaf_const=0.125 -0.5
        num_features=0 2
        leaf_features= 0 1  
        leaf_coeff= 0.10000000000000001 -2  
        shrinkage=0.1


        end of trees

        feature importances:
        Column_0=2

        parameters:
        [boosting: gbdt]
        [categorical_feature: ]
        end of parameters

        pandas_categorical:null

        """;

    [Theory]
    [InlineData(20, 0, 1, 0.031)]
    [InlineData(20, 1, 0, 0.23099999999999998)]
    [InlineData(20, 33, -2, 0.15100000000000002)]
    [InlineData(20, double.NaN, 1e-36, 0.23099999999999998)]
    [InlineData(40, 0, 0, -0.269)]
    [InlineData(40, 0, 1e-34, -0.46900000000000003)]
    [InlineData(40, 0, -3, -0.14900000000000002)]
    [InlineData(40, 0, double.NaN, -0.269)]
    [InlineData(double.NaN, 2, 1, 0.031)]
    [InlineData(30.500000000000004, 1, -1.25, 0.351)]
    [InlineData(30.500000000000007, 1, -1.25, -0.14900000000000002)]
    [InlineData(20, -0.5, 0, 0.031)]
    [InlineData(20, -1, 0, 0.23099999999999998)]
    [InlineData(20, 64, 0, 0.23099999999999998)]
    public void Version_2_scores_as_LightGBM_reads_it(double age, double city, double income, double expected) =>
        Bits.Equal([expected], LightGbmSample.Margins(V2, age, city, income), "v2");

    [Theory]
    [InlineData(1, 0, 1.5, 0.125)]
    [InlineData(3, 1, 1.5, -2.2)]
    [InlineData(6, -2, -1.5, 4.1)]
    [InlineData(double.NaN, 1, 1.5, 0.75)]
    [InlineData(0, 0, 1.5, -0.5)]
    [InlineData(3, double.NaN, 1.5, 0.75)]
    [InlineData(3, double.PositiveInfinity, 1.5, double.NegativeInfinity)]
    [InlineData(1e-36, 5, 1.5, -10.5)]
    public void Version_3_scores_as_LightGBM_reads_it(double first, double second, double margin0, double margin1) =>
        Bits.Equal([margin0, margin1], LightGbmSample.Margins(V3, first, second), "v3");

    [Theory]
    [InlineData(V2, "v2")]
    [InlineData(V3, "v3")]
    [InlineData(LightGbmSample.Text, "v4")]
    public void A_version_is_verified_where_goldens_of_it_are_among_the_tests(string text, string version)
    {
        ForestOrigin origin = LightGbmSample.Read(text).Origin;

        Assert.Equal(version, origin.Version);
        Assert.Equal(version == "v4", origin.VersionVerified);
    }

    [Fact]
    public void Generated_feature_names_are_no_names()
    {
        Assert.Equal(["age", "city", "income"], LightGbmSample.Read(V2).Origin.FeatureNames!);
        Assert.Null(LightGbmSample.Read(V3).Origin.FeatureNames);
        Assert.Equal(
            ["Column_0", "Column_2"],
            LightGbmSample.Read(V3.Replace("Column_0 Column_1", "Column_0 Column_2", StringComparison.Ordinal)).Origin.FeatureNames!);
    }

    [Fact]
    public void Iterations_are_counted_in_rounds_of_classes()
    {
        Forest forest = LightGbmSample.Read(V3);

        Assert.Equal([0, 2], forest.IterationStarts);
        Assert.Equal([0, 1], Array.ConvertAll(forest.Trees, tree => tree.Output));
    }

    [Fact]
    public void A_random_forest_of_version_2_means_what_LightGBM_4_takes_it_to_mean()
    {
        Forest forest = LightGbmSample.Read(V2.Replace("objective=xentropy", "objective=xentropy\naverage_output", StringComparison.Ordinal));

        Assert.True(forest.AveragesIterations);
        Assert.Equal(TransformKind.Sigmoid, forest.Transform.Kind);
    }

    [Theory]
    [InlineData("version=v2\n", "")]
    [InlineData("version=v2\n", "version=v1\n")]
    [InlineData("version=v2\n", "version=v5\n")]
    [InlineData("version=v2\n", "version=\n")]
    public void Another_version_is_not_supported(string line, string replacement)
    {
        ModelNotSupportedException error = Assert.Throws<ModelNotSupportedException>(
            () => LightGbmSample.Read(V2.Replace(line, replacement, StringComparison.Ordinal)));

        Assert.Contains("v2, v3 or v4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_may_be_any_UTF8_text()
    {
        byte[] model = Encoding.UTF8.GetBytes(LightGbmSample.With("feature_names=size city", "feature_names=größe=cm 城市"));
        using Booster booster = Booster.Load(model);

        Assert.Equal(["größe=cm", "城市"], [booster.Info.Features[0].Name!, booster.Info.Features[1].Name!]);
    }
}
