using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>Turns eight registers of bytes into eight registers of bits, and back.</summary>
internal static class TurnKernel
{
    /// <summary>
    /// Byte j of the eight registers is a square of bits, its rows the registers, which changes rows and columns: bit i of byte j of
    /// register b becomes bit b of byte j of register i.
    /// </summary>
    /// <remarks>Halves of each square trade places, then quarters, then bits (Warren, "Hacker's Delight", 2nd edition, section 7-3).</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Turn<TLanes>(
        ref TLanes b0, ref TLanes b1, ref TLanes b2, ref TLanes b3, ref TLanes b4, ref TLanes b5, ref TLanes b6, ref TLanes b7)
        where TLanes : struct, IBitLanes<TLanes>
    {
        TLanes fours = TLanes.Broadcast(0x0f0f0f0f0f0f0f0f);
        Trade(ref b0, ref b4, 4, fours);
        Trade(ref b1, ref b5, 4, fours);
        Trade(ref b2, ref b6, 4, fours);
        Trade(ref b3, ref b7, 4, fours);
        TLanes twos = TLanes.Broadcast(0x3333333333333333);
        Trade(ref b0, ref b2, 2, twos);
        Trade(ref b1, ref b3, 2, twos);
        Trade(ref b4, ref b6, 2, twos);
        Trade(ref b5, ref b7, 2, twos);
        TLanes ones = TLanes.Broadcast(0x5555555555555555);
        Trade(ref b0, ref b1, 1, ones);
        Trade(ref b2, ref b3, 1, ones);
        Trade(ref b4, ref b5, 1, ones);
        Trade(ref b6, ref b7, 1, ones);
    }

    /// <summary>One square in a word: bit i of byte j becomes bit j of byte i.</summary>
    public static ulong Turn(ulong square)
    {
        ulong difference = (square ^ (square >> 7)) & 0x00aa00aa00aa00aa;
        square ^= difference ^ (difference << 7);
        difference = (square ^ (square >> 14)) & 0x0000cccc0000cccc;
        square ^= difference ^ (difference << 14);
        difference = (square ^ (square >> 28)) & 0x00000000f0f0f0f0;
        return square ^ difference ^ (difference << 28);
    }

    /// <summary>The upper bits under the mask, which is of the lower ones, trade places with the lower bits of another register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Trade<TLanes>(ref TLanes low, ref TLanes high, int bits, TLanes mask)
        where TLanes : struct, IBitLanes<TLanes>
    {
        TLanes difference = ((low >>> bits) ^ high) & mask;
        high ^= difference;
        low ^= difference << bits;
    }
}
