using System;
using System.Numerics;

namespace Inference.Kernels;

/// <summary>The rows of a plane, and the registers that work on it.</summary>
internal static class PlaneWidth
{
    /// <summary>The most registers of a plane.</summary>
    private const int MostRegisters = 8;

    /// <summary>The most rows of a plane, whatever the registers.</summary>
    private const int MostRows = 2048;

    /// <summary>The rows of a register.</summary>
    public static int RegisterRows => LaneWidth.Is512 ? 512 : LaneWidth.Is256 ? 256 : LaneWidth.Is128 ? 128 : 64;

    /// <summary>The most rows of a plane.</summary>
    public static int MaxRows => Math.Min(MostRegisters * RegisterRows, MostRows);

    /// <summary>The rows of the smallest plane for so many, if there is one: a power of two.</summary>
    public static int RowsFor(int rows) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(rows, RegisterRows, MaxRows));

    /// <summary>Runs work with the widest registers that the processor has.</summary>
    public static void Run<TWork>(ref TWork work)
        where TWork : struct, IPlaneWork
    {
        if (LaneWidth.Is512)
        {
            work.Run<BitLanes512>();
        }
        else if (LaneWidth.Is256)
        {
            work.Run<BitLanes256>();
        }
        else if (LaneWidth.Is128)
        {
            work.Run<BitLanes128>();
        }
        else
        {
            work.Run<BitLanes64>();
        }
    }
}
