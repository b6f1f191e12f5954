using System;
using System.Numerics;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>A block of rows, feature after feature, as the model sees them.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
/// <param name="forest">The model.</param>
/// <param name="values">Room for every feature, <paramref name="pitch"/> apart.</param>
/// <param name="pitch">Rows that there is room for, a multiple of any register's lanes; 1 where nothing is decided.</param>
internal readonly unsafe struct SplitColumns<T>(Forest forest, T* values, int pitch)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Takes rows in; the room behind them becomes rows without values.</summary>
    public void Fill<TRow>(RowBlock<TRow> rows)
        where TRow : unmanaged, INumberBase<TRow>
    {
        for (int row = 0; row < rows.Count; row++)
        {
            ReadOnlySpan<TRow> from = rows[row];
            for (int feature = 0; feature < forest.FeatureCount; feature++)
            {
                values[((nint)feature * pitch) + row] = T.CreateTruncating(Reference.Read(forest, from, feature));
            }
        }

        for (int feature = 0; feature < forest.FeatureCount; feature++)
        {
            new Span<T>(values + ((nint)feature * pitch), pitch)[rows.Count..].Fill(T.NaN);
        }
    }

    /// <summary>Decides a split: 1 where a row goes left, else 0.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="node">The split.</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">Rows, a multiple of a register's lanes.</param>
    /// <param name="turns">Receives the turns.</param>
    public void Decide<TLanes>(Tree tree, in Node node, int first, int rows, T* turns)
        where TLanes : struct, ILanes<TLanes, T>
    {
        T* column = values + ((nint)node.Feature * pitch) + first;
        T threshold = T.CreateTruncating(node.Value);
        if (node.Test is NodeTest.Less or NodeTest.LessOrEqual && double.CreateTruncating(threshold) == node.Value)
        {
            SplitTest<T> test = new(
                threshold,
                IncludesEqual: node.Test == NodeTest.LessOrEqual,
                PassesNaN: Reference.GoesLeft(tree, node, double.NaN),
                TinyIsMissing: node.Missing == MissingRule.ZeroGoesDefault,
                T.CreateTruncating(Reference.TinyBound));
            ClassKernel<TLanes, T>.Decide(column, rows, test, turns);
            return;
        }

        for (int row = 0; row < rows; row++)
        {
            turns[row] = Reference.GoesLeft(tree, node, double.CreateTruncating(column[row])) ? T.One : T.Zero;
        }
    }
}
