using System;

namespace Inference.Engine;

/// <summary>A call's rows in pieces of almost one size: as few as an engine's blocks allow, and for each thread as many as for the others.</summary>
/// <remarks>
/// Small pieces are dear: for each block of rows an engine goes through all trees of the call, and begins every tree's loops anew.
/// So nothing is cut finer than blocks and equal shares ask for; whoever is late or held up costs the others one piece at most.
/// </remarks>
internal readonly struct RowPieces
{
    private readonly int _rows;
    private readonly int _unit;
    private readonly int _units;

    /// <summary>Cuts rows.</summary>
    /// <param name="rows">The rows of the call.</param>
    /// <param name="unit">The engine's granule: all pieces but the last are multiples of it.</param>
    /// <param name="mostRows">The rows of a full piece.</param>
    /// <param name="threads">The threads that share the pieces.</param>
    public RowPieces(int rows, int unit, int mostRows, int threads)
    {
        _rows = rows;
        _unit = unit;
        _units = (int)(((long)rows + unit - 1) / unit);
        long round = (long)threads * Math.Max(mostRows / unit, 1);
        Count = (int)Math.Min(threads * ((_units + round - 1) / round), _units);
    }

    /// <summary>The pieces.</summary>
    public int Count { get; }

    /// <summary>The first row of a piece; of the one behind the last the number of rows.</summary>
    public int StartOf(int piece) => (int)Math.Min((long)_units * piece / Count * _unit, _rows);
}
