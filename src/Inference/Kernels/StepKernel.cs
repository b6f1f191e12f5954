using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

// From the leaves to the root: of each split it is known what each bit of the codes below it is, a constant or a plane, once that is known
// of both its sides. All eight bits are joined at once; what has to be chosen row by row becomes a step. A step writes over one of the two planes
// that it chooses between, which nobody else reads, unless both are masks or constants.

/// <summary>Finds the steps that lead from the masks of a tree's splits to the codes of its leaves: see <see cref="PlaneKernel"/>.</summary>
internal static unsafe class StepKernel
{
    /// <summary>The bytes of the working memory for a chunk of so many splits.</summary>
    public static int RoomFor(int splits) => splits * (sizeof(uint) + (PlaneStep.MaxCodeBits * sizeof(ushort)));

    /// <summary>Writes the steps of a chunk, and behind them those that say which planes its codes are.</summary>
    /// <param name="joins">Its splits, each behind both its sides.</param>
    /// <param name="count">How many.</param>
    /// <param name="start">The place of the first of them in the order of the tree.</param>
    /// <param name="masks">The mask of each split of the tree.</param>
    /// <param name="room">Working memory, <see cref="RoomFor"/> bytes.</param>
    /// <param name="format">How steps stand in memory.</param>
    /// <param name="target">Receives the steps.</param>
    /// <param name="slots">Receives the number of slots that are in use at once.</param>
    /// <returns>How many steps, without those behind them.</returns>
    public static int Write(CodeJoin* joins, int count, uint start, ushort* masks, byte* room, StepFormat format, byte* target, out int slots)
    {
        ushort* planes = (ushort*)room;
        CodeBits* bits = (CodeBits*)(planes + (PlaneStep.MaxCodeBits * count));
        ushort* sides = stackalloc ushort[2 * PlaneStep.MaxCodeBits];

        // The slots that nobody reads, the next to be taken last; one more at either end, where there is nothing to take or to give back.
        ushort* free = stackalloc ushort[PlaneStep.MostSlots + 2];
        for (int slot = 0; slot < PlaneStep.MostSlots; slot++)
        {
            free[PlaneStep.MostSlots - slot] = (ushort)(PlaneStep.FirstSlot + slot);
        }

        int freeCount = PlaneStep.MostSlots;
        int least = freeCount;
        int planeBits = format.PlaneBits;
        nint stepBytes = format.Bytes;
        byte* next = target;
        for (int place = 0; place < count; place++)
        {
            CodeJoin join = joins[place];
            CodeBits left = Enter(join.Left, start, bits, planes, out Vector128<ushort> leftPlanes);
            CodeBits right = Enter(join.Right, start, bits, planes, out Vector128<ushort> rightPlanes);
            leftPlanes.Store(sides);
            rightPlanes.Store(sides + PlaneStep.MaxCodeBits);
            ushort mask = masks[join.Split];
            bits[place] = CodeBits.Join(left, right, out uint isMask, out uint steps);
            Vector128<ushort> joined = CodePlanes.Select(left.Matters, leftPlanes, rightPlanes);
            joined = CodePlanes.Select(isMask, Vector128.Create(mask), joined);
            joined = CodePlanes.Select(steps & right.Slots, rightPlanes, joined);

            // Of two slots the left one is free then, of none another is taken.
            uint spare = steps & left.Slots & right.Slots;
            uint fresh = steps & ~(left.Slots | right.Slots);
            ulong low = 0;
            ulong high = 0;
            for (uint rest = steps; rest != 0; rest &= rest - 1)
            {
                int bit = BitOperations.TrailingZeroCount(rest);
                uint zeros = sides[bit];
                uint ones = sides[PlaneStep.MaxCodeBits + bit];
                uint taken = free[freeCount];
                uint isFresh = (fresh >> bit) & 1;
                freeCount -= (int)isFresh;
                free[freeCount + 1] = (ushort)zeros;
                freeCount += (int)((spare >> bit) & 1);
                uint slot = Choice.Of(-(int)((right.Slots >> bit) & 1), ones, zeros);
                slot = Choice.Of(-(int)isFresh, taken, slot);
                StepFormat.Write(next, mask | ((ulong)ones << planeBits) | ((ulong)zeros << (2 * planeBits)) | ((ulong)slot << (3 * planeBits)));
                next += stepBytes;
                ulong lane = (ulong)(taken & (0 - isFresh)) << (16 * bit);
                ulong isLow = ((ulong)bit >> 2) - 1;
                low |= lane & isLow;
                high |= lane & ~isLow;
            }

            least = Choice.Of(Choice.Mask(freeCount < least), freeCount, least);
            CodePlanes.Select(fresh, Vector128.Create(low, high).AsUInt16(), joined).Store(planes + (PlaneStep.MaxCodeBits * place));
        }

        int written = (int)((next - target) / stepBytes);
        ushort* codes = planes + (PlaneStep.MaxCodeBits * (count - 1));
        for (int bit = 0; bit < 3 * PlaneStep.CodeSteps; bit += 3)
        {
            ulong third = bit + 2 < PlaneStep.MaxCodeBits ? codes[bit + 2] : (ulong)PlaneStep.Zeros;
            StepFormat.Write(next, codes[bit] | ((ulong)codes[bit + 1] << planeBits) | (third << (2 * planeBits)));
            next += stepBytes;
        }

        slots = PlaneStep.MostSlots - least;
        return written;
    }

    /// <summary>What is known of a side: an end, or a split that has been joined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeBits Enter(uint side, uint start, CodeBits* bits, ushort* planes, out Vector128<ushort> sidePlanes)
    {
        // Which it is cannot be foretold.
        int isEnd = -(int)(side >> 15);
        uint place = (side - start) & (uint)~isEnd;
        sidePlanes = Vector128.ConditionalSelect(Vector128.Create((ushort)isEnd), CodePlanes.Of(side), Vector128.Load(planes + (PlaneStep.MaxCodeBits * place)));
        uint end = CodeBits.Of((byte)side, (int)((side >> 8) & 15)).Packed;
        return new(Choice.Of(isEnd, end, bits[place].Packed));
    }
}
