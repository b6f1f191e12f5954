using System;
using System.Runtime.InteropServices;
using Inference;

namespace Hosts;

/// <summary>What a C program calls after it has started .NET.</summary>
internal static unsafe class HostEntry
{
    private static Served? _served;

    /// <summary>Loads a model.</summary>
    /// <param name="model">The path, UTF-8.</param>
    /// <param name="policy">0 refuses in a forked child, 1 answers from the managed engine.</param>
    /// <returns>0, or 100 for an exception, which is printed.</returns>
    [UnmanagedCallersOnly]
    public static int Load(byte* model, int policy)
    {
        try
        {
            _served = new Served(Marshal.PtrToStringUTF8((nint)model)!, (ForkPolicy)policy);
            return 0;
        }
        catch (Exception exception)
        {
            Console.WriteLine(exception);
            return 100;
        }
    }

    /// <summary>Predicts.</summary>
    /// <returns>The <see cref="Outcome"/>, or 100 for an exception, which is printed.</returns>
    [UnmanagedCallersOnly]
    public static int Predict()
    {
        try
        {
            return (int)_served!.Predict();
        }
        catch (Exception exception)
        {
            Console.WriteLine(exception);
            return 100;
        }
    }
}
