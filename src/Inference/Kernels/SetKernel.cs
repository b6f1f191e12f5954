using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Inference.Kernels;

/// <summary>Tests categories for membership in sets of up to 510 codes.</summary>
/// <remarks>A code is split in two bytes, which byte of the set and which bit of that byte, once for all sets of its feature.</remarks>
internal static unsafe class SetKernel
{
    /// <summary>The bytes of a set: 512 bits.</summary>
    public const int SetBytes = 64;

    /// <summary>The codes from here on are no categories.</summary>
    public const int CodeLimit = 510;

    /// <summary>The code of a value that is no category: negative, too large, infinite.</summary>
    public const int Outside = 510;

    /// <summary>The code of NaN.</summary>
    public const int Missing = 511;

    /// <summary>The code of a value.</summary>
    /// <param name="value">The value as the model sees it.</param>
    /// <param name="truncates">Whether values between -1 and 0 are category 0 (LightGBM), or none (XGBoost).</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CodeOf(double value, bool truncates)
    {
        if (double.IsNaN(value))
        {
            return Missing;
        }

        bool isCode = value < CodeLimit && (truncates ? value > -1 : value >= 0);
        return isCode ? (int)value : Outside;
    }

    /// <summary>Writes a code where <see cref="Run"/> reads it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreCode(sbyte* codes, int pitch, int place, int code)
    {
        codes[place] = (sbyte)(code >> 3);
        codes[pitch + place] = (sbyte)(1 << (code & 7));
    }

    /// <summary>Runs the set tests of a tree over a block of rows.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="pitch">Bytes from one column to the next.</param>
    /// <param name="steps">The tests.</param>
    /// <param name="count">Their number.</param>
    /// <param name="sets">All sets.</param>
    /// <param name="rows">The rows, a multiple of 64.</param>
    public static void Run(sbyte* columns, int pitch, SetStep* steps, int count, byte* sets, int rows)
    {
        for (SetStep* step = steps; step < steps + count; step++)
        {
            byte* bytes = (byte*)columns + ((nuint)step->Codes * (uint)pitch);
            byte* bits = bytes + pitch;
            byte* target = (byte*)columns + ((nuint)step->Target * (uint)pitch);
            byte* set = sets + ((nint)step->Set * SetBytes);
            if (Avx512Vbmi.IsSupported)
            {
                Vector512<byte> table = Vector512.Load(set);
                for (int row = 0; row < rows; row += 64)
                {
                    Vector512<byte> found = Avx512Vbmi.PermuteVar64x8(table, Vector512.Load(bytes + row)) & Vector512.Load(bits + row);
                    (Vector512.Equals(found, Vector512<byte>.Zero) & Vector512<byte>.One).Store(target + row);
                }
            }
            else if (Avx2.IsSupported)
            {
                Run256(set, bytes, bits, target, rows);
            }
            else
            {
                for (int row = 0; row < rows; row++)
                {
                    target[row] = (set[bytes[row]] & bits[row]) == 0 ? (byte)1 : (byte)0;
                }
            }
        }
    }

    /// <summary>A shuffle looks up sixteen bytes: a set is four of them, and the two bits of a byte's number above the lowest four choose.</summary>
    private static void Run256(byte* set, byte* bytes, byte* bits, byte* target, int rows)
    {
        Vector256<byte> first = Table256(set);
        Vector256<byte> second = Table256(set + 16);
        Vector256<byte> third = Table256(set + 32);
        Vector256<byte> fourth = Table256(set + 48);
        for (int row = 0; row < rows; row += 32)
        {
            // Shuffles read four bits of each byte, blends the highest one.
            Vector256<byte> number = Vector256.Load(bytes + row);
            Vector256<byte> sixteens = number & Vector256.Create((byte)15);
            Vector256<byte> odd = (number.AsInt16() << 3).AsByte();
            Vector256<byte> low = Avx2.BlendVariable(Avx2.Shuffle(first, sixteens), Avx2.Shuffle(second, sixteens), odd);
            Vector256<byte> high = Avx2.BlendVariable(Avx2.Shuffle(third, sixteens), Avx2.Shuffle(fourth, sixteens), odd);
            Vector256<byte> found = Avx2.BlendVariable(low, high, (number.AsInt16() << 2).AsByte()) & Vector256.Load(bits + row);
            (Vector256.Equals(found, Vector256<byte>.Zero) & Vector256<byte>.One).Store(target + row);
        }
    }

    private static Vector256<byte> Table256(byte* set) => Vector256.Create(Vector128.Load(set), Vector128.Load(set));
}
