using System;
using System.Runtime.InteropServices;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests;

/// <summary>Outputs that lie where inputs do, and tables beyond 2 GB.</summary>
public class SharedMemoryTests
{
    [Fact]
    public void An_output_within_the_rows_or_the_base_margins_is_refused()
    {
        using Booster booster = SmallModel.Load(1);
        float[] memory = new float[8];
        Assert.Contains("same memory as the rows", Assert.Throws<ArgumentException>(() => booster.Predict(memory.AsSpan(0, 4), memory.AsSpan(3, 4))).Message, StringComparison.Ordinal);
        Assert.Contains("same memory as the rows", Assert.Throws<ArgumentException>(() => booster.Predict(memory.AsSpan(3, 4), memory.AsSpan(0, 4))).Message, StringComparison.Ordinal);
        booster.Predict(memory.AsSpan(0, 4), memory.AsSpan(4, 4));
        booster.Predict(memory.AsSpan(4, 4), memory.AsSpan(0, 4));

        float[] rows = new float[4];
        Assert.Contains("same memory as the base margins", Assert.Throws<ArgumentException>(() => booster.PredictMargin(rows, memory.AsSpan(0, 4), new PredictOptions { BaseMargin = memory.AsSpan(0, 4) })).Message, StringComparison.Ordinal);
        Assert.Contains("same memory as the base margins", Assert.Throws<ArgumentException>(() => booster.PredictMargin(rows, memory.AsSpan(0, 4), new PredictOptions { BaseMargin = memory.AsSpan(3, 4) })).Message, StringComparison.Ordinal);
        Assert.Contains("same memory as the base margins", Assert.Throws<ArgumentException>(() => booster.PredictLeaf(rows, MemoryMarshal.Cast<float, int>(memory.AsSpan(0, 4)), new PredictOptions { BaseMargin = memory.AsSpan(3, 4) })).Message, StringComparison.Ordinal);
        booster.PredictMargin(rows, memory.AsSpan(0, 4), new PredictOptions { BaseMargin = memory.AsSpan(4, 4) });
    }

    [Fact]
    public unsafe void A_table_may_be_larger_than_2_GB()
    {
        // Reserved, and hardly touched: the system gives memory where it is read.
        const int Rows = 10, Stride = 60_000_000;
        float* table = (float*)NativeMemory.AllocZeroed((nuint)Rows * Stride, sizeof(float));
        try
        {
            for (int row = 0; row < Rows; row++)
            {
                table[(nint)row * Stride] = row % 2;
            }

            using Booster booster = SmallModel.Load(1);
            float[] margins = new float[Rows];
            booster.PredictMargin(new ReadOnlySpan<float>(table, Rows * Stride), margins, new PredictOptions { RowStride = Stride });
            Assert.Equal([1f, 2, 1, 2, 1, 2, 1, 2, 1, 2], margins);
            Assert.Throws<ArgumentException>(() => booster.PredictMargin(new ReadOnlySpan<float>(table, Rows * Stride), new Span<float>(table + ((nint)(Rows - 1) * Stride), Rows), new PredictOptions { RowStride = Stride }));
        }
        finally
        {
            NativeMemory.Free(table);
        }
    }
}
