using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>What walks read: of every tree for single rows, of deep trees for blocks too.</summary>
/// <typeparam name="TScore">float or double, the model's precision.</typeparam>
/// <remarks>
/// A walk's row has a value in at least two places: one for splits that send missing values left, where they are minus
/// infinity, and one for those that send them right, where they are infinity. So a step compares and nothing else.
/// </remarks>
internal sealed unsafe class PathForest<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    /// <summary>The nodes of trees that ranks score too, with thresholds rounded up to float32.</summary>
    public required AlignedArray<PathNode<float>> Nodes { get; init; }

    /// <summary>The nodes of deep trees.</summary>
    public required AlignedArray<PathNode<TScore>> DeepNodes { get; init; }

    /// <summary>The values in use, ascending: 2 f for feature f, 2 f + 1 for feature f where zero is missing. Each has two places.</summary>
    public required int[] Keys { get; init; }

    /// <summary>Those of <see cref="Keys"/>, by their numbers, that splits test for missing values alone. Each has a place behind those of all keys.</summary>
    public required int[] Missing { get; init; }

    /// <summary>The set tests of all groups: as many as splits test sets.</summary>
    public required int SetCount { get; init; }

    /// <summary>The bits of a link that are the place of a value.</summary>
    public required int ColumnBits { get; init; }

    /// <summary>Whether what LightGBM takes for zero has to be made zero.</summary>
    public required bool MapsTiny { get; init; }

    /// <summary>The memory of all of it.</summary>
    public long Bytes => Nodes.Bytes + DeepNodes.Bytes + ((long)(Keys.Length + Missing.Length) * sizeof(int));

    /// <summary>The places of a row.</summary>
    public int Columns => FirstSet + SetCount;

    /// <summary>The place of the first set test: minus infinity where the row goes left, infinity where it goes right.</summary>
    public int FirstSet => (2 * Keys.Length) + Missing.Length;

    /// <summary>The bits that so many places need.</summary>
    public static int BitsFor(int columns) => Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)(columns - 1)));

    /// <summary>Puts a row into its places, set tests aside.</summary>
    public void Fill<TRow, TValue>(ReadOnlySpan<TRow> row, TValue* places)
        where TRow : unmanaged, INumberBase<TRow>
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
    {
        int done = 0;
        if (typeof(TRow) == typeof(float) && typeof(TValue) == typeof(float))
        {
            fixed (TRow* values = row)
            fixed (int* keys = Keys)
            {
                done = PlaceKernel.Fill((float*)values, row.Length, keys, Keys.Length, MapsTiny, (float)Reference.TinyBound, (float*)places);
            }
        }

        foreach (int key in Keys.AsSpan(done))
        {
            Put(places + (2 * done++), Read<TRow, TValue>(row, key));
        }

        FillMissing<TRow, TValue, TValue>(row, places);
    }

    /// <summary>Puts what is missing of a row into places of its own: infinity where a key's value is, minus infinity where it is not.</summary>
    /// <typeparam name="TRow">The row's precision.</typeparam>
    /// <typeparam name="TRead">The precision in which the model sees the row.</typeparam>
    /// <typeparam name="TValue">That of the places.</typeparam>
    public void FillMissing<TRow, TRead, TValue>(ReadOnlySpan<TRow> row, TValue* places)
        where TRow : unmanaged, INumberBase<TRow>
        where TRead : unmanaged, IFloatingPointIeee754<TRead>
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
    {
        TValue* place = places + (2 * Keys.Length);
        foreach (int key in Missing)
        {
            *place++ = TRead.IsNaN(Read<TRow, TRead>(row, Keys[key])) ? TValue.PositiveInfinity : TValue.NegativeInfinity;
        }
    }

    /// <summary>The value of a key.</summary>
    private TRead Read<TRow, TRead>(ReadOnlySpan<TRow> row, int key)
        where TRow : unmanaged, INumberBase<TRow>
        where TRead : unmanaged, IFloatingPointIeee754<TRead>
    {
        int feature = key >> 1;
        TRead value = feature < row.Length ? TRead.CreateTruncating(row[feature]) : TRead.NaN;
        TinyRule tiny = (key & 1) != 0 ? TinyRule.Missing : MapsTiny ? TinyRule.Zero : TinyRule.Keep;
        return tiny.Fix(value, TRead.CreateTruncating(Reference.TinyBound));
    }

    /// <summary>Puts a value into its two places.</summary>
    public static void Put<TValue>(TValue* places, TValue value)
        where TValue : unmanaged, IFloatingPointIeee754<TValue>
    {
        bool isMissing = TValue.IsNaN(value);
        places[0] = isMissing ? TValue.NegativeInfinity : value;
        places[1] = isMissing ? TValue.PositiveInfinity : value;
    }
}
