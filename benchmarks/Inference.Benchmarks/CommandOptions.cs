using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Inference.Benchmarks;

/// <summary>The words behind a command: options with a number, flags, and names.</summary>
internal sealed class CommandOptions(string[] arguments)
{
    private readonly List<string> _left = [.. arguments];

    /// <summary>The words that are no options.</summary>
    public string[] Words => [.. _left.Where(word => !word.StartsWith("--", StringComparison.Ordinal))];

    /// <summary>The number behind an option.</summary>
    public int Number(string option, int missing)
    {
        int place = _left.IndexOf(option);
        if (place < 0)
        {
            return missing;
        }

        if (place + 1 == _left.Count || !int.TryParse(_left[place + 1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1)
        {
            throw new BenchmarkException($"{option}: a whole number, at least 1, must follow");
        }

        _left.RemoveRange(place, 2);
        return number;
    }

    /// <summary>The word behind an option; <see langword="null"/> without the option.</summary>
    public string? Word(string option)
    {
        int place = _left.IndexOf(option);
        if (place < 0)
        {
            return null;
        }

        if (place + 1 == _left.Count)
        {
            throw new BenchmarkException($"{option}: a word must follow");
        }

        string word = _left[place + 1];
        _left.RemoveRange(place, 2);
        return word;
    }

    /// <summary>Whether a flag is there.</summary>
    public bool Flag(string flag) => _left.Remove(flag);

    /// <summary>Refuses options that nothing asked for.</summary>
    public void Check()
    {
        if (_left.Find(word => word.StartsWith("--", StringComparison.Ordinal)) is { } unknown)
        {
            throw new BenchmarkException($"{unknown}: no such option; benchmarks/README.md lists them");
        }
    }
}
