using System;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

/// <summary>Tests categories for membership in sets.</summary>
/// <remarks>
/// A feature's codes are its categories below a bound, behind which no set has any; one code for whatever else is in no set; and
/// one for what is missing. Codes have classes, and classes have answers: see <see cref="CategoryTable"/>.
/// </remarks>
internal static unsafe class SetKernel
{
    /// <summary>So few classes are looked up in a table of their bytes.</summary>
    public const int SmallClasses = 64;

    /// <summary>What may be read behind the start of the last class's answers.</summary>
    public const int Slack = TileWords * sizeof(uint);

    private const int TileWords = TransposeKernel.TileColumns;
    private const int WordBits = 8 * sizeof(uint);

    /// <summary>So few words are copied one by one.</summary>
    private const int FewWords = 4;

    /// <summary>The rows of a unit: see <see cref="RankKernel.PlaceOf"/>.</summary>
    private const int Unit = RankKernel.RowUnit;

    /// <summary>The codes of a feature.</summary>
    public static int Codes(int bound) => Missing(bound) + 1;

    /// <summary>The code of NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Missing(int bound) => bound + 1;

    /// <summary>The code of a value.</summary>
    /// <param name="value">The value as the model sees it.</param>
    /// <param name="rule">Which values are codes.</param>
    /// <param name="bound">The bound of the feature's categories.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CodeOf(double value, CodeRule rule, int bound)
    {
        if (double.IsNaN(value))
        {
            return Missing(bound);
        }

        bool isCategory = value < bound && (rule == CodeRule.Truncated ? value > -1 : value >= 0);
        int code = isCategory ? (int)value : bound;
        return rule == CodeRule.Exact && code != value ? bound : code;
    }

    /// <summary>The class of a code.</summary>
    /// <param name="table">The feature's table.</param>
    /// <param name="code">The code.</param>
    /// <param name="bound">The bound of the feature's categories.</param>
    /// <param name="classes">The classes of all features whose codes have one each.</param>
    /// <param name="categories">The categories of all other features.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int ClassOf(in CategoryTable table, int code, int bound, ushort* classes, int* categories) =>
        table.Categories == CategoryTable.EachCode ? classes[table.FirstCategory + code] : ClassOf(table, code, bound, categories);

    /// <summary>Writes a row's class where <see cref="Run"/> reads it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreClass(byte* column, bool isSmall, int row, int number)
    {
        if (isSmall)
        {
            column[RankKernel.PlaceOf(row)] = (byte)number;
        }
        else
        {
            ((ushort*)column)[row] = (ushort)number;
        }
    }

    /// <summary>Makes the masks of a feature's set tests: ones where a row's class is not in the set.</summary>
    /// <param name="column">The rows' classes.</param>
    /// <param name="count">The rows.</param>
    /// <param name="table">The feature's table.</param>
    /// <param name="numbers">The sets that have masks, or null where all have; a feature's of few classes.</param>
    /// <param name="answers">Where the answers for its first class are.</param>
    /// <param name="tile">Working memory of <see cref="TransposeKernel.TileColumns"/> columns.</param>
    /// <param name="tilePitch">The numbers of a column, a multiple of 128: rows are tested so many at a time.</param>
    /// <param name="masks">Receives the masks, in the order of the sets.</param>
    /// <param name="planeBytes">The bytes of a plane.</param>
    public static void Run(byte* column, int count, in CategoryTable table, int* numbers, byte* answers, float* tile, int tilePitch, byte* masks, int planeBytes)
    {
        Masks work = new()
        {
            Column = column,
            Count = count,
            Sets = table.Masks,
            Numbers = numbers,
            Classes = table.Classes,
            IsSmall = table.IsSmall,
            Pitch = table.Pitch,
            Answers = answers,
            Tile = (byte*)tile,
            TilePitch = tilePitch,
            Target = masks,
            PlaneBytes = planeBytes,
        };
        PlaneWidth.Run(ref work);
    }

    /// <summary>Turns answers into infinities: a negative one where a class is in the set.</summary>
    /// <param name="answers">The answers of a class.</param>
    /// <param name="count">Their number.</param>
    /// <param name="places">Receives the infinities.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(byte* answers, int count, float* places)
    {
        int done = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            Vector128<int> bits = Vector128.Create(1, 2, 4, 8);
            Vector128<int> infinity = Vector128.Create(float.PositiveInfinity).AsInt32();
            for (; done + 8 <= count; done += 8)
            {
                Vector128<int> eight = Vector128.Create((int)answers[done / 8]);
                ((Vector128.Equals(eight & bits, Vector128<int>.Zero) << 31) | infinity).AsSingle().Store(places + done);
                ((Vector128.Equals(eight & (bits << 4), Vector128<int>.Zero) << 31) | infinity).AsSingle().Store(places + done + 4);
            }
        }

