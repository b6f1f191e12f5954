using System;
using Inference.Forests;
using Xunit;

namespace Inference.Tests.Formats.LightGbm;

/// <summary>The objective line decides how margins become values.</summary>
public sealed class LightGbmObjectiveTests
{
    [Theory]
    [InlineData("regression", "Identity")]
    [InlineData("regression sqrt", "SignedSquare")]
    [InlineData("regression_l1", "Identity")]
    [InlineData("regression_l1 sqrt", "SignedSquare")]
    [InlineData("huber", "Identity")]
    [InlineData("huber sqrt", "Identity")]
    [InlineData("fair", "Identity")]
    [InlineData("fair sqrt", "SignedSquare")]
    [InlineData("quantile", "Identity")]
    [InlineData("quantile sqrt", "SignedSquare")]
    [InlineData("mape", "Identity")]
    [InlineData("mape sqrt", "SignedSquare")]
    [InlineData("poisson", "Exp")]
    [InlineData("gamma", "Exp")]
    [InlineData("tweedie", "Exp")]
    [InlineData("cross_entropy", "Sigmoid")]
    [InlineData("xentropy", "Sigmoid")]
    [InlineData("cross_entropy_lambda", "LogOnePlusExp")]
    [InlineData("xentlambda", "LogOnePlusExp")]
    [InlineData("lambdarank", "Identity")]
    [InlineData("rank_xendcg", "Identity")]
    [InlineData("custom", "Identity")]
    [InlineData("none", "Identity")]
    public void Every_objective_of_one_output_has_its_transform(string objective, string kind) =>
        Assert.Equal(new OutputTransform(Enum.Parse<TransformKind>(kind)), Transform(objective));

    [Theory]
    [InlineData("binary sigmoid:1", 1)]
    [InlineData("binary sigmoid:0.7", 0.7)]
    [InlineData("binary sigmoid:1e-05", 1e-5)]
    [InlineData("binary sigmoid:2.5e+06", 2.5e6)]
    public void The_sigmoid_has_its_factor(string objective, double factor) =>
        Assert.Equal(new OutputTransform(TransformKind.Sigmoid, factor), Transform(objective));

    [Fact]
    public void The_sigmoids_factor_is_rounded_as_LightGBM_rounds_it()
    {
        // 4 + 35/100, rounded twice, is the double below 4.35; LightGBM's Atof does just that.
        const double factor = 4 + (35 / 100.0);

        Assert.Equal(factor, Transform("binary sigmoid:4.35").Parameter);
    }

    [Fact]
    public void An_objective_of_endless_words_is_refused() =>
        Assert.Throws<ModelFormatException>(() => Transform("regression" + string.Concat(System.Linq.Enumerable.Repeat(" a", 1000))));

    [Fact]
    public void A_message_about_an_objective_is_one_printable_line()
    {
        string message = Assert.Throws<ModelNotSupportedException>(() => Transform("a\0\rb")).Message;

        Assert.Contains("'a??b'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_classes_have_a_softmax_or_a_sigmoid_each()
    {
        Assert.Equal(new OutputTransform(TransformKind.Softmax), Transform("multiclass num_class:2", classes: 2));
        Assert.Equal(new OutputTransform(TransformKind.Sigmoid, 1.5), Transform("multiclassova num_class:2 sigmoid:1.5", classes: 2));
        Assert.Equal(new OutputTransform(TransformKind.Identity), Transform("custom", classes: 2));
    }

    [Fact]
    public void A_model_without_an_objective_gives_its_margins()
    {
        Forest forest = LightGbmSample.Read(LightGbmSample.With("objective=regression\n", ""));

        Assert.Equal(TransformKind.Identity, forest.Transform.Kind);
        Assert.Empty(forest.Origin.Objective);
    }

    [Theory]
    [InlineData("hinge")]
    [InlineData("Binary sigmoid:1")]
    public void An_unknown_objective_is_named_beside_the_known(string objective)
    {
        string message = Assert.Throws<ModelNotSupportedException>(() => Transform(objective)).Message;

        Assert.Contains($"'{objective.Split(' ')[0]}'", message, StringComparison.Ordinal);
        Assert.Contains("rank_xendcg", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(" ", 1)]
    [InlineData("binary", 1)]
    [InlineData("binary sigmoid:", 1)]
    [InlineData("binary sigmoid:x", 1)]
    [InlineData("binary sigmoid:0", 1)]
    [InlineData("binary sigmoid:-1", 1)]
    [InlineData("binary sigmoid:nan", 1)]
    [InlineData("binary sigmoid:inf", 1)]
    [InlineData("multiclass", 2)]
    [InlineData("multiclass num_class:3", 2)]
    [InlineData("multiclass num_class:two", 2)]
    [InlineData("multiclassova num_class:2", 2)]
    [InlineData("regression", 2)]
    public void A_wrong_parameter_is_refused(string objective, int classes) =>
        Assert.Throws<ModelFormatException>(() => Transform(objective, classes));

    private static OutputTransform Transform(string objective, int classes = 1) => LightGbmSample.Read(
        LightGbmSample.Text
            .Replace("objective=regression", $"objective={objective}", StringComparison.Ordinal)
            .Replace("num_class=1\nnum_tree_per_iteration=1", $"num_class={classes}\nnum_tree_per_iteration={classes}", StringComparison.Ordinal)).Transform;
}
