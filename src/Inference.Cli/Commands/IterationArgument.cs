using System;
using System.Globalization;

namespace Inference.Cli.Commands;

/// <summary>What <c>--iterations</c> says: BEGIN:END with either end open, or "best".</summary>
/// <param name="Text">As it was written.</param>
/// <param name="Begin">The first iteration.</param>
/// <param name="End">The one after the last; <see langword="null"/> for the model's end.</param>
/// <param name="IsBest">Whether the file's best iteration is the last.</param>
internal readonly record struct IterationArgument(string Text, int Begin, int? End, bool IsBest)
{
    /// <summary>Reads the option's text.</summary>
    public static bool TryParse(string text, out IterationArgument iterations)
    {
        iterations = new IterationArgument(text, 0, null, text == "best");
        if (iterations.IsBest)
        {
            return true;
        }

        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !TryParse(text.AsSpan(0, colon), out int? begin) || !TryParse(text.AsSpan(colon + 1), out int? end))
        {
            return false;
        }

        iterations = iterations with { Begin = begin ?? 0, End = end };
        return true;
    }

    /// <summary>The library's range.</summary>
    /// <exception cref="CommandException">The range is empty, or not inside the model.</exception>
    public IterationRange Resolve(BoosterInfo info)
    {
        if (IsBest)
        {
            return IterationRange.Best;
        }

        int end = End ?? info.IterationCount;
        if (Begin == 0 && end == info.IterationCount)
        {
            return IterationRange.All;
        }

        return Begin < end && end <= info.IterationCount
            ? IterationRange.FromRange(Begin..end)
            : throw new CommandException(
                $"--iterations {Text}",
                Begin < end || Begin == int.MaxValue ? $"{info.Source} has {info.IterationCount} iterations" : $"no iteration from {Begin} to before {end}",
                $"BEGIN:END with 0 <= BEGIN < END <= {info.IterationCount}");
    }

    /// <inheritdoc/>
    public override string ToString() => Text == ":" ? "all" : Text;

    private static bool TryParse(ReadOnlySpan<char> text, out int? number)
    {
        // What no int holds is beyond every model's end, and Resolve says so.
        number = text.IsEmpty ? null : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : int.MaxValue;
        return !text.ContainsAnyExceptInRange('0', '9');
    }
}
