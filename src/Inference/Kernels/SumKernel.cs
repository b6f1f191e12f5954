using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// A row's sum gets one addition for each tree, in the order of the trees, as in the training library: vectors run across
// rows, never across trees.
//
// Leaf numbers stand as RankKernel.PlaceOf says: in a register of 64, byte k of every 32-bit element belongs to the rows
// 16 k to 16 k + 15. A shift by 8 k is all that it takes to make sixteen look-ups of them.

/// <summary>Adds the values of leaves to the sums of rows.</summary>
internal static unsafe class SumKernel
{
    /// <summary>The entries to make room for in a table of leaf values: the look-ups read whole registers.</summary>
    public static int TableLength(int leaves) => leaves <= 32 ? 32 : leaves <= 64 ? 64 : leaves <= 128 ? 128 : 256;

    /// <summary>The entries of the longest table of float64 that permutes look up; longer ones are gathered.</summary>
    private const int MostHalves = 128;

    /// <summary>The entries of a chunk in a table of leaf values.</summary>
    public const int ChunkLength = 256;

    /// <summary>Where a row's sum is.</summary>
    /// <remarks>
    /// With AVX-512 the two halves of sixteen look-ups of float64 are put together by the unpacking instructions, which take
    /// pairs of rows from each quarter of a register: 0 1 4 5 8 9 12 13, then 2 3 6 7 10 11 14 15.
    /// </remarks>
    /// <typeparam name="T">float or double.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int PlaceOf<T>(int row) => typeof(T) == typeof(double) && Avx512F.IsSupported
        ? (row & ~15) | ((row & 2) << 2) | ((row >> 1) & 6) | (row & 1)
        : row;

    /// <summary>Adds values.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaves">The leaf of each row, by places.</param>
    /// <param name="table">The value of each leaf, <see cref="TableLength"/> entries.</param>
    /// <param name="length">The entries of the table.</param>
    /// <param name="sums">The sum of each row, by <see cref="PlaceOf"/>.</param>
    /// <param name="rows">The rows, a multiple of 64.</param>
    public static void Add<T>(byte* leaves, T* table, int length, T* sums, int rows)
        where T : unmanaged, INumberBase<T>
    {
        if (!Avx2.IsSupported)
        {
            for (int row = 0; row < rows; row++)
            {
                sums[PlaceOf<T>(row)] += table[leaves[RankKernel.PlaceOf(row)]];
            }
        }
        else if (typeof(T) == typeof(float))
        {
            Add(leaves, (float*)table, length, (float*)sums, rows);
        }
        else
        {
            Add(leaves, (double*)table, length, (double*)sums, rows);
        }
    }

    /// <summary>Adds values of a tree of chunks.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="leaves">The leaf of each row in its chunk, by places.</param>
    /// <param name="chunks">The chunk of each row, by places.</param>
    /// <param name="table">The value of each leaf, <see cref="ChunkLength"/> entries for each chunk.</param>
    /// <param name="sums">The sum of each row, by <see cref="PlaceOf"/>.</param>
    /// <param name="rows">The rows, a multiple of 64.</param>
    public static void AddChunked<T>(byte* leaves, byte* chunks, T* table, T* sums, int rows)
        where T : unmanaged, INumberBase<T>
    {
        if (typeof(T) == typeof(float) && Avx2.IsSupported)
        {
            AddChunked256(leaves, chunks, (float*)table, (float*)sums, rows);
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            int place = RankKernel.PlaceOf(row);
            sums[PlaceOf<T>(row)] += table[(chunks[place] * ChunkLength) + leaves[place]];
        }
    }

    private static void Add(byte* leaves, float* table, int length, float* sums, int rows)
    {
        if (!Avx512F.IsSupported)
        {
            Add256(leaves, table, sums, rows);
        }
        else if (length == 32)
        {
            Add512<Table32>(leaves, table, sums, rows);
        }
        else if (length == 64)
        {
            Add512<Table64>(leaves, table, sums, rows);
        }
        else if (length == 128)
        {
            Add512<Table128>(leaves, table, sums, rows);
        }
        else
        {
            Add512<Table256>(leaves, table, sums, rows);
        }
    }

