using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// A rank is above a number where its upper half byte is above the number's, or the same and the lower half above. Each half has
// sixteen values: their 48 planes are made once for a column, and a mask is then one operation on three of them.

/// <summary>Makes the masks of splits from columns of ranks: ones where a rank is above the number of a threshold.</summary>
internal static unsafe class MaskKernel
{
    /// <summary>The values of half a byte.</summary>
    private const int HalfValues = 16;

    /// <summary>Makes the masks of columns.</summary>
    /// <param name="columns">Ranks, column after column, by places.</param>
    /// <param name="pitch">Bytes from one column to the next.</param>
    /// <param name="masked">The columns that have masks.</param>
    /// <param name="count">How many.</param>
    /// <param name="numbers">The numbers of thresholds.</param>
    /// <param name="masks">Receives the masks, in the order of the numbers.</param>
    /// <param name="planeBytes">The bytes of a plane.</param>
    public static void Run(byte* columns, int pitch, MaskColumn* masked, int count, byte* numbers, byte* masks, int planeBytes)
    {
        Masks work = new() { Columns = columns, Pitch = pitch, Masked = masked, Count = count, Numbers = numbers, Target = masks, PlaneBytes = planeBytes };
        PlaneWidth.Run(ref work);
    }

    private struct Masks : IPlaneWork
    {
        public byte* Columns;
        public int Pitch;
        public MaskColumn* Masked;
        public int Count;
        public byte* Numbers;
        public byte* Target;
        public int PlaneBytes;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TLanes>()
            where TLanes : struct, IBitLanes<TLanes>
        {
            byte* memory = stackalloc byte[((3 * HalfValues) + 1) * TLanes.Bytes];
            byte* halves = memory + ((nuint)TLanes.Bytes - ((nuint)memory % (uint)TLanes.Bytes));
            byte* numbers = Numbers;
            byte* target = Target;
            for (MaskColumn* column = Masked; column < Masked + Count; column++)
            {
                byte* ranks = Columns + ((nint)column->Column * Pitch);
                for (int at = 0; at < PlaneBytes; at += TLanes.Bytes)
                {
                    Halve<TLanes>(ranks + (8 * at), halves);
                    Join<TLanes>(halves, numbers, column->Count, target + at, PlaneBytes);
                }

                numbers += column->Count;
                target += (nint)column->Count * PlaneBytes;
            }
        }

        /// <summary>Planes of rows whose lower half is above each value, whose upper half is, and whose upper half is that value.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Halve<TLanes>(byte* ranks, byte* halves)
            where TLanes : struct, IBitLanes<TLanes>
        {
            TLanes b0 = TLanes.Load(ranks), b1 = TLanes.Load(ranks + TLanes.Bytes);
            TLanes b2 = TLanes.Load(ranks + (2 * TLanes.Bytes)), b3 = TLanes.Load(ranks + (3 * TLanes.Bytes));
            TLanes b4 = TLanes.Load(ranks + (4 * TLanes.Bytes)), b5 = TLanes.Load(ranks + (5 * TLanes.Bytes));
            TLanes b6 = TLanes.Load(ranks + (6 * TLanes.Bytes)), b7 = TLanes.Load(ranks + (7 * TLanes.Bytes));
            TurnKernel.Turn(ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
            byte* same = halves + (2 * HalfValues * TLanes.Bytes);
            Decode(b0, b1, b2, b3, same, halves);
            Decode(b4, b5, b6, b7, same, halves + (HalfValues * TLanes.Bytes));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Decode<TLanes>(TLanes b0, TLanes b1, TLanes b2, TLanes b3, byte* same, byte* above)
            where TLanes : struct, IBitLanes<TLanes>
        {
            TLanes all = TLanes.Broadcast(ulong.MaxValue);
            TLanes n0 = b0 ^ all, n1 = b1 ^ all, n2 = b2 ^ all, n3 = b3 ^ all;
            TLanes l0 = n1 & n0, l1 = n1 & b0, l2 = b1 & n0, l3 = b1 & b0;
            TLanes u3 = b3 & b2, u2 = b3 & n2, u1 = n3 & b2, u0 = n3 & n2;
            TLanes sum = all ^ all;
            Fours(u3, l0, l1, l2, l3, same + (12 * TLanes.Bytes), above + (12 * TLanes.Bytes), ref sum);
            Fours(u2, l0, l1, l2, l3, same + (8 * TLanes.Bytes), above + (8 * TLanes.Bytes), ref sum);
            Fours(u1, l0, l1, l2, l3, same + (4 * TLanes.Bytes), above + (4 * TLanes.Bytes), ref sum);
            Fours(u0, l0, l1, l2, l3, same, above, ref sum);
        }

        /// <summary>Four values that have two bits in common, the highest first.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Fours<TLanes>(TLanes upper, TLanes l0, TLanes l1, TLanes l2, TLanes l3, byte* same, byte* above, ref TLanes sum)
            where TLanes : struct, IBitLanes<TLanes>
        {
            Value(upper & l3, same + (3 * TLanes.Bytes), above + (3 * TLanes.Bytes), ref sum);
            Value(upper & l2, same + (2 * TLanes.Bytes), above + (2 * TLanes.Bytes), ref sum);
            Value(upper & l1, same + TLanes.Bytes, above + TLanes.Bytes, ref sum);
            Value(upper & l0, same, above, ref sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Value<TLanes>(TLanes isIt, byte* same, byte* above, ref TLanes sum)
            where TLanes : struct, IBitLanes<TLanes>
        {
            isIt.Store(same);
            sum.Store(above);
            sum |= isIt;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Join<TLanes>(byte* halves, byte* numbers, int count, byte* target, int planeBytes)
            where TLanes : struct, IBitLanes<TLanes>
        {
            for (int i = 0; i < count; i++)
            {
                byte* lower = halves + ((nuint)(numbers[i] & (HalfValues - 1u)) * (uint)TLanes.Bytes);
                byte* upper = halves + ((nuint)((uint)numbers[i] / HalfValues) * (uint)TLanes.Bytes);
                (TLanes.Load(upper + (HalfValues * TLanes.Bytes)) | (TLanes.Load(upper + (2 * HalfValues * TLanes.Bytes)) & TLanes.Load(lower))).Store(target);
                target += planeBytes;
            }
        }
    }
}
