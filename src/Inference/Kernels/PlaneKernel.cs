using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// A plane holds one bit of each row of a block. Every split has a mask, a plane that says which rows go right; what trees share
// is made once (MaskKernel). A leaf has a code, and the codes of all rows are planes too, one for each bit: from the leaves to the
// root, a split chooses for each bit between the planes of its two sides. Where both sides are constants there is nothing to
// do: left zero and right one is the mask itself. A step costs the same for 512 rows as for one, and there are one or two for each split,
// where a walk pays for every row a load that depends on the last one.
//
// Rows stand in planes as eight registers of bytes turned over give them: see TurnKernel.

/// <summary>Finds the code of each row's leaf in a tree, from the masks of its splits.</summary>
internal static unsafe class PlaneKernel
{
    /// <summary>Runs the steps of a tree.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="count">How many.</param>
    /// <param name="planes">The block's planes.</param>
    /// <param name="planeBytes">The bytes of a plane.</param>
    public static void Choose(PlaneStep* steps, int count, byte* planes, int planeBytes)
    {
        Choices work = new() { Steps = steps, Count = count, Planes = planes, PlaneBytes = planeBytes };
        PlaneWidth.Run(ref work);
    }

    /// <summary>Turns the planes of codes into bytes.</summary>
    /// <param name="bits">The plane of each of eight bits, the lowest first.</param>
    /// <param name="numbers">The number of each code, where it has fewer than seven bits; null where it is the code itself.</param>
    /// <param name="planes">The block's planes.</param>
    /// <param name="planeBytes">The bytes of a plane.</param>
    /// <param name="leaves">Receives the number of each row's leaf, by places.</param>
    public static void Gather(ushort* bits, byte* numbers, byte* planes, int planeBytes, byte* leaves)
    {
        Codes work = new() { Bits = bits, Numbers = numbers, Planes = planes, PlaneBytes = planeBytes, Target = leaves };
        PlaneWidth.Run(ref work);
    }

    private struct Choices : IPlaneWork
    {
        public PlaneStep* Steps;
        public int Count;
        public byte* Planes;
        public int PlaneBytes;

        public readonly void Run<TLanes>()
            where TLanes : struct, IBitLanes<TLanes>
        {
            switch (PlaneBytes / TLanes.Bytes)
            {
                case 1:
                    RunOf<One<TLanes>>();
                    break;
                case 2:
                    RunOf<Twice<One<TLanes>>>();
                    break;
                case 4:
                    RunOf<Twice<Twice<One<TLanes>>>>();
                    break;
                default:
                    RunOf<Twice<Twice<Twice<One<TLanes>>>>>();
                    break;
            }
        }

        private readonly void RunOf<TPlane>()
            where TPlane : struct, IPlane
        {
            byte* planes = Planes;
            PlaneStep* end = Steps + Count;
            for (PlaneStep* step = Steps; step < end; step++)
            {
                TPlane.Choose(
                    planes + ((nuint)step->Mask * (uint)TPlane.Bytes),
                    planes + ((nuint)step->Right * (uint)TPlane.Bytes),
                    planes + ((nuint)step->Left * (uint)TPlane.Bytes),
                    planes + ((nuint)step->Target * (uint)TPlane.Bytes));
            }
        }
    }

    private struct Codes : IPlaneWork
    {
        public ushort* Bits;
        public byte* Numbers;
        public byte* Planes;
        public int PlaneBytes;
        public byte* Target;

        public readonly void Run<TLanes>()
            where TLanes : struct, IBitLanes<TLanes>
        {
            for (int at = 0; at < PlaneBytes; at += TLanes.Bytes)
            {
                TLanes b0 = Plane<TLanes>(0, at), b1 = Plane<TLanes>(1, at), b2 = Plane<TLanes>(2, at), b3 = Plane<TLanes>(3, at);
                TLanes b4 = Plane<TLanes>(4, at), b5 = Plane<TLanes>(5, at), b6 = Plane<TLanes>(6, at), b7 = Plane<TLanes>(7, at);
                TurnKernel.Turn(ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
                if (Numbers != null)
                {
                    (b0, b1, b2, b3) = (TLanes.Pick(Numbers, b0), TLanes.Pick(Numbers, b1), TLanes.Pick(Numbers, b2), TLanes.Pick(Numbers, b3));
                    (b4, b5, b6, b7) = (TLanes.Pick(Numbers, b4), TLanes.Pick(Numbers, b5), TLanes.Pick(Numbers, b6), TLanes.Pick(Numbers, b7));
                }

                byte* target = Target + (8 * at);
                b0.Store(target);
                b1.Store(target + TLanes.Bytes);
                b2.Store(target + (2 * TLanes.Bytes));
                b3.Store(target + (3 * TLanes.Bytes));
                b4.Store(target + (4 * TLanes.Bytes));
                b5.Store(target + (5 * TLanes.Bytes));
                b6.Store(target + (6 * TLanes.Bytes));
                b7.Store(target + (7 * TLanes.Bytes));
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly TLanes Plane<TLanes>(int bit, int at)
            where TLanes : struct, IBitLanes<TLanes> => TLanes.Load(Planes + ((nint)Bits[bit] * PlaneBytes) + at);
    }

    /// <summary>A plane of a number of registers that the compiler knows.</summary>
    private interface IPlane
    {
        public static abstract int Bytes { get; }

        public static abstract void Choose(byte* mask, byte* right, byte* left, byte* target);
    }

    private readonly struct One<TLanes> : IPlane
        where TLanes : struct, IBitLanes<TLanes>
    {
        public static int Bytes => TLanes.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Choose(byte* mask, byte* right, byte* left, byte* target) =>
            TLanes.Select(TLanes.Load(mask), TLanes.Load(right), TLanes.Load(left)).Store(target);
    }

    private readonly struct Twice<TPlane> : IPlane
        where TPlane : struct, IPlane
    {
        public static int Bytes => 2 * TPlane.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Choose(byte* mask, byte* right, byte* left, byte* target)
        {
            TPlane.Choose(mask, right, left, target);
            TPlane.Choose(mask + TPlane.Bytes, right + TPlane.Bytes, left + TPlane.Bytes, target + TPlane.Bytes);
        }
    }
}
