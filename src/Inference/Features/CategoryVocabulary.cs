using System;
using System.Collections.Generic;
using System.Globalization;

namespace Inference;

/// <summary>The categories of one feature, read from a model file: the code of a category is its place in the list.</summary>
/// <remarks>Immutable and safe for any number of threads. Looking up a code allocates nothing.</remarks>
public sealed class CategoryVocabulary
{
    /// <summary>Up to here every whole number is a double of its own.</summary>
    private const double ExactIntegerBound = 1L << 53;

    /// <summary>The codes by text; <see langword="null"/> where the numbers alone tell every category from every other.</summary>
    private readonly Dictionary<string, int>? _texts;

    // Numbers are searched, not hashed: a file could hold thousands that fall onto one hash.
    private readonly double[] _numbers = [];
    private readonly int[] _numberCodes = [];

    internal CategoryVocabulary(IReadOnlyList<string> categories, bool areNumbers)
    {
        Categories = categories;
        AreNumbers = areNumbers;
        bool areExact = areNumbers;
        if (areNumbers)
        {
            _numbers = new double[categories.Count];
            _numberCodes = new int[categories.Count];
            for (int code = 0; code < _numbers.Length; code++)
            {
                _numbers[code] = double.Parse(categories[code], CultureInfo.InvariantCulture);
                _numberCodes[code] = code;
                areExact &= Math.Abs(_numbers[code]) < ExactIntegerBound;
            }

            Array.Sort(_numbers, _numberCodes);
            ShareFirstCodes();
        }

        if (!areExact)
        {
            _texts = new(categories.Count);
            for (int code = 0; code < categories.Count; code++)
            {
                _texts.TryAdd(categories[code], code);
            }
        }
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
        ArgumentNullException.ThrowIfNull(category);
        if (_texts is not null && _texts.TryGetValue(category, out code))
        {
            return true;
        }

        code = 0;
        return AreNumbers
            && double.TryParse(category, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            && TryGetCode(number, out code);
    }

    /// <summary>Finds the code of a category that is a number.</summary>
    /// <param name="category">The category.</param>
    /// <param name="code">The code, from 0 to the number of categories - 1.</param>
    /// <returns>Whether the vocabulary knows the category; <see langword="false"/> for a vocabulary of texts.</returns>
    public bool TryGetCode(double category, out int code)
    {
        int place = Array.BinarySearch(_numbers, category);
        code = place < 0 ? 0 : _numberCodes[place];
        return place >= 0;
    }

    /// <summary>The code of a category as a row value: NaN, the missing value, for an unknown one.</summary>
    /// <param name="category">The category as text.</param>
    public float Encode(string category) => TryGetCode(category, out int code) ? code : float.NaN;

    /// <summary>A category listed twice has its first code, whichever place a search finds.</summary>
    private void ShareFirstCodes()
    {
        for (int start = 0; start < _numbers.Length;)
        {
            int end = start + 1;
            int first = _numberCodes[start];
            for (; end < _numbers.Length && _numbers[end].Equals(_numbers[start]); end++)
            {
                first = Math.Min(first, _numberCodes[end]);
            }

            _numberCodes.AsSpan(start..end).Fill(first);
            start = end;
        }
    }
}
