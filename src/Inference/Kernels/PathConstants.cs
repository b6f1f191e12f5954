using System.Numerics;
using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The numbers that paths of few steps divide and multiply by, whatever the tree.</summary>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class PathConstants<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The most steps of a path that there are constants for.</summary>
    public const int MostSteps = 32;

    /// <summary>At n, n as a divisor.</summary>
    public static readonly Divisor<T>* Numbers = MakeNumbers();

    private static readonly T* AllShares = MakeShares();

    private static readonly Divisor<T>* AllShareDivisors = MakeShareDivisors();

    /// <summary>At i, (count - 1 - i) / count, rounded.</summary>
    public static T* Shares(int count) => AllShares + (count * MostSteps);

    /// <summary>The same as divisors.</summary>
    public static Divisor<T>* ShareDivisors(int count) => AllShareDivisors + (count * MostSteps);

    // Never freed: 40 KB for the process where contributions are asked for.
    private static Divisor<T>* MakeNumbers()
    {
        Divisor<T>* numbers = (Divisor<T>*)NativeMemory.AllocZeroed(MostSteps + 1, (nuint)sizeof(Divisor<T>));
        for (int i = 1; i <= MostSteps; i++)
        {
            numbers[i] = new Divisor<T>(T.CreateTruncating(i));
        }

        return numbers;
    }

    private static T* MakeShares()
    {
        T* shares = (T*)NativeMemory.AllocZeroed((MostSteps + 1) * MostSteps, (nuint)sizeof(T));
        for (int count = 1; count <= MostSteps; count++)
        {
            for (int i = 0; i < count - 1; i++)
            {
                shares[(count * MostSteps) + i] = T.CreateTruncating(count - 1 - i) / T.CreateTruncating(count);
            }
        }

        return shares;
    }

    private static Divisor<T>* MakeShareDivisors()
    {
        Divisor<T>* divisors = (Divisor<T>*)NativeMemory.AllocZeroed((MostSteps + 1) * MostSteps, (nuint)sizeof(Divisor<T>));
        for (int i = 0; i < (MostSteps + 1) * MostSteps; i++)
        {
            divisors[i] = AllShares[i] > T.Zero ? new Divisor<T>(AllShares[i]) : default;
        }

        return divisors;
    }
}