    private static void Add(byte* leaves, double* table, int length, double* sums, int rows)
    {
        if (!Avx512F.IsSupported)
        {
            Add256(leaves, table, sums, rows);
        }
        else if (length == 32)
        {
            AddHalves512<Table32>(leaves, table, length, sums, rows);
        }
        else if (length == 64)
        {
            AddHalves512<Table64>(leaves, table, length, sums, rows);
        }
        else if (length == 128)
        {
            AddHalves512<Table128>(leaves, table, length, sums, rows);
        }
        else
        {
            Gather512(leaves, table, sums, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddChunked256(byte* leaves, byte* chunks, float* table, float* sums, int rows)
    {
        for (int row = 0; row < rows; row += 32)
        {
            // Eight places hold rows r to r + 7 of each sixteen: see RankKernel.PlaceOf.
            int place = row;
            Vector256<int> leaf = Vector256.Load((int*)(leaves + place));
            Vector256<int> chunk = Vector256.Load((int*)(chunks + place));
            float* sum = sums + (row & ~63) + ((row & 32) >> 2);
            for (int sixteen = 0; sixteen < 64; sixteen += 16)
            {
                Vector256<int> index = ((chunk & Vector256.Create(0xff)) << 8) | (leaf & Vector256.Create(0xff));
                (Vector256.Load(sum + sixteen) + Avx2.GatherVector256(table, index, sizeof(float))).Store(sum + sixteen);
                leaf >>>= 8;
                chunk >>>= 8;
            }
        }
    }

    /// <summary>A table of leaf values, in registers where it is short.</summary>
    private interface ITable512<TSelf>
    {
        public static abstract TSelf Of(float* table);

        public Vector512<float> Pick(Vector512<int> index);
    }

    private readonly struct Table32(Vector512<float> first, Vector512<float> second) : ITable512<Table32>
    {
        private readonly Vector512<float> _first = first;
        private readonly Vector512<float> _second = second;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Table32 Of(float* table) => new(Vector512.Load(table), Vector512.Load(table + 16));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Pick(Vector512<int> index) => Avx512F.PermuteVar16x32x2(_first, index, _second);
    }

    private readonly struct Table64(Vector512<float> first, Vector512<float> second, Vector512<float> third, Vector512<float> fourth) : ITable512<Table64>
    {
        private readonly Vector512<float> _first = first;
        private readonly Vector512<float> _second = second;
        private readonly Vector512<float> _third = third;
        private readonly Vector512<float> _fourth = fourth;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Table64 Of(float* table) =>
            new(Vector512.Load(table), Vector512.Load(table + 16), Vector512.Load(table + 32), Vector512.Load(table + 48));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Pick(Vector512<int> index) => Vector512.ConditionalSelect(
            Lookup512.HasBit(index, 32),
            Avx512F.PermuteVar16x32x2(_third, index, _fourth),
            Avx512F.PermuteVar16x32x2(_first, index, _second));
    }

    private readonly struct Table128(float* table) : ITable512<Table128>
    {
        private readonly float* _table = table;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Table128 Of(float* table) => new(table);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Pick(Vector512<int> index) => Lookup512.Pick128(_table, index);
    }

    private readonly struct Table256(float* table) : ITable512<Table256>
    {
        private readonly float* _table = table;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Table256 Of(float* table) => new(table);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Pick(Vector512<int> index) => Lookup512.Pick256(_table, index);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add512<TTable>(byte* leaves, float* table, float* sums, int rows)
        where TTable : struct, ITable512<TTable>
    {
        TTable values = TTable.Of(table);
        for (int row = 0; row < rows; row += 64)
        {
            Vector512<int> index = Vector512.Load((int*)(leaves + row));
            (Vector512.Load(sums + row) + values.Pick(index)).Store(sums + row);
            (Vector512.Load(sums + row + 16) + values.Pick(index >>> 8)).Store(sums + row + 16);
            (Vector512.Load(sums + row + 32) + values.Pick(index >>> 16)).Store(sums + row + 32);
            (Vector512.Load(sums + row + 48) + values.Pick(index >>> 24)).Store(sums + row + 48);
        }
    }

    /// <summary>A float64 is two look-ups of half of it: the table is taken apart first, into its lower halves and its upper ones.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddHalves512<TTable>(byte* leaves, double* table, int length, double* sums, int rows)
        where TTable : struct, ITable512<TTable>
    {
        float* memory = stackalloc float[(2 * MostHalves) + Vector512<float>.Count];
        float* low = (float*)(((nuint)memory + 63) & ~(nuint)63);
        float* high = low + length;
        Vector512<int> even = Vector512<int>.Indices << 1;
        for (int entry = 0; entry < length; entry += Vector512<float>.Count)
        {
            Vector512<float> first = Vector512.Load((float*)(table + entry));
            Vector512<float> second = Vector512.Load((float*)(table + entry + Vector512<double>.Count));
            Avx512F.PermuteVar16x32x2(first, even, second).StoreAligned(low + entry);
            Avx512F.PermuteVar16x32x2(first, even | Vector512<int>.One, second).StoreAligned(high + entry);
        }

        TTable lowHalves = TTable.Of(low);
        TTable highHalves = TTable.Of(high);
        for (int row = 0; row < rows; row += 64)
        {
            Vector512<int> index = Vector512.Load((int*)(leaves + row));
            AddHalves(index, lowHalves, highHalves, sums + row);
            AddHalves(index >>> 8, lowHalves, highHalves, sums + row + 16);
            AddHalves(index >>> 16, lowHalves, highHalves, sums + row + 32);
            AddHalves(index >>> 24, lowHalves, highHalves, sums + row + 48);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddHalves<TTable>(Vector512<int> index, TTable lowHalves, TTable highHalves, double* sums)
        where TTable : struct, ITable512<TTable>
    {
        Vector512<float> low = lowHalves.Pick(index);
        Vector512<float> high = highHalves.Pick(index);
        (Vector512.Load(sums) + Avx512F.UnpackLow(low, high).AsDouble()).Store(sums);
        (Vector512.Load(sums + 8) + Avx512F.UnpackHigh(low, high).AsDouble()).Store(sums + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather512(byte* leaves, double* table, double* sums, int rows)
    {
        Vector512<int> order = Vector512.Create(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
        Vector512<int> bytes = Vector512.Create(0xff);
        for (int row = 0; row < rows; row += 64)
        {
            Vector512<int> four = Avx512F.PermuteVar16x32(Vector512.Load((int*)(leaves + row)), order);
            for (int part = 0; part < 64; part += 16)
            {
                Vector512<int> index = four & bytes;
                double* sum = sums + row + part;
                (Vector256.Load(sum) + Avx2.GatherVector256(table, index.GetLower().GetLower(), sizeof(double))).Store(sum);
                (Vector256.Load(sum + 4) + Avx2.GatherVector256(table, index.GetLower().GetUpper(), sizeof(double))).Store(sum + 4);
                (Vector256.Load(sum + 8) + Avx2.GatherVector256(table, index.GetUpper().GetLower(), sizeof(double))).Store(sum + 8);
                (Vector256.Load(sum + 12) + Avx2.GatherVector256(table, index.GetUpper().GetUpper(), sizeof(double))).Store(sum + 12);
                four >>>= 8;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add256(byte* leaves, float* table, float* sums, int rows)
    {
        Vector256<int> bytes = Vector256.Create(0xff);
        for (int row = 0; row < rows; row += 64)
        {
            for (int half = 0; half < 2; half++)
            {
                Vector256<int> index = Vector256.Load((int*)(leaves + row + (32 * half)));
                float* sum = sums + row + (8 * half);
                (Vector256.Load(sum) + Avx2.GatherVector256(table, index & bytes, sizeof(float))).Store(sum);
                (Vector256.Load(sum + 16) + Avx2.GatherVector256(table, (index >>> 8) & bytes, sizeof(float))).Store(sum + 16);
                (Vector256.Load(sum + 32) + Avx2.GatherVector256(table, (index >>> 16) & bytes, sizeof(float))).Store(sum + 32);
                (Vector256.Load(sum + 48) + Avx2.GatherVector256(table, index >>> 24, sizeof(float))).Store(sum + 48);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add256(byte* leaves, double* table, double* sums, int rows)
    {
        Vector128<int> bytes = Vector128.Create(0xff);
        for (int row = 0; row < rows; row += 64)
        {
            for (int quarter = 0; quarter < 4; quarter++)
            {
                Vector128<int> index = Vector128.Load((int*)(leaves + row + (16 * quarter)));
                double* sum = sums + row + (4 * quarter);
                (Vector256.Load(sum) + Avx2.GatherVector256(table, index & bytes, sizeof(double))).Store(sum);
                (Vector256.Load(sum + 16) + Avx2.GatherVector256(table, (index >>> 8) & bytes, sizeof(double))).Store(sum + 16);
                (Vector256.Load(sum + 32) + Avx2.GatherVector256(table, (index >>> 16) & bytes, sizeof(double))).Store(sum + 32);
                (Vector256.Load(sum + 48) + Avx2.GatherVector256(table, index >>> 24, sizeof(double))).Store(sum + 48);
            }
        }
    }
}
