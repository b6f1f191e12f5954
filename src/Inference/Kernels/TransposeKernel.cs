using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>Turns rows into columns.</summary>
internal static unsafe class TransposeKernel
{
    /// <summary>The columns of a tile.</summary>
    public const int TileColumns = 16;

    /// <summary>Copies a tile of at most 16 columns, row-major, to column-major.</summary>
    /// <param name="rows">The first row's first element of the tile.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="count">Rows.</param>
    /// <param name="columns">Columns of the tile, 1 to 16.</param>
    /// <param name="tile">Receives column c at c * <paramref name="pitch"/>.</param>
    /// <param name="pitch">Elements from one column to the next, at least <paramref name="count"/>.</param>
    public static void Run(float* rows, nint stride, int count, int columns, float* tile, int pitch)
    {
        int row = 0;
        if (Avx512F.IsSupported && columns == TileColumns)
        {
            for (; row + 16 <= count; row += 16)
            {
                Tile512(rows + (row * stride), stride, tile + row, pitch);
            }
        }

        for (; row < count; row++)
        {
            float* values = rows + (row * stride);
            for (int column = 0; column < columns; column++)
            {
                tile[(column * pitch) + row] = values[column];
            }
        }
    }

    // Four rounds of 16 shuffles: pairs, quarters, halves, wholes. Written out, because arrays of vectors live in memory.
    private static void Tile512(float* rows, nint stride, float* tile, int pitch)
    {
        for (int quarter = 0; quarter < 4; quarter++)
        {
            // Rows quarter * 4 to + 3 give, for each 128-bit part, four columns of four rows.
            float* from = rows + (quarter * 4 * stride);
            Vector512<float> a = Vector512.Load(from);
            Vector512<float> b = Vector512.Load(from + stride);
            Vector512<float> c = Vector512.Load(from + (2 * stride));
            Vector512<float> d = Vector512.Load(from + (3 * stride));
            Vector512<double> ab0 = Avx512F.UnpackLow(a, b).AsDouble();
            Vector512<double> ab1 = Avx512F.UnpackHigh(a, b).AsDouble();
            Vector512<double> cd0 = Avx512F.UnpackLow(c, d).AsDouble();
            Vector512<double> cd1 = Avx512F.UnpackHigh(c, d).AsDouble();
            Spread(Avx512F.UnpackLow(ab0, cd0).AsSingle(), tile + (quarter * 4), pitch);
            Spread(Avx512F.UnpackHigh(ab0, cd0).AsSingle(), tile + pitch + (quarter * 4), pitch);
            Spread(Avx512F.UnpackLow(ab1, cd1).AsSingle(), tile + (2 * pitch) + (quarter * 4), pitch);
            Spread(Avx512F.UnpackHigh(ab1, cd1).AsSingle(), tile + (3 * pitch) + (quarter * 4), pitch);
        }
    }

    /// <summary>Stores the four 128-bit parts, columns c, c + 4, c + 8 and c + 12: stores have a port of their own, shuffles share one with compares.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(Vector512<float> parts, float* column, int pitch)
    {
        parts.GetLower().GetLower().Store(column);
        Avx512F.ExtractVector128(parts, 1).Store(column + (4 * pitch));
        Avx512F.ExtractVector128(parts, 2).Store(column + (8 * pitch));
        Avx512F.ExtractVector128(parts, 3).Store(column + (12 * pitch));
    }
}
