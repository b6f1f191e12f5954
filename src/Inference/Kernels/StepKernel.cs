using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

// From the leaves to the root: of each split it is known what each bit of the codes below it is, a constant or a plane, once that is known
// of both its sides. All eight bits are joined at once; what has to be chosen row by row becomes a step. A step writes over one of the two planes
// that it chooses between, which nobody else reads, unless both are masks or constants: then it takes one of the eight slots that its bit has. Of a word of
// 64 bits each byte says which slots of a bit are free, so that those of all bits are taken and given back by a few instructions. How many steps
// a split has cannot be foretold; nothing here jumps on it.

/// <summary>Finds the steps that lead from the masks of a tree's splits to the codes of its leaves: see <see cref="PlaneKernel"/>.</summary>
internal static unsafe class StepKernel
{
    private const int Bits = PlaneStep.MaxCodeBits;
    private const ulong EachByte = 0x0101010101010101;
    private const ulong TopOfBytes = 0x8080808080808080;

    /// <summary>The bytes of working memory for a chunk of so many splits.</summary>
    public static int RoomFor(int splits) => (splits * (sizeof(CodeBits) + sizeof(ulong) + (Bits * sizeof(ushort)))) + (4 * StepsFor(splits) * sizeof(ushort));

    /// <summary>The most steps of so many splits, and what is written behind them.</summary>
    private static int StepsFor(int splits) => (splits + 1) * Bits;

    /// <summary>Finds the steps of a chunk, and behind them those that say which planes its codes are.</summary>
    /// <param name="joins">Its splits, each behind both its sides.</param>
    /// <param name="count">How many.</param>
    /// <param name="start">The place of the first of them in the order of the tree.</param>
    /// <param name="ends">The codes of each end of the tree.</param>
    /// <param name="masks">The mask of each split of the tree.</param>
    /// <param name="room">Working memory, <see cref="RoomFor"/> bytes, which holds the steps then.</param>
    /// <returns>How many steps, without those behind them.</returns>
    public static int Find(CodeJoin* joins, int count, int start, CodeEnd* ends, ushort* masks, byte* room)
    {
        Lists lists = new(room, count);
        ushort* planes = (ushort*)lists.End;
        ulong* slots = (ulong*)(planes + (Bits * count));
        CodeBits* bits = (CodeBits*)(slots + count);
        ulong free = ulong.MaxValue;
        nint steps = 0;
        for (int place = 0; place < count; place++)
        {
            CodeJoin join = joins[place];
            CodeBits left = Enter(join.Left, start, ends, bits, planes, slots, out ushort* leftPlanes, out ulong leftSlots);
            CodeBits right = Enter(join.Right, start, ends, bits, planes, slots, out ushort* rightPlanes, out ulong rightSlots);
            bits[place] = CodeBits.Join(left, right, out uint isMask, out uint isStep);

            // Of two slots the left one is given back, and where there is none another is taken: the lowest free one of each byte.
            ulong given = leftSlots & CodePlanes.BytesOf(isStep & left.Slots & right.Slots);
            uint isFresh = isStep & ~(left.Slots | right.Slots);
            ulong taken = free & (((~free & ~TopOfBytes) + EachByte) ^ (~free & TopOfBytes)) & CodePlanes.BytesOf(isFresh);
            free ^= taken | given;
            slots[place] = (leftSlots | rightSlots | taken) ^ given;

            Vector128<ushort> mask = Vector128.Create(masks[join.Split]);
            Vector128<ushort> ofLeft = Vector128.Load(leftPlanes);
            Vector128<ushort> ofRight = Vector128.Load(rightPlanes);
            Vector128<ushort> joined = CodePlanes.Select(left.Matters, ofLeft, ofRight);
            joined = CodePlanes.Select(isMask, mask, joined);
            joined = CodePlanes.Select(isStep & right.Slots, ofRight, joined);
            joined = CodePlanes.Select(isFresh, CodePlanes.OfSlots(taken), joined);
            joined.Store(planes + (Bits * place));

            mask.Store(lists.Masks + steps);
            CodePlanes.Choose(isStep, ofRight).Store(lists.Ones + steps);
            CodePlanes.Choose(isStep, ofLeft).Store(lists.Zeros + steps);
            CodePlanes.Choose(isStep, joined).Store(lists.Targets + steps);
            steps += BitOperations.PopCount(isStep);
        }

        // Those behind them say of three bits each which planes they are.
        ushort* codes = planes + (Bits * (count - 1));
        for (int bit = 0; bit < Bits; bit += PlaneStep.CodeSteps)
        {
            nint step = steps + (bit / PlaneStep.CodeSteps);
            (lists.Masks[step], lists.Ones[step], lists.Zeros[step]) = (codes[bit], codes[bit + 1], bit + 2 < Bits ? codes[bit + 2] : (ushort)PlaneStep.Zeros);
            lists.Targets[step] = 0;
        }

        return (int)steps;
    }

    /// <summary>Writes down the steps that <see cref="Find"/> has found.</summary>
    /// <param name="room">The working memory.</param>
    /// <param name="count">The splits of the chunk.</param>
    /// <param name="steps">How many steps, without those behind them.</param>
    /// <param name="format">How steps stand in memory.</param>
    /// <param name="target">Receives them, those behind them too, and <see cref="StepFormat.Slack"/>.</param>
    public static void Write(byte* room, int count, int steps, StepFormat format, byte* target)
    {
        Lists lists = new(room, count);
        nint stepBytes = format.Bytes;
        for (nint step = 0; step < steps + PlaneStep.CodeSteps; step++)
        {
            PlaneStep fields = new() { Mask = lists.Masks[step], Right = lists.Ones[step], Left = lists.Zeros[step], Target = (byte)lists.Targets[step] };
            StepFormat.Write(target + (step * stepBytes), format.Pack(fields));
        }
    }

    /// <summary>What is known of a side: an end, or a split that has been joined.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static CodeBits Enter(int side, int start, CodeEnd* ends, CodeBits* bits, ushort* planes, ulong* slots, out ushort* sidePlanes, out ulong sideSlots)
    {
        // Which it is cannot be foretold.
        int isEnd = -(side >> 15);
        int place = (side - start) & ~isEnd;
        CodeEnd end = ends[side & (CodeJoin.IsEnd - 1) & isEnd];
        sidePlanes = (ushort*)Choice.Of(isEnd, (ulong)CodePlanes.Of(end.First), (ulong)(planes + (Bits * place)));
        sideSlots = slots[place] & (ulong)(long)~isEnd;
        return new(Choice.Of(isEnd, CodeBits.Of(end).Packed, bits[place].Packed));
    }

    /// <summary>The fields of steps, one list for each.</summary>
    private readonly struct Lists(byte* room, int splits)
    {
        public ushort* Masks => (ushort*)room;

        public ushort* Ones => Masks + StepsFor(splits);

        public ushort* Zeros => Ones + StepsFor(splits);

        public ushort* Targets => Zeros + StepsFor(splits);

        public byte* End => (byte*)(Targets + StepsFor(splits));
    }
}
