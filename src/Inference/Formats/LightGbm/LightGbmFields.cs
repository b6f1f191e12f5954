using System;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Inference.Formats.LightGbm;

/// <summary>The key=value lines of the header or of one tree, and the numbers in them.</summary>
/// <remarks>
/// The text is a view of the file; only the places of values are kept. Arrays are allocated after the line has been
/// found long enough for them, so that a count in the file cannot ask for more memory than the file is worth.
/// The methods that meet every number are optimized at once: a model is loaded once, and would be loaded before the
/// runtime found out by itself that they are hot.
/// </remarks>
internal readonly ref struct LightGbmFields
{
    private static readonly byte[][] Names =
    [
        [.. "version"u8], [.. "num_class"u8], [.. "num_tree_per_iteration"u8], [.. "max_feature_idx"u8], [.. "objective"u8],
        [.. "average_output"u8], [.. "feature_names"u8], [.. "feature_infos"u8], [.. "tree_sizes"u8],
        [.. "num_leaves"u8], [.. "num_cat"u8], [.. "split_feature"u8], [.. "split_gain"u8], [.. "threshold"u8],
        [.. "decision_type"u8], [.. "left_child"u8], [.. "right_child"u8], [.. "leaf_value"u8], [.. "leaf_count"u8],
        [.. "internal_count"u8], [.. "cat_boundaries"u8], [.. "cat_threshold"u8], [.. "is_linear"u8], [.. "leaf_const"u8],
        [.. "num_features"u8], [.. "leaf_features"u8], [.. "leaf_coeff"u8],
    ];

    private readonly ReadOnlySpan<byte> _content;
    private readonly Place[] _places;
    private readonly LoadContext _context;
    private readonly int _tree;

    /// <summary>No fields yet.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="places">Room for <see cref="LightGbmKey.Count"/> places, overwritten; one array serves tree after tree.</param>
    /// <param name="tree">The number of the tree, or -1 for the header.</param>
    /// <param name="context">Makes the exceptions.</param>
    public LightGbmFields(ReadOnlySpan<byte> content, Place[] places, int tree, LoadContext context)
    {
        _content = content;
        _places = places;
        _context = context;
        _tree = tree;
        Array.Clear(places);
    }

    /// <summary>Where a value lies in the file.</summary>
    /// <param name="Line">The line, from 1; 0 where the key is absent.</param>
    /// <param name="Start">The first byte.</param>
    /// <param name="Length">The bytes.</param>
    internal readonly record struct Place(int Line, int Start, int Length);

    /// <summary>Takes in the current line of a file. Unknown keys are passed over, as LightGBM does.</summary>
    /// <exception cref="ModelFormatException">The key was there before.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in LightGbmText text)
    {
        int equals = text.Line.IndexOf((byte)'=');
        ReadOnlySpan<byte> name = equals < 0 ? text.Line : text.Line[..equals];
        for (int key = 0; key < Names.Length; key++)
        {
            if (name.SequenceEqual(Names[key]))
            {
                if (_places[key].Line != 0)
                {
                    throw Broken((LightGbmKey)key, $"the key a second time, in line {text.Number}", "each key once");
                }

                int start = equals < 0 ? text.Line.Length : equals + 1;
                _places[key] = new(text.Number, text.Start + start, text.Line.Length - start);
            }
        }
    }

    /// <summary>Whether a key is there.</summary>
    public bool Has(LightGbmKey key) => _places[(int)key].Line != 0;

    /// <summary>The text of a value.</summary>
    /// <exception cref="ModelFormatException">The key is absent.</exception>
    public ReadOnlySpan<byte> Text(LightGbmKey key)
    {
        Place place = _places[(int)key];
        return place.Line == 0
            ? throw Broken(key, "no such line", $"a line '{NameOf(key)}=…'")
            : _content.Slice(place.Start, place.Length);
    }

    /// <summary>A value that is one whole number.</summary>
    /// <exception cref="ModelFormatException">The key is absent, or its value is none from <paramref name="least"/> to <paramref name="most"/>.</exception>
    public int Int32(LightGbmKey key, int least, int most = int.MaxValue)
    {
        ReadOnlySpan<byte> text = Text(key);
        return TryInteger(text.Trim((byte)' '), least, most, out long number)
            ? (int)number
            : throw Broken(key, LightGbmText.Quote(text), $"a whole number from {least} to {most}");
    }

    /// <summary>A value that is a list of whole numbers separated by spaces.</summary>
    /// <exception cref="ModelFormatException">The key is absent, the list has another length, or a member is none from <paramref name="least"/> to <paramref name="most"/>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int[] Int32s(LightGbmKey key, int count, int least, int most = int.MaxValue)
    {
        ReadOnlySpan<byte> rest = ListText(key, count);
        int[] numbers = new int[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> token = Token(key, ref rest, i, count);
            if (!TryInteger(token, least, most, out long number))
            {
                throw Broken(key, $"entry {i} is {LightGbmText.Quote(token)}", $"a whole number from {least} to {most}");
            }

            numbers[i] = (int)number;
        }

        CheckEnd(key, rest, count);
        return numbers;
    }

    /// <summary>A value that is a list of unsigned 32-bit words separated by spaces.</summary>
    /// <exception cref="ModelFormatException">The key is absent, the list has another length, or a member is no word.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public uint[] UInt32s(LightGbmKey key, int count)
    {
        ReadOnlySpan<byte> rest = ListText(key, count);
        uint[] numbers = new uint[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> token = Token(key, ref rest, i, count);
            if (!TryInteger(token, 0, uint.MaxValue, out long number))
            {
                throw Broken(key, $"entry {i} is {LightGbmText.Quote(token)}", $"a whole number from 0 to {uint.MaxValue}");
            }

            numbers[i] = (uint)number;
        }

        CheckEnd(key, rest, count);
        return numbers;
    }

    /// <summary>A value that is a list of numbers separated by spaces, each the double nearest to its text.</summary>
    /// <exception cref="ModelFormatException">The key is absent, the list has another length, or a member is no number.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double[] Doubles(LightGbmKey key, int count)
    {
        ReadOnlySpan<byte> rest = ListText(key, count);
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> token = Token(key, ref rest, i, count);
            if (!TryDouble(token, out numbers[i]))
            {
                throw Broken(key, $"entry {i} is {LightGbmText.Quote(token)}", "a number that a double can hold");
            }
        }

        CheckEnd(key, rest, count);
        return numbers;
    }

    /// <summary>A complaint about a key.</summary>
    public ModelFormatException Broken(LightGbmKey key, string found, string allowed) => _context.Broken(WhereIs(key), found, allowed);

    /// <summary>The place of a key for a message: line, tree and name.</summary>
    public string WhereIs(LightGbmKey key)
    {
        int line = _places[(int)key].Line;
        return (line == 0 ? "" : $"line {line}, ") + (_tree < 0 ? "" : $"tree {_tree}, ") + NameOf(key);
    }

    /// <summary>The next of the words that spaces separate; empty at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ReadOnlySpan<byte> NextWord(scoped ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart((byte)' ');
        int end = rest.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? rest : rest[..end];
        rest = rest[word.Length..];
        return word;
    }

    /// <summary>Reads a number as C's strtod does, with the spellings that LightGBM's streams give infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryDouble(ReadOnlySpan<byte> text, out double number)
    {
        const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (!text.IsEmpty && text[^1] is (>= (byte)'0' and <= (byte)'9') or (byte)'.')
        {
            // A text of digits that is too large for a double is no infinity but a broken number.
            return double.TryParse(text, Styles, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
        }

        bool negative = text.StartsWith("-"u8);
        ReadOnlySpan<byte> word = negative || text.StartsWith("+"u8) ? text[1..] : text;
        bool isInfinity = Ascii.EqualsIgnoreCase(word, "inf"u8) || Ascii.EqualsIgnoreCase(word, "infinity"u8);
        number = !isInfinity ? double.NaN : negative ? double.NegativeInfinity : double.PositiveInfinity;
        return isInfinity || Ascii.EqualsIgnoreCase(word, "nan"u8);
    }

    /// <summary>Reads a whole number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryInteger(ReadOnlySpan<byte> text, long least, long most, out long number)
    {
        number = 0;
        bool negative = text.StartsWith("-"u8);
        ReadOnlySpan<byte> digits = negative ? text[1..] : text;
        if (digits.IsEmpty)
        {
            return false;
        }

        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9' || number > uint.MaxValue)
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }

        number = negative ? -number : number;
        return number >= least && number <= most;
    }

    /// <summary>The words of a text.</summary>
    public static int CountWords(ReadOnlySpan<byte> text)
    {
        int words = 0;
        while (!NextWord(ref text).IsEmpty)
        {
            words++;
        }

        return words;
    }

    private static string NameOf(LightGbmKey key) => Encoding.ASCII.GetString(Names[(int)key]);

    /// <summary>The text of a list, after a check that it can hold so many members: each takes a byte and all but one a space.</summary>
    private ReadOnlySpan<byte> ListText(LightGbmKey key, int count)
    {
        ReadOnlySpan<byte> text = Text(key);
        return text.Length < (2L * count) - 1
            ? throw Broken(key, $"{CountWords(text)} numbers", $"{count} numbers")
            : text;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ReadOnlySpan<byte> Token(LightGbmKey key, ref ReadOnlySpan<byte> rest, int index, int count)
    {
        ReadOnlySpan<byte> token = NextWord(ref rest);
        return token.IsEmpty ? throw Broken(key, $"{index} numbers", $"{count} numbers") : token;
    }

    private void CheckEnd(LightGbmKey key, ReadOnlySpan<byte> rest, int count)
    {
        if (!NextWord(ref rest).IsEmpty)
        {
            throw Broken(key, $"more than {count} numbers", $"{count} numbers");
        }
    }
}
