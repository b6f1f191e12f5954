using System;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;

/// <summary>What the shortest program is given: eight rows of ten float32 columns, and room for eight scores.</summary>
internal static partial class Program
{
    private const int Columns = 10;

    // NumPy's header of such a file is 128 bytes; what follows is the array.
    private static float[] rows { get; } = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes("risk.npy").AsSpan(128)).ToArray();

    private static float[] row { get; } = rows[..Columns];

    private static float[] scores { get; } = new float[rows.Length / Columns];

    private static void Show(float first, float[] all)
    {
        Console.WriteLine(first.ToString(CultureInfo.InvariantCulture));
        foreach (float score in all)
        {
            Console.WriteLine(score.ToString(CultureInfo.InvariantCulture));
        }
    }
}
