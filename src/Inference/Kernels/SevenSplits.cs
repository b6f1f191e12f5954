using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Inference.Kernels;

// Three levels of a tree are seven decisions, seven bits, and a table of 128 bytes says where a row leaves them: one load in
// the place of three steps that wait for each other. The order is a heap's: bit 0 the root, bits 1 and 2 its children, bits 3 to 6 theirs.

/// <summary>Seven splits that are decided at once.</summary>
internal static unsafe class SevenSplits
{
    /// <summary>The levels.</summary>
    public const int Levels = 3;

    /// <summary>The ways out.</summary>
    public const int Exits = 1 << Levels;

    /// <summary>The bytes of the splits: eight columns and eight thresholds, the last of which are not used.</summary>
    public const int Bytes = 2 * Exits;

    /// <summary>The way out by decisions, and behind <see cref="Decisions"/> of them eight times it.</summary>
    public static readonly byte* ExitOf = FillExits();

    /// <summary>As many decisions as there are of seven splits.</summary>
    public const int Decisions = 128;

    /// <summary>The place of a split by its entry in a heap, 1 to 7.</summary>
    public static int PlaceOf(int entry) => entry - 1;

    /// <summary>Decides the splits: a bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Decide<TRanks>(byte* splits, TRanks ranks)
        where TRanks : struct, IRowRanks
    {
        Vector128<sbyte> columns = Vector128.CreateScalarUnsafe(*(ulong*)splits).AsSByte();
        Vector128<sbyte> thresholds = Vector128.CreateScalarUnsafe(*(ulong*)(splits + Exits)).AsSByte();
        Vector128<sbyte> picked = ranks.Pick(columns.ToVector256Unsafe().ToVector512Unsafe()).GetLower().GetLower();
        return Vector128.GreaterThan(picked, thresholds).ExtractMostSignificantBits() & (Decisions - 1);
    }

    private static byte* FillExits()
    {
        // Never freed: 256 bytes for the process.
        byte* exits = (byte*)NativeMemory.AlignedAlloc(2 * Decisions, 64);
        for (int decisions = 0; decisions < Decisions; decisions++)
        {
            int entry = 1;
            for (int level = 0; level < Levels; level++)
            {
                entry = (2 * entry) + ((decisions >> PlaceOf(entry)) & 1);
            }

            exits[decisions] = (byte)(entry - Exits);
            exits[Decisions + decisions] = (byte)(Exits * (entry - Exits));
        }

        return exits;
    }
}
