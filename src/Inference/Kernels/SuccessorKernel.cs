using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// A tree of any shape, up to 255 splits, in order of depth first. Each split has two successors: the split to the left, the
// split to the right, and in place of a leaf itself. One compare decides 64 splits, one select writes down for each of them
// which split comes next. What is left is a walk with one load of a byte for each level, and no jump that depends on the row:
// it takes as many steps as the tree is deep, and stays where it has arrived. A processor passes a register that was stored on
// to loads of its bytes only when it has reached the cache, so eight trees are decided first, and then walked side by side.

/// <summary>Finds one row's leaves in trees whose splits know their successors.</summary>
internal static unsafe class SuccessorKernel
{
    /// <summary>The splits of a register.</summary>
    public const int Width = 64;

    /// <summary>The most registers of a tree.</summary>
    public const int MaxRegisters = 4;

    /// <summary>The bytes of a register: columns, thresholds, right successors.</summary>
    public const int RegisterBytes = 3 * Width;

    /// <summary>Trees that are walked together.</summary>
    public const int Together = 8;

    /// <summary>Where a room has the decisions.</summary>
    public const int TakenOffset = MaxRegisters * Width;

    /// <summary>The bytes that a tree's successors and decisions take. Not a power of two, so that rooms do not share the same places of the cache.</summary>
    public const int RoomBytes = TakenOffset + Width;

    /// <summary>The most byte columns of a row.</summary>
    public const int MaxColumns = 128;

    /// <summary>Set in a column where a leaf is on the split's left: so many columns need no more bits.</summary>
    public const int LeftLeaf = 128;

    /// <summary>The bytes of a tree: its registers, then for each split the leaf on its left and the leaf on its right, where there is one.</summary>
    public static int BytesFor(int splits) => (RegistersFor(splits) * RegisterBytes) + (((2 * splits) + Width - 1) / Width * Width);

    /// <summary>The registers of so many splits.</summary>
    public static int RegistersFor(int splits) => (splits + Width - 1) / Width;

    /// <summary>Decides every split of a tree.</summary>
    /// <param name="data">The tree's bytes.</param>
    /// <param name="registers">Its registers.</param>
    /// <param name="ranks">The row's ranks.</param>
    /// <param name="outside">The splits of the first register that test sets which the row is not in.</param>
    /// <param name="room">Receives the successor of each split and, behind <see cref="TakenOffset"/>, its decision, a bit: <see cref="RoomBytes"/>, aligned.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decide<TRanks>(byte* data, int registers, TRanks ranks, ulong outside, byte* room)
        where TRanks : struct, IRowRanks
    {
        Vector512<sbyte> behind = Vector512<sbyte>.Indices + Vector512<sbyte>.One;
        ulong* taken = (ulong*)(room + TakenOffset);
        if (outside != 0)
        {
            Vector512<sbyte> columns = Vector512.Load((sbyte*)data);
            *taken++ = Choose(data, columns, Vector512.GreaterThan(ranks.Pick(columns), Vector512.Load((sbyte*)data + Width)) | Spread(outside), behind, room);
            behind += Vector512.Create((sbyte)Width);
            data += RegisterBytes;
            room += Width;
            registers--;
        }

        for (byte* end = data + (registers * RegisterBytes); data < end; data += RegisterBytes)
        {
            Vector512<sbyte> columns = Vector512.Load((sbyte*)data);
            *taken++ = Choose(data, columns, Vector512.GreaterThan(ranks.Pick(columns), Vector512.Load((sbyte*)data + Width)), behind, room);
            behind += Vector512.Create((sbyte)Width);
            room += Width;
        }
    }

    /// <summary>Writes the successors of a register's splits, and returns where the row goes right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Choose(byte* data, Vector512<sbyte> columns, Vector512<sbyte> right, Vector512<sbyte> behind, byte* room)
    {
        // On the left the split behind, in order of depth first, or where a leaf is, the split itself.
        Vector512<sbyte> left = behind + Vector512.LessThan(columns, Vector512<sbyte>.Zero);
        Vector512.ConditionalSelect(right, Vector512.Load((sbyte*)data + (2 * Width)), left).Store((sbyte*)room);
        return right.ExtractMostSignificantBits();
    }

    /// <summary>Walks eight decided trees to their last splits.</summary>
    /// <param name="rooms">Eight rooms, one behind the other.</param>
    /// <param name="depth">The splits on the longest path of all of them.</param>
    /// <param name="splits">Receives the last split of each.</param>
    public static void Walk(byte* rooms, int depth, nuint* splits)
    {
        nuint a = 0;
        nuint b = 0;
        nuint c = 0;
        nuint d = 0;
        nuint e = 0;
        nuint f = 0;
        nuint g = 0;
        nuint h = 0;
        for (int step = 1; step < depth; step++)
        {
            a = rooms[a];
            b = (rooms + RoomBytes)[b];
            c = (rooms + (2 * RoomBytes))[c];
            d = (rooms + (3 * RoomBytes))[d];
            e = (rooms + (4 * RoomBytes))[e];
            f = (rooms + (5 * RoomBytes))[f];
            g = (rooms + (6 * RoomBytes))[g];
            h = (rooms + (7 * RoomBytes))[h];
        }

        splits[0] = a;
        splits[1] = b;
        splits[2] = c;
        splits[3] = d;
        splits[4] = e;
        splits[5] = f;
        splits[6] = g;
        splits[7] = h;
    }

    /// <summary>The leaf below a tree's last split.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Leaf(byte* data, int registers, byte* room, nuint split) =>
        data[(registers * RegisterBytes) + (2 * (int)split) + (int)((((ulong*)(room + TakenOffset))[split / Width] >> (int)split) & 1)];

    /// <summary>A byte of ones for each bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<sbyte> Spread(ulong bits)
    {
        Vector512<byte> bytes = Avx512Vbmi.PermuteVar64x8(Vector512.Create(bits).AsByte(), Vector512<byte>.Indices >>> 3);
        Vector512<byte> bit = Vector512.Create(0x8040201008040201).AsByte();
        return Vector512.Equals(bytes & bit, bit).AsSByte();
    }
}