        for (; done < count; done++)
        {
            places[done] = (answers[done / 8] >> (done % 8) & 1) != 0 ? float.PositiveInfinity : float.NegativeInfinity;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int ClassOf(in CategoryTable table, int code, int bound, int* categories)
    {
        if (code >= bound)
        {
            return code == bound ? CategoryTable.None : CategoryTable.Missing;
        }

        int place = new ReadOnlySpan<int>(categories + table.FirstCategory, table.Categories).BinarySearch(code);
        return place < 0 ? CategoryTable.None : CategoryTable.FirstKnown + place;
    }

    private struct Masks : IPlaneWork
    {
        public byte* Column;
        public int Count;
        public int Sets;
        public int* Numbers;
        public int Classes;
        public bool IsSmall;
        public int Pitch;
        public byte* Answers;
        public byte* Tile;
        public int TilePitch;
        public byte* Target;
        public int PlaneBytes;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TLanes>()
            where TLanes : struct, IBitLanes<TLanes>
        {
            if (IsSmall)
            {
                LookUp<TLanes>();
                return;
            }

            for (int first = 0; first < Sets; first += TileWords * WordBits)
            {
                int words = Math.Min(TileWords, (Sets - first + WordBits - 1) / WordBits);
                for (int start = 0; start < Count; start += TilePitch)
                {
                    FillTile(first / 8, words, start);
                    for (int word = 0; word < words; word++)
                    {
                        TurnWord<TLanes>(Tile + ((nint)word * TilePitch * sizeof(uint)), first + (word * WordBits), start);
                    }
                }
            }
        }

        /// <summary>Eight sets at a time, a byte for each class.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void LookUp<TLanes>()
            where TLanes : struct, IBitLanes<TLanes>
        {
            byte* table = stackalloc byte[SmallClasses];
            for (int first = 0; first < Sets; first += 8)
            {
                FillTable(table, first);

                for (int at = 0; at < PlaneBytes; at += TLanes.Bytes)
                {
                    byte* places = Column + (8 * at);
                    TLanes b0 = TLanes.Pick(table, TLanes.Load(places));
                    TLanes b1 = TLanes.Pick(table, TLanes.Load(places + TLanes.Bytes));
                    TLanes b2 = TLanes.Pick(table, TLanes.Load(places + (2 * TLanes.Bytes)));
                    TLanes b3 = TLanes.Pick(table, TLanes.Load(places + (3 * TLanes.Bytes)));
                    TLanes b4 = TLanes.Pick(table, TLanes.Load(places + (4 * TLanes.Bytes)));
                    TLanes b5 = TLanes.Pick(table, TLanes.Load(places + (5 * TLanes.Bytes)));
                    TLanes b6 = TLanes.Pick(table, TLanes.Load(places + (6 * TLanes.Bytes)));
                    TLanes b7 = TLanes.Pick(table, TLanes.Load(places + (7 * TLanes.Bytes)));
                    TurnKernel.Turn(ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
                    Store(b0, b1, b2, b3, b4, b5, b6, b7, first, at);
                }
            }
        }

        /// <summary>For each class the answers of eight sets.</summary>
        private readonly void FillTable(byte* table, int first)
        {
            byte* answers = Answers;
            for (int number = 0; number < Classes; number++)
            {
                if (Numbers == null)
                {
                    table[number] = answers[first / 8];
                }
                else
                {
                    int eight = 0;
                    for (int i = 0; i < Math.Min(8, Sets - first); i++)
                    {
                        int set = Numbers[first + i];
                        eight |= (answers[set / 8] >> (set % 8) & 1) << i;
                    }

                    table[number] = (byte)eight;
                }

                answers += Pitch;
            }
        }

        /// <summary>Copies some words of the answers for each row's class, and turns them into columns.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void FillTile(int firstByte, int words, int start)
        {
            ushort* classes = (ushort*)Column + start;
            byte* answers = Answers + firstByte;
            uint* tile = (uint*)Tile;
            int rows = Math.Min(TilePitch, Count - start);
            if (words <= FewWords)
            {
                for (int row = 0; row < rows; row++)
                {
                    uint* answer = (uint*)(answers + ((nint)classes[row] * Pitch));
                    for (int word = 0; word < words; word++)
                    {
                        tile[(word * TilePitch) + row] = Unsafe.ReadUnaligned<uint>(answer + word);
                    }
                }

                return;
            }

            // Sixteen rows of sixteen words. Behind the last row stands whatever was there before.
            const int Together = 16;
            byte* near = stackalloc byte[Together * Slack];
            for (int row = 0; row < rows; row += Together)
            {
                int some = Math.Min(Together, rows - row);
                for (int i = 0; i < some; i++)
                {
                    Vector512.Load(answers + ((nint)classes[row + i] * Pitch)).Store(near + (i * Slack));
                }

                TransposeKernel.Run<float, SingleValues>((float*)near, TileWords, Together, TileWords, (float*)(tile + row), TilePitch);
            }
        }

        /// <summary>Makes 32 masks of a column of words.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void TurnWord<TLanes>(byte* words, int firstSet, int start)
            where TLanes : struct, IBitLanes<TLanes>
        {
            byte* turned = stackalloc byte[sizeof(uint) * 8 * 64];
            int rows = Math.Min(TilePitch, Count - start);
            int end = Math.Min(PlaneBytes, (start + TilePitch) / 8);
            for (int at = start / 8; at < end; at += TLanes.Bytes)
            {
                for (int bit = 0; bit < 8; bit++)
                {
                    int place = (8 * at) + (bit * TLanes.Bytes) - start;
                    int unit = place & -Unit;
                    if (unit >= rows)
                    {
                        // Nobody reads what planes have behind the last row's unit.
                        break;
                    }

                    // Places go through a unit by its quarters: the bytes of four registers of words, place by place.
                    byte* word = words + (unit * sizeof(uint)) + (place - unit);
                    byte* target = turned + (bit * TLanes.Bytes);
                    TLanes w0 = TLanes.Load(word);
                    TLanes w1 = TLanes.Load(word + Unit);
                    TLanes w2 = TLanes.Load(word + (2 * Unit));
                    TLanes w3 = TLanes.Load(word + (3 * Unit));
                    TLanes halves = TLanes.Broadcast(0x0000ffff0000ffff);
                    TurnKernel.Trade(ref w0, ref w2, 16, halves);
                    TurnKernel.Trade(ref w1, ref w3, 16, halves);
                    TLanes bytes = TLanes.Broadcast(0x00ff00ff00ff00ff);
                    TurnKernel.Trade(ref w0, ref w1, 8, bytes);
                    TurnKernel.Trade(ref w2, ref w3, 8, bytes);
                    w0.Store(target);
                    w1.Store(target + (8 * TLanes.Bytes));
                    w2.Store(target + (16 * TLanes.Bytes));
                    w3.Store(target + (24 * TLanes.Bytes));
                }

                for (int set = firstSet; set < firstSet + WordBits && set < Sets; set += 8)
                {
                    byte* eight = turned + ((nint)(set - firstSet) * TLanes.Bytes);
                    TLanes b0 = TLanes.Load(eight);
                    TLanes b1 = TLanes.Load(eight + TLanes.Bytes);
                    TLanes b2 = TLanes.Load(eight + (2 * TLanes.Bytes));
                    TLanes b3 = TLanes.Load(eight + (3 * TLanes.Bytes));
                    TLanes b4 = TLanes.Load(eight + (4 * TLanes.Bytes));
                    TLanes b5 = TLanes.Load(eight + (5 * TLanes.Bytes));
                    TLanes b6 = TLanes.Load(eight + (6 * TLanes.Bytes));
                    TLanes b7 = TLanes.Load(eight + (7 * TLanes.Bytes));
                    TurnKernel.Turn(ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
                    Store(b0, b1, b2, b3, b4, b5, b6, b7, set, at);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Store<TLanes>(TLanes b0, TLanes b1, TLanes b2, TLanes b3, TLanes b4, TLanes b5, TLanes b6, TLanes b7, int first, int at)
            where TLanes : struct, IBitLanes<TLanes>
        {
            byte* target = Target + ((nint)first * PlaneBytes) + at;
            int left = Sets - first;
            if (left >= 8)
            {
                b0.Store(target);
                b1.Store(target + PlaneBytes);
                b2.Store(target + (2 * PlaneBytes));
                b3.Store(target + (3 * PlaneBytes));
                b4.Store(target + (4 * PlaneBytes));
                b5.Store(target + (5 * PlaneBytes));
                b6.Store(target + (6 * PlaneBytes));
                b7.Store(target + (7 * PlaneBytes));
                return;
            }

            StoreIf(left > 0, b0, target);
            StoreIf(left > 1, b1, target + PlaneBytes);
            StoreIf(left > 2, b2, target + (2 * PlaneBytes));
            StoreIf(left > 3, b3, target + (3 * PlaneBytes));
            StoreIf(left > 4, b4, target + (4 * PlaneBytes));
            StoreIf(left > 5, b5, target + (5 * PlaneBytes));
            StoreIf(left > 6, b6, target + (6 * PlaneBytes));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void StoreIf<TLanes>(bool isThere, TLanes value, byte* target)
            where TLanes : struct, IBitLanes<TLanes>
        {
            if (isThere)
            {
                value.Store(target);
            }
        }
    }
}
