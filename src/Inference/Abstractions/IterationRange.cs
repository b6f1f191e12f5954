using System;

namespace Inference;

/// <summary>Which boosting iterations a prediction uses.</summary>
/// <remarks>
/// The default value is <see cref="All"/>. A <see cref="Range"/> converts implicitly: <c>3..11</c> is iterations 3 to 10.
/// An empty range is refused when it is used; <c>default(Range)</c> is <c>0..0</c> and therefore empty.
/// </remarks>
public readonly struct IterationRange : IEquatable<IterationRange>
{
    private readonly Selection _selection;
    private readonly Range _range;

    private IterationRange(Selection selection, Range range)
    {
        _selection = selection;
        _range = range;
    }

    private enum Selection : byte
    {
        All,
        Best,
        Explicit,
    }

    /// <summary>Every iteration of the model.</summary>
    public static IterationRange All => default;

    /// <summary>From the first iteration to the file's best one (early stopping), inclusive; every iteration where the file names none.</summary>
    public static IterationRange Best => new(Selection.Best, default);

    /// <summary>The iterations of <paramref name="range"/>, end exclusive, as indices and ranges count in .NET.</summary>
    /// <param name="range">A range that is not empty and lies inside the model's iterations.</param>
    public static IterationRange FromRange(Range range) => new(Selection.Explicit, range);

    /// <summary>The iterations of <paramref name="range"/>, end exclusive.</summary>
    /// <param name="range">A range that is not empty and lies inside the model's iterations.</param>
    public static implicit operator IterationRange(Range range) => FromRange(range);

    /// <summary>Whether two ranges select in the same way.</summary>
    public static bool operator ==(IterationRange left, IterationRange right) => left.Equals(right);

    /// <summary>Whether two ranges select in different ways.</summary>
    public static bool operator !=(IterationRange left, IterationRange right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(IterationRange other) => _selection == other._selection && _range.Equals(other._range);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IterationRange other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_selection, _range);

    /// <inheritdoc/>
    public override string ToString() => _selection == Selection.Explicit ? _range.ToString() : _selection.ToString();

    /// <summary>The first iteration and the one after the last.</summary>
    internal (int Begin, int End) Resolve(int iterations, int? bestIteration)
    {
        switch (_selection)
        {
            case Selection.Best when bestIteration is { } best:
                return (0, best + 1);
            case Selection.Explicit:
                int begin = _range.Start.GetOffset(iterations);
                int end = _range.End.GetOffset(iterations);
                if (begin < 0 || end > iterations || begin >= end)
                {
                    throw new ArgumentOutOfRangeException(
                        null,
                        $"iterations {_range} are {begin}:{end} of {iterations}; a range must not be empty and must lie inside 0:{iterations}");
                }

                return (begin, end);
            default:
                return (0, iterations);
        }
    }
}
