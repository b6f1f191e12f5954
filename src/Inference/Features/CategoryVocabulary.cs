using System.Collections.Frozen;
using System.Collections.Generic;
using System.Globalization;

namespace Inference;

/// <summary>The categories of one feature, read from a model file: the code of a category is its place in the list.</summary>
/// <remarks>Immutable and safe for any number of threads. Looking up a code allocates nothing.</remarks>
public sealed class CategoryVocabulary
{
    private readonly FrozenDictionary<string, int> _codes;
    private readonly FrozenDictionary<double, int>? _numbers;

    internal CategoryVocabulary(IReadOnlyList<string> categories, bool areNumbers)
    {
        Categories = categories;
        AreNumbers = areNumbers;
        Dictionary<string, int> codes = new(categories.Count);
        Dictionary<double, int>? numbers = areNumbers ? new(categories.Count) : null;
        for (int code = 0; code < categories.Count; code++)
        {
            codes.TryAdd(categories[code], code);
            numbers?.TryAdd(double.Parse(categories[code], CultureInfo.InvariantCulture), code);
        }

        _codes = codes.ToFrozenDictionary();
        _numbers = numbers?.ToFrozenDictionary();
    }

    /// <summary>The categories in the order of their codes; numbers as their invariant text.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>Whether the categories are numbers, so that "1" and "1.0" are one category.</summary>
    public bool AreNumbers { get; }

    /// <summary>Finds the code of a category.</summary>
    /// <param name="category">The category as text.</param>
    /// <param name="code">The code, from 0 to the number of categories - 1.</param>
    /// <returns>Whether the vocabulary knows the category. To a model an unknown category is a missing value.</returns>
    public bool TryGetCode(string category, out int code)
    {
        if (_codes.TryGetValue(category, out code))
        {
            return true;
        }

        return _numbers is not null
            && double.TryParse(category, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && TryGetCode(number, out code);
    }

    /// <summary>Finds the code of a category that is a number.</summary>
    /// <param name="category">The category.</param>
    /// <param name="code">The code, from 0 to the number of categories - 1.</param>
    /// <returns>Whether the vocabulary knows the category; <see langword="false"/> for a vocabulary of texts.</returns>
    public bool TryGetCode(double category, out int code)
    {
        code = 0;
        return _numbers is not null && _numbers.TryGetValue(category, out code);
    }

    /// <summary>The code of a category as a row value: NaN, the missing value, for an unknown one.</summary>
    /// <param name="category">The category as text.</param>
    public float Encode(string category) => TryGetCode(category, out int code) ? code : float.NaN;
}
