using System.Runtime.CompilerServices;

namespace Inference.Kernels;

/// <summary>Choices without a jump. Inside a loop the compiler makes a jump of <c>?:</c>, <c>Min</c> and <c>Max</c>, which costs as much as twenty instructions whenever it is guessed wrong.</summary>
internal static class Choice
{
    /// <summary>All ones where a condition holds, else zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Mask(bool condition) => -Unsafe.BitCast<bool, byte>(condition);

    /// <summary>The first number where a mask is all ones, the second where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(int mask, int first, int second) => second ^ ((first ^ second) & mask);

    /// <summary>The first number where a mask is all ones, the second where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Of(int mask, uint first, uint second) => second ^ ((first ^ second) & (uint)mask);

    /// <summary>The first number where a mask is all ones, the second where it is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(int mask, ulong first, ulong second) => second ^ ((first ^ second) & (ulong)(long)mask);
}
