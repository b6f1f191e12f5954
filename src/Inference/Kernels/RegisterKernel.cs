using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

// The splits of a tree stand in a register from left to right, so that the leaf on the left of entry i is leaf i and the one on
// its right leaf i + 1. One compare decides them all, one select gives each its successor: the split that comes next, or
// itself where a leaf does. A byte permute of the successors by themselves takes every entry two steps, the next four, and
// so on: four of them do for sixteen levels, for all 64 entries and whatever the row is. Two trees of 32 leaves share them,
// or four of 16, or eight of 8, each in a slot of its own; the last entry of a slot, which no split needs, begins where the root does.

/// <summary>Finds one row's leaves in trees of any shape and up to 64 leaves, several of them at once where they fit.</summary>
internal static unsafe class RegisterKernel
{
    /// <summary>The entries of a register.</summary>
    public const int Entries = 64;

    /// <summary>The logarithm of the least entries that a slot has: a register has no more than eight.</summary>
    private const int LeastSlotBits = 3;

    /// <summary>The bytes of a register: columns, thresholds, left and right successors.</summary>
    public const int Bytes = 4 * Entries;

    /// <summary>Where the thresholds begin.</summary>
    public const int Thresholds = Entries;

    /// <summary>Where the left successors begin.</summary>
    public const int Left = 2 * Entries;

    /// <summary>Where the right successors begin.</summary>
    public const int Right = 3 * Entries;

    /// <summary>The bits of the slots that trees of so many leaves need.</summary>
    public static int SlotBitsFor(int leaves) => Math.Max(LeastSlotBits, 32 - BitOperations.LeadingZeroCount((uint)leaves - 1));

    /// <summary>The slots of a register.</summary>
    public static int SlotsOf(int slotBits) => Entries >> slotBits;

    /// <summary>The last entries of slots, a byte each.</summary>
    public static ulong EndsOf(int slotBits)
    {
        ulong ends = 0;
        for (int slot = 0; slot < SlotsOf(slotBits); slot++)
        {
            ends |= (ulong)(((slot + 1) << slotBits) - 1) << (8 * slot);
        }

        return ends;
    }

    /// <summary>The permutes that so many levels need.</summary>
    public static int DoublingsFor(int levels) => levels <= 2 ? 0 : BitOperations.Log2((uint)(levels - 2)) + 1;

    /// <summary>Decides a register's splits.</summary>
    /// <param name="register">Its bytes.</param>
    /// <param name="ranks">The row's ranks.</param>
    /// <returns>All ones where the row goes left.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<sbyte> Decide<TRanks>(byte* register, TRanks ranks)
        where TRanks : struct, IRowRanks =>
            Vector512.LessThanOrEqual(ranks.Pick(Vector512.Load((sbyte*)register)), Vector512.Load((sbyte*)register + Thresholds));

    /// <summary>Goes from the last entries of slots, where trees begin, to their leaves.</summary>
    /// <remarks>All in the register: what waits for a row's decisions is few instructions, so that the processor gets to the trees behind meanwhile.</remarks>
    /// <param name="register">The bytes.</param>
    /// <param name="left">All ones where the row goes left.</param>
    /// <param name="doublings">The permutes.</param>
    /// <param name="ends">What <see cref="EndsOf"/> says.</param>
    /// <returns>The leaves by entries, a byte for each slot.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Walk(byte* register, Vector512<byte> left, int doublings, ulong ends)
    {
        Vector512<byte> next = Vector512.ConditionalSelect(left, Vector512.Load(register + Left), Vector512.Load(register + Right));
        for (int i = 0; i < doublings; i++)
        {
            next = Avx512Vbmi.PermuteVar64x8(next, next);
        }

        // On the left of an entry is the leaf of its number, on the right the one behind. All ones are -1.
        Vector512<byte> leaves = left + (Vector512<byte>.Indices + Vector512<byte>.One);
        Vector512<byte> from = Vector128.CreateScalarUnsafe(ends).AsByte().ToVector256Unsafe().ToVector512Unsafe();
        Vector512<byte> entries = Avx512Vbmi.PermuteVar64x8(next, from);
        return Avx512Vbmi.PermuteVar64x8(leaves, entries).AsUInt64().ToScalar();
    }

    /// <summary>A byte of ones for each bit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<sbyte> Spread(ulong bits)
    {
        Vector512<byte> bytes = Avx512Vbmi.PermuteVar64x8(Vector512.Create(bits).AsByte(), Vector512<byte>.Indices >>> 3);
        Vector512<byte> bit = Vector512.Create(0x8040201008040201).AsByte();
        return Vector512.Equals(bytes & bit, bit).AsSByte();
    }
}
