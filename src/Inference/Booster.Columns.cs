using System;
using System.Collections.Generic;

namespace Inference;

/// <content>Columns by name.</content>
public sealed partial class Booster
{
    /// <summary>Binds the columns of a table to the model's features by name, once for all its rows.</summary>
    /// <param name="names">The columns' names in the order of the table, a header for example.</param>
    /// <param name="ignoreUnknown">Whether columns that the model does not know are left out. Default: they are refused by name.</param>
    /// <returns>The mapping, whose <see cref="ColumnMapping.Arrange(ReadOnlySpan{float}, Span{float})"/> puts rows into the model's order.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="names"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">A name is <see langword="null"/>.</exception>
    /// <exception cref="SchemaMismatchException">
    /// Features have no column (unless <see cref="BoosterOptions.AbsentColumnsAreMissing"/>), columns are unknown, or two
    /// columns feed one feature; <see cref="SchemaMismatchException.Missing"/> and
    /// <see cref="SchemaMismatchException.Unknown"/> hold the names.
    /// </exception>
    /// <remarks>
    /// Names match letter for letter. With a LightGBM model a column that matches nothing is tried again with '_' in
    /// place of spaces, which is how LightGBM itself stores names. A model whose file names no features
    /// (<see cref="BoosterInfo.HasFeatureNames"/>) is bound by position: the number of columns must be that of its features.
    /// </remarks>
    public ColumnMapping BindColumns(IReadOnlyList<string> names, bool ignoreUnknown = false)
    {
        ArgumentNullException.ThrowIfNull(names);
        return ColumnMappingBuilder.Bind(Info, names, ignoreUnknown, _options.AbsentColumnsAreMissing);
    }
}
