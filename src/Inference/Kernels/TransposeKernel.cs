using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>Turns rows into columns.</summary>
internal static unsafe class TransposeKernel
{
    /// <summary>The columns of a tile.</summary>
    public const int TileColumns = 16;

    private const int LineBytes = 64;

    /// <summary>Copies a tile of at most 16 columns, row-major, to column-major.</summary>
    /// <typeparam name="TRow">What rows hold.</typeparam>
    /// <typeparam name="TValues">How it becomes float32.</typeparam>
    /// <param name="rows">The first row's first element of the tile.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="count">Rows.</param>
    /// <param name="columns">Columns of the tile, 1 to 16.</param>
    /// <param name="tile">Receives column c at c * <paramref name="pitch"/>; what columns behind the last one get means nothing.</param>
    /// <param name="pitch">Elements from one column to the next, at least <paramref name="count"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TRow, TValues>(TRow* rows, nint stride, int count, int columns, float* tile, int pitch)
        where TRow : unmanaged
        where TValues : struct, IRowValues<TRow>
    {
        int row = 0;
        if (Avx512F.IsSupported)
        {
            for (int end = WholeRows(stride, count, columns, 16); row + 16 <= end; row += 16)
            {
                Tile512<TRow, TValues>(rows + (row * stride), stride, tile + row, pitch);
            }
        }
        else if (Avx2.IsSupported)
        {
            int width = columns <= 8 ? 8 : 16;
            for (int end = WholeRows(stride, count, columns, width); row + 4 <= end; row += 4)
            {
                Tile256<TRow, TValues>(rows + (row * stride), stride, tile + row, pitch);
                if (width > 8)
                {
                    Tile256<TRow, TValues>(rows + (row * stride) + 8, stride, tile + (8 * pitch) + row, pitch);
                }
            }
        }

        for (; row < count; row++)
        {
            TRow* values = rows + (row * stride);
            for (int column = 0; column < columns; column++)
            {
                tile[(column * pitch) + row] = TValues.One(values[column]);
            }
        }
    }

    /// <summary>Asks for a tile's memory ahead of its time, of rows that lie far apart.</summary>
    /// <param name="tile">The first row's first byte of the tile.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="count">Rows, or none.</param>
    /// <param name="width">The bytes of a row in the tile, 1 to 128.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Prefetch(byte* tile, nint stride, int count, int width)
    {
        if (!Sse.IsSupported)
        {
            return;
        }

        for (int row = 0; row < count; row++)
        {
            byte* last = tile + width - 1;
            for (byte* line = tile; line < last; line += LineBytes)
            {
                Sse.Prefetch1(line);
            }

            Sse.Prefetch1(last);
            tile += stride;
        }
    }

    /// <summary>The rows of which a register may read so many columns: in the last ones those behind the tile's are not there.</summary>
    private static int WholeRows(nint stride, int count, int columns, int width)
    {
        nint lacking = width - columns;
        return lacking <= 0 ? count : (int)nint.Max(0, count - ((lacking + stride - 1) / stride));
    }

    /// <summary>Four rows of eight columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile256<TRow, TValues>(TRow* rows, nint stride, float* tile, int pitch)
        where TRow : unmanaged
        where TValues : struct, IRowValues<TRow>
    {
        Vector256<float> a = TValues.Eight(rows);
        Vector256<float> b = TValues.Eight(rows + stride);
        Vector256<float> c = TValues.Eight(rows + (2 * stride));
        Vector256<float> d = TValues.Eight(rows + (3 * stride));
        Vector256<double> ab0 = Avx.UnpackLow(a, b).AsDouble();
        Vector256<double> ab1 = Avx.UnpackHigh(a, b).AsDouble();
        Vector256<double> cd0 = Avx.UnpackLow(c, d).AsDouble();
        Vector256<double> cd1 = Avx.UnpackHigh(c, d).AsDouble();
        Spread(Avx.UnpackLow(ab0, cd0).AsSingle(), tile, pitch);
        Spread(Avx.UnpackHigh(ab0, cd0).AsSingle(), tile + pitch, pitch);
        Spread(Avx.UnpackLow(ab1, cd1).AsSingle(), tile + (2 * pitch), pitch);
        Spread(Avx.UnpackHigh(ab1, cd1).AsSingle(), tile + (3 * pitch), pitch);
    }

    /// <summary>Stores the two halves, columns c and c + 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Spread(Vector256<float> halves, float* column, int pitch)
    {
        halves.GetLower().Store(column);
        halves.GetUpper().Store(column + (4 * pitch));
    }

    // Four rounds of 16 shuffles: pairs, quarters, halves, wholes. Written out, because arrays of vectors live in memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile512<TRow, TValues>(TRow* rows, nint stride, float* tile, int pitch)
        where TRow : unmanaged
        where TValues : struct, IRowValues<TRow>
    {
        for (int quarter = 0; quarter < 4; quarter++)
        {
            // Rows quarter * 4 to + 3 give, for each 128-bit part, four columns of four rows.
            TRow* from = rows + (quarter * 4 * stride);
            Vector512<float> a = TValues.Sixteen(from);
            Vector512<float> b = TValues.Sixteen(from + stride);
            Vector512<float> c = TValues.Sixteen(from + (2 * stride));
            Vector512<float> d = TValues.Sixteen(from + (3 * stride));
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
