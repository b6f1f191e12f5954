using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// A plane holds one bit of each row of a block. Every split has a mask, a plane that says which rows go right; what trees share
// is made once (MaskKernel). A leaf has a code, and the codes of all rows are planes too, one for each bit: from the leaves to the
// root, a split chooses for each bit between the planes of its two sides. Where both sides are constants there is nothing to
// do: left zero and right one is the mask itself. A step costs the same for 512 rows as for one, and there are one to three for each split,
// where a walk pays for every row a load that depends on the last one.
//
// Rows stand in planes as eight registers of bytes turned over give them: see TurnKernel.

/// <summary>Finds the code of each row's leaf in a tree, from the masks of its splits.</summary>
internal static unsafe class PlaneKernel
{
    /// <summary>Runs the steps of a tree.</summary>
    /// <param name="format">How steps stand in memory.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="count">How many.</param>
    /// <param name="planes">The block's planes.</param>
    /// <param name="planeBytes">The bytes of a plane.</param>
    public static void Choose(StepFormat format, byte* steps, int count, byte* planes, int planeBytes)
    {
        Choices work = new() { Format = format, Steps = steps, Count = count, Planes = planes, PlaneBytes = planeBytes };
        PlaneWidth.Run(ref work);
    }

    /// <summary>Turns the planes of codes into bytes.</summary>
    /// <param name="format">How steps stand in memory.</param>
    /// <param name="bits">The planes: see <see cref="PlaneStep.CodeSteps"/>.</param>
    /// <param name="planes">The block's planes.</param>
    /// <param name="planeBytes">The bytes of a plane.</param>
    /// <param name="codes">Receives the code of each row, by places.</param>
    public static void Gather(StepFormat format, byte* bits, byte* planes, int planeBytes, byte* codes)
    {
        Codes work = new()
        {
            First = format.Unpack(StepFormat.Read(bits)),
            Second = format.Unpack(StepFormat.Read(bits + format.Bytes)),
            Third = format.Unpack(StepFormat.Read(bits + (2 * format.Bytes))),
            Planes = planes,
            PlaneBytes = planeBytes,
            Target = codes,
        };
        PlaneWidth.Run(ref work);
    }

    private struct Choices : IPlaneWork
    {
        public StepFormat Format;
        public byte* Steps;
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

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void RunOf<TPlane>()
            where TPlane : struct, IPlane
        {
            // A plane's number times its bytes is one shift, to where the product stands, and one "and".
            int shift = BitOperations.Log2((uint)TPlane.Bytes);
            int right = Format.PlaneBits - shift;
            int left = right + Format.PlaneBits;
            int target = left + Format.PlaneBits;
            ulong plane = ((1UL << Format.PlaneBits) - 1) << shift;
            ulong slot = (ulong)byte.MaxValue << shift;
            byte* planes = Planes;
            nint bytes = Format.Bytes;
            byte* end = Steps + (Count * bytes);
            for (byte* step = Steps; step < end; step += bytes)
            {
                ulong fields = StepFormat.Read(step);
                TPlane.Select(planes, (nuint)((fields << shift) & plane), (nuint)((fields >> right) & plane), (nuint)((fields >> left) & plane), (nuint)((fields >> target) & slot));
            }
        }
    }

    private struct Codes : IPlaneWork
    {
        public PlaneStep First;
        public PlaneStep Second;
        public PlaneStep Third;
        public byte* Planes;
        public int PlaneBytes;
        public byte* Target;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<TLanes>()
            where TLanes : struct, IBitLanes<TLanes>
        {
            for (int at = 0; at < PlaneBytes; at += TLanes.Bytes)
            {
                TLanes b0 = Plane<TLanes>(First.Mask, at), b1 = Plane<TLanes>(First.Right, at), b2 = Plane<TLanes>(First.Left, at);
                TLanes b3 = Plane<TLanes>(Second.Mask, at), b4 = Plane<TLanes>(Second.Right, at), b5 = Plane<TLanes>(Second.Left, at);
                TLanes b6 = Plane<TLanes>(Third.Mask, at), b7 = Plane<TLanes>(Third.Right, at);
                TurnKernel.Turn(ref b0, ref b1, ref b2, ref b3, ref b4, ref b5, ref b6, ref b7);
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
        private readonly TLanes Plane<TLanes>(int plane, int at)
            where TLanes : struct, IBitLanes<TLanes> => TLanes.Load(Planes + ((nint)plane * PlaneBytes) + at);
    }

    /// <summary>A plane of a number of registers that the compiler knows.</summary>
    private interface IPlane
    {
        public static abstract int Bytes { get; }

        public static abstract void Select(byte* start, nuint mask, nuint ones, nuint zeros, nuint target);
    }

    private readonly struct One<TLanes> : IPlane
        where TLanes : struct, IBitLanes<TLanes>
    {
        public static int Bytes => TLanes.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Select(byte* start, nuint mask, nuint ones, nuint zeros, nuint target) => TLanes.Select(start, mask, ones, zeros, target);
    }

    private readonly struct Twice<TPlane> : IPlane
        where TPlane : struct, IPlane
    {
        public static int Bytes => 2 * TPlane.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Select(byte* start, nuint mask, nuint ones, nuint zeros, nuint target)
        {
            TPlane.Select(start, mask, ones, zeros, target);
            TPlane.Select(start + TPlane.Bytes, mask, ones, zeros, target);
        }
    }
}
