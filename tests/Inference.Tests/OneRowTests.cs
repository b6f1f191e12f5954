using System;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests;

/// <summary>One row through the overloads that give one number back.</summary>
public class OneRowTests
{
    [Fact]
    public void A_short_row_misses_its_last_columns_where_the_options_say_so()
    {
        using Booster booster = SmallModel.Load(3, options: new BoosterOptions { AbsentColumnsAreMissing = true });
        Assert.Equal(112f, booster.Predict([1f]));
        Assert.Equal(121.0, booster.Predict([0.0, 1.0]));
        Assert.Equal(221f, booster.Predict([0f, 1, 1]));
    }

    [Theory]
    [InlineData(0, "an empty row; the model has 3 features, and a row one column at least")]
    [InlineData(2, "rows of 2 columns; the model has 3 features (BoosterOptions.AbsentColumnsAreMissing accepts fewer)")]
    [InlineData(4, "rows of 4 columns; the model has 3 features (PredictOptions.RowStride scores a slice of wider rows)")]
    [InlineData(6, "rows of 6 columns; the model has 3 features (PredictOptions.RowStride scores a slice of wider rows)")]
    public void Another_length_is_refused(int length, string message)
    {
        using Booster booster = SmallModel.Load(3);
        Assert.EndsWith(message, Assert.Throws<SchemaMismatchException>(() => booster.Predict(new float[length])).Message, StringComparison.Ordinal);
        Assert.EndsWith(message, Assert.Throws<SchemaMismatchException>(() => booster.Predict(new double[length])).Message, StringComparison.Ordinal);
    }
}
