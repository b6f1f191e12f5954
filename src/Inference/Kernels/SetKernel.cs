using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>Tests categories for membership in sets.</summary>
/// <remarks>
/// A feature's codes are its categories below a bound, behind which no set has any; one code for whatever else is in no set; and
/// one for what is missing. A code is split in two bytes, which byte of the set and which bit of that byte, once for all sets of its feature.
/// </remarks>
internal static unsafe class SetKernel
{
    /// <summary>The bytes of the largest set, and what can be read of any: 512 bits.</summary>
    public const int MostBytes = 64;

    /// <summary>The highest bound of categories.</summary>
    public const int MostCategories = (8 * MostBytes) - 2;

    /// <summary>Sets begin at multiples of so many bytes.</summary>
    public const int Unit = 8;

    /// <summary>The units of a set of categories below a bound.</summary>
    public static int UnitsFor(int bound) => (Codes(bound) + (8 * Unit) - 1) / (8 * Unit);

    /// <summary>The codes of a feature.</summary>
    public static int Codes(int bound) => Missing(bound) + 1;

    /// <summary>The code of NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Missing(int bound) => bound + 1;

    /// <summary>The code of a value.</summary>
    /// <param name="value">The value as the model sees it.</param>
    /// <param name="truncates">Whether values between -1 and 0 are category 0 (LightGBM), or none (XGBoost).</param>
    /// <param name="bound">The bound of the feature's categories.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CodeOf(double value, bool truncates, int bound)
    {
        if (double.IsNaN(value))
        {
            return Missing(bound);
        }

        bool isCategory = value < bound && (truncates ? value > -1 : value >= 0);
        return isCategory ? (int)value : bound;
    }

    /// <summary>Writes a code where <see cref="Run"/> reads it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreCode(byte* codes, int pitch, int place, int code)
    {
        codes[place] = (byte)(code >> 3);
        codes[pitch + place] = (byte)(1 << (code & 7));
    }

    /// <summary>Makes the masks of set tests: ones where a code is not in the set.</summary>
    /// <param name="columns">The columns, by places.</param>
    /// <param name="pitch">Bytes from one column to the next.</param>
    /// <param name="steps">The tests.</param>
    /// <param name="count">Their number.</param>
    /// <param name="sets">All sets.</param>
    /// <param name="masks">Receives the masks, in the order of the tests.</param>
    /// <param name="planeBytes">The bytes of a plane.</param>
    public static void Run(byte* columns, int pitch, SetStep* steps, int count, byte* sets, byte* masks, int planeBytes)
    {
        Masks work = new() { Columns = columns, Pitch = pitch, Steps = steps, Count = count, Sets = sets, Target = masks, PlaneBytes = planeBytes };
        PlaneWidth.Run(ref work);
    }

    private struct Masks : IPlaneWork
    {
        public byte* Columns;
        public int Pitch;
        public SetStep* Steps;
        public int Count;
        public byte* Sets;
        public byte* Target;
        public int PlaneBytes;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TLanes>()
            where TLanes : struct, IBitLanes<TLanes>
        {
            byte* target = Target;
            for (SetStep* step = Steps; step < Steps + Count; step++)
            {
                byte* bytes = Columns + ((nint)step->Codes * Pitch);
                byte* set = Sets + ((nint)step->Set * Unit);
                for (int at = 0; at < PlaneBytes; at += TLanes.Bytes)
                {
                    // A plane is eight registers of bytes turned over: see TurnKernel.
                    TLanes mask = TLanes.Broadcast(0);
                    for (int bit = 0; bit < 8; bit++)
                    {
                        byte* place = bytes + (8 * at) + (bit * TLanes.Bytes);
                        TLanes isOutside = TLanes.AreApart(TLanes.Pick(set, TLanes.Load(place)), TLanes.Load(place + Pitch));
                        mask |= isOutside & TLanes.Broadcast(0x0101010101010101UL << bit);
                    }

                    mask.Store(target + at);
                }

                target += PlaneBytes;
            }
        }
    }
}
