using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>Lays columns of ranks out for single rows.</summary>
internal sealed class RowColumnBuilder
{
    private const int LineEntries = 64 / sizeof(float);

    private readonly List<RowColumn> _columns = [];

    /// <summary>Adds a group's columns and tells the group where they are.</summary>
    /// <param name="group">The group.</param>
    /// <param name="tables">The search tables of blocks in float32; receives those that single rows have for themselves.</param>
    public void Add(RankGroup group, List<float> tables)
    {
        group.FirstRowColumn = _columns.Count;
        Span<float> sorted = stackalloc float[RankKernel.MaxThresholds];
        for (int index = 0; index < group.Columns.Length; index++)
        {
            RankColumn column = group.Columns[index];
            int count = 0;
            for (float next; count < (1 << column.Levels) - 1 && !float.IsNaN(next = tables[column.Table + RankKernel.EntryOf(count, column.Levels)]); count++)
            {
                sorted[count] = next;
            }

            bool isDouble = group.Exact.Length > 0;
            RowSearch search = isDouble ? RowRankKernel.SearchDouble(count) : RowRankKernel.SearchSingle(column.Levels);
            int start = isDouble ? group.Exact[index] : column.Table;
            if (!isDouble && search == RowSearch.Sixteens)
            {
                start = (tables.Count + LineEntries - 1) / LineEntries * LineEntries;
                CollectionsMarshal.SetCount(tables, start + RowRankKernel.TableLength(count));
                RowRankKernel.FillTable(sorted[..count], CollectionsMarshal.AsSpan(tables)[start..]);
            }

            _columns.Add(new RowColumn(column.Feature, start, PlaceOf(column.Low), PlaceOf(column.High), search, column.Tiny));
        }
    }

    private static short PlaceOf(ushort column) => column == RankColumn.None ? RowColumn.None : (short)column;

    /// <summary>All groups' columns.</summary>
    public AlignedArray<RowColumn> BuildColumns() => AlignedArray<RowColumn>.Of(CollectionsMarshal.AsSpan(_columns));
}
