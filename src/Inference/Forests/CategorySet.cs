using System;
using System.Collections.Generic;
using System.Numerics;

namespace Inference.Forests;

/// <summary>A set of non-negative category codes.</summary>
/// <remarks>
/// Kept as a bitset, or as an ascending list where that is smaller: one listed code of 16 million must not cost two
/// megabytes.
/// </remarks>
internal sealed class CategorySet
{
    private readonly uint[] _words;
    private readonly int[]? _codes;

    private CategorySet(uint[] words, int[]? codes)
    {
        _words = words;
        _codes = codes;
    }

    /// <summary>One more than the largest code in the set; 0 of an empty one.</summary>
    public int Bound => _codes is not null ? (_codes.Length == 0 ? 0 : _codes[^1] + 1)
        : _words.Length == 0 ? 0
        : (32 * _words.Length) - BitOperations.LeadingZeroCount(_words[^1]);

    /// <summary>A set from LightGBM's words: bit <c>c % 32</c> of word <c>c / 32</c>.</summary>
    public static CategorySet FromWords(ReadOnlySpan<uint> words) => new(words.TrimEnd(0u).ToArray(), null);

    /// <summary>A set from codes in any order; repeated codes count once.</summary>
    public static CategorySet FromCodes(ReadOnlySpan<int> codes)
    {
        int bound = 0;
        foreach (int code in codes)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(code, nameof(codes));
            bound = Math.Max(bound, code);
        }

        long wordCount = ((long)bound / 32) + 1;
        if (wordCount > codes.Length)
        {
            int[] sorted = codes.ToArray();
            Array.Sort(sorted);
            return new([], sorted);
        }

        uint[] words = new uint[codes.IsEmpty ? 0 : (int)wordCount];
        foreach (int code in codes)
        {
            words[code >> 5] |= 1u << (code & 31);
        }

        return new(words, null);
    }

    /// <summary>Whether the set holds <paramref name="code"/>.</summary>
    public bool Contains(int code) => _codes is null
        ? code >= 0 && code >> 5 < _words.Length && (_words[code >> 5] >> (code & 31) & 1) != 0
        : Array.BinarySearch(_codes, code) >= 0;

    /// <summary>The memory of the codes.</summary>
    public long Bytes => ((long)_words.Length + (_codes?.Length ?? 0)) * sizeof(uint);

    /// <summary>The codes in it; of a list those that were listed.</summary>
    public int Count
    {
        get
        {
            int count = _codes?.Length ?? 0;
            foreach (uint word in _words)
            {
                count += BitOperations.PopCount(word);
            }

            return count;
        }
    }

    /// <summary>The codes, ascending; one that was listed twice may come twice.</summary>
    public IEnumerable<int> Codes()
    {
        for (int i = 0; i < (_codes?.Length ?? 0); i++)
        {
            yield return _codes![i];
        }

        for (int i = 0; i < _words.Length; i++)
        {
            for (uint rest = _words[i]; rest != 0; rest &= rest - 1)
            {
                yield return (32 * i) + BitOperations.TrailingZeroCount(rest);
            }
        }
    }

    /// <summary>Sets the bit of every code in the set, bit <c>c % 8</c> of byte <c>c / 8</c>.</summary>
    /// <param name="bits">The bits, at least <see cref="Bound"/>.</param>
    public void CopyTo(Span<byte> bits)
    {
        if (_codes is null)
        {
            for (int i = 0; i < (Bound + 7) / 8; i++)
            {
                bits[i] |= (byte)(_words[i / sizeof(uint)] >> (8 * (i % sizeof(uint))));
            }

            return;
        }

        foreach (int code in _codes)
        {
            bits[code >> 3] |= (byte)(1 << (code & 7));
        }
    }
}
