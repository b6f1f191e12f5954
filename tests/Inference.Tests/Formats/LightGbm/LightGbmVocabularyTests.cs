using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Formats.LightGbm;

/// <summary>The categories that Python's package leaves in a model find their features, or are left out.</summary>
public sealed class LightGbmVocabularyTests
{
    [Fact]
    public void The_vocabularies_turn_names_into_the_codes_that_python_used()
    {
        Fixture fixture = new("lightgbm-4.1.0.99", "pandas-categorical");
        using Booster booster = Booster.Load(fixture.Models[0]);
        double[] codes = (double[])fixture.Read("rows.npy").Data;
        string[] lines = File.ReadAllLines(fixture.PathOf("rows.csv"));
        Assert.Equal(booster.Info.Features.Select(feature => feature.Name), lines[0].Split(','));
        Assert.Equal([false, true, true, false], booster.Info.Features.Select(feature => feature.Vocabulary is not null));

        int next = 0;
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split(',');
            foreach (FeatureInfo feature in booster.Info.Features)
            {
                string cell = cells[feature.Index];
                double code = feature.Vocabulary is { } vocabulary ? vocabulary.Encode(cell)
                    : cell.Length == 0 ? double.NaN
                    : double.Parse(cell, CultureInfo.InvariantCulture);
                Bits.Equal([codes[next++]], [code], line);
            }
        }

        Assert.Equal(codes.Length, next);
    }

    [Theory]

    // As many lists as categorical columns: they pair off, beside whatever numbers.
    [InlineData("[0:1] 0:1 [0:5] -1:0:2", "", "[[\"a\",\"b\"],[\"c\",\"d\",\"e\"]]", "1=ab 3=cde")]

    // The parameters know of a categorical column that was of no use.
    [InlineData("[0:1] none [0:5] -1:0:2", "1,3", "[[\"a\",\"b\"],[\"c\",\"d\",\"e\"]]", "1=ab 3=cde")]

    // Without them, the unused column and the numbers are as likely, and no list has a certain place.
    [InlineData("[0:1] none [0:5] -1:0:2", "", "[[\"a\",\"b\"],[\"c\",\"d\",\"e\"]]", "")]

    // An ordered category column is a number to LightGBM; its codes show where it can be.
    [InlineData("[0.5:1] [0:1] [0:9] 0:1:2", "3", "[[\"lo\",\"hi\"],[\"c\",\"d\",\"e\"]]", "1=lohi 3=cde")]

    // A declared column of whole numbers has no list.
    [InlineData("[0.5:1] 17:3:99 0:1", "1,2", "[[\"a\",\"b\"]]", "2=ab")]
    [InlineData("[0.5:1] 0:1 0:1", "1,2", "[[\"a\",\"b\"]]", "")]

    // Lists that fit nowhere.
    [InlineData("[0.5:1] 0:1:2", "", "[[\"a\",\"b\"]]", "")]
    [InlineData("[0.5:1] 0:1:2", "", "[[\"a\",\"b\",\"c\"],[\"d\"]]", "")]

    // Numbers and truth values have texts; a mixture does not name its members by text.
    [InlineData("0:1 0:1", "", "[[1,2.5],[true,false]]", "0=12.5 1=TrueFalse")]
    [InlineData("0:1 0:1", "", "[[1,\"1\"],[null,[\"x\"]]]", "")]
    [InlineData("0:1 0:1", "", "[[\"\\u00e4\",\"\\\"\"],[\"c\",\"d\"]]", "0=ä\" 1=cd")]
    [InlineData("0:1 0:1", "", "[]", "")]
    [InlineData("0:1 0:1", "", "null", "")]
    public void A_list_goes_to_the_feature_that_it_must_be_of_or_nowhere(string infos, string declared, string lists, string expected)
    {
        int features = infos.Split(' ').Length;
        string text = LightGbmSample.Text
            .Replace("max_feature_idx=1", $"max_feature_idx={features - 1}", StringComparison.Ordinal)
            .Replace("feature_names=size city", $"feature_names={string.Join(' ', Enumerable.Range(0, features).Select(f => $"f{f}"))}", StringComparison.Ordinal)
            .Replace("feature_infos=[0:10] -1:0:1:2:33", $"feature_infos={infos}", StringComparison.Ordinal)
            .Replace("[categorical_feature: 1]", $"[categorical_feature: {declared}]", StringComparison.Ordinal)
            .Replace("pandas_categorical:null", $"pandas_categorical:{lists}", StringComparison.Ordinal);
        IReadOnlyDictionary<int, CategoryVocabulary> found = LightGbmSample.Read(text).Origin.Vocabularies ?? new Dictionary<int, CategoryVocabulary>();

        Assert.Equal(expected, string.Join(' ', found.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={string.Concat(pair.Value.Categories)}")));
    }

    [Fact]
    public void Categories_that_are_numbers_are_found_by_value()
    {
        Forest forest = LightGbmSample.Read(LightGbmSample.With("pandas_categorical:null", "pandas_categorical:[" + Numbers() + "]"));
        CategoryVocabulary vocabulary = forest.Origin.Vocabularies![1];

        Assert.True(vocabulary.AreNumbers);
        Assert.True(vocabulary.TryGetCode("3.0", out int code));
        Assert.Equal(3, code);
    }

    [Theory]
    [InlineData("[[\"a\",\"b\"]")]
    [InlineData("[[\"a\"],3]")]
    [InlineData("[[\"a\"]] x")]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("")]
    [InlineData("[[\"\\ud800\"]]")]
    [InlineData("[[\"a]]")]
    public void Categories_that_are_no_list_of_lists_are_refused(string lists)
    {
        ModelFormatException error = Assert.Throws<ModelFormatException>(
            () => LightGbmSample.Read(LightGbmSample.With("pandas_categorical:null", $"pandas_categorical:{lists}")));

        Assert.Contains("pandas_categorical", error.Location, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_followed()
    {
        string deep = new string('[', 100_000) + new string(']', 100_000);

        Assert.Throws<ModelFormatException>(() => LightGbmSample.Read(LightGbmSample.With("pandas_categorical:null", $"pandas_categorical:{deep}")));
    }

    private static string Numbers() => "[" + string.Join(", ", Enumerable.Range(0, 34)) + "]";
}
