using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>Tests categories for membership in sets of up to 510 codes.</summary>
/// <remarks>A code is split in two bytes, which byte of the set and which bit of that byte, once for all sets of its feature.</remarks>
internal static unsafe class SetKernel
{
    /// <summary>The bytes of a set: 512 bits.</summary>
    public const int SetBytes = 64;

    /// <summary>The codes from here on are no categories.</summary>
    public const int CodeLimit = 510;

    /// <summary>The code of a value that is no category: negative, too large, infinite.</summary>
    public const int Outside = 510;

    /// <summary>The code of NaN.</summary>
    public const int Missing = 511;

    /// <summary>The code of a value.</summary>
    /// <param name="value">The value as the model sees it.</param>
    /// <param name="truncates">Whether values between -1 and 0 are category 0 (LightGBM), or none (XGBoost).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CodeOf(double value, bool truncates)
    {
        if (double.IsNaN(value))
        {
            return Missing;
        }

        bool isCode = value < CodeLimit && (truncates ? value > -1 : value >= 0);
        return isCode ? (int)value : Outside;
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

        public readonly void Run<TLanes>()
            where TLanes : struct, IBitLanes<TLanes>
        {
            byte* target = Target;
            for (SetStep* step = Steps; step < Steps + Count; step++)
            {
                byte* bytes = Columns + ((nint)step->Codes * Pitch);
                byte* set = Sets + ((nint)step->Set * SetBytes);
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
