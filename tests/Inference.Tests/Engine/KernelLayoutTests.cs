using System;
using System.Linq;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Inference.Kernels;
using Inference.Tests.Properties;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>What is kept in fewer bits than it had comes back as it was.</summary>
public sealed unsafe class KernelLayoutTests
{
    [Fact]
    public void Steps_come_back_from_as_few_bytes_as_planes_allow() => Law.Holds(
        random =>
        {
            int planes = 2 + random.Next(1 << random.Next(1, 17));
            planes = Math.Min(planes, 1 << 16);
            StepFormat format = StepFormat.For(planes);
            PlaneStep step = new()
            {
                Mask = (ushort)random.Next(planes),
                Right = (ushort)random.Next(planes),
                Left = (ushort)random.Next(planes),
                Target = (byte)random.Next(256),
            };

            ulong packed = format.Pack(step);
            Assert.True(packed >> (8 * format.Bytes) == 0, $"{planes} planes: {packed:x} has more than {format.Bytes} bytes");

            // The next step stands behind it.
            ulong read = packed | ((ulong)random.NextInt64() << (8 * format.Bytes));
            PlaneStep found = format.Unpack(read);
            Assert.Equal((step.Mask, step.Right, step.Left, step.Target), (found.Mask, found.Right, found.Left, found.Target));
        },
        share: 300);

    [Fact]
    public void A_square_of_bits_changes_rows_and_columns() => Law.Holds(
        random =>
        {
            ulong bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
            ulong turned = TurnKernel.Turn(bits);
            for (int i = 0; i < 64; i++)
            {
                Assert.Equal((bits >> i) & 1, (turned >> ((i % 8 * 8) + (i / 8))) & 1);
            }
        },
        share: 300);

    [Fact]
    public void Codes_get_the_number_of_the_last_leaf_that_begins_at_or_before_them() => Law.Holds(
        random =>
        {
            int bits = random.Next(1, 9);
            bool ascend = random.Next(2) == 0;
            int leaves = random.Next(1, 1 + Math.Min(1 << bits, ascend ? 256 : random.Next(2) == 0 ? NumberForm.ShortOrder : NumberForm.LongOrder));
            int[] all = [.. Enumerable.Range(0, 1 << bits)];
            random.Shuffle(all);
            byte[] starts = [.. all.Take(leaves).Order().Select(code => (byte)code)];
            byte[] numbers = [.. Enumerable.Range(0, leaves).Select(number => (byte)number)];
            if (!ascend)
            {
                random.Shuffle(numbers);
            }

            NumberForm form = NumberForm.For(bits, leaves, ascend);
            byte[] written = new byte[form.Bytes];
            NumberKernel.Write(form, starts, numbers, written);
            if (!NumberKernel.IsSupported)
            {
                return;
            }

            byte[] codes = [.. Enumerable.Range(0, 64 * random.Next(1, 5)).Select(_ => (byte)random.Next(1 << bits))];
            byte[] found = [.. codes];
            fixed (byte* table = written)
            fixed (byte* rows = found)
            {
                NumberKernel.Run(form, table, rows, found.Length);
            }

            Assert.Equal(codes.Select(code => numbers[Math.Max(0, Array.FindLastIndex(starts, start => start <= code))]), found);
        },
        share: 300);

    /// <summary>Thresholds lie as close together as float64 allows, and values on them and beside them.</summary>
    [Fact]
    public void Float32_ranks_are_mended_to_those_of_float64() => Law.Holds(
        random =>
        {
            double scale = Math.ScaleB(1, random.Next(-1074, 1000));
            double Number() => random.Next(12) switch
            {
                0 => 0,
                1 => double.PositiveInfinity,
                2 => double.NegativeInfinity,
                3 => float.MaxValue * (1 + (random.Next(-2, 3) * 1e-9)),
                4 => random.Next(-3, 4) * double.Epsilon,
                _ => (random.Next(-4, 5) + (random.Next(-3, 4) * 1e-9)) * scale,
            };
            double[] thresholds = [.. Enumerable.Range(0, random.Next(1, random.Next(3) == 0 ? 400 : 40)).Select(_ => Number()).Distinct().Order().Take(RankKernel.MaxThresholds)];
            double[] values = [.. Enumerable.Range(0, 64).Select(_ => random.Next(4) switch
            {
                0 => double.NaN,
                1 => thresholds[random.Next(thresholds.Length)],
                2 => Math.BitIncrement(thresholds[random.Next(thresholds.Length)]),
                _ => Number(),
            })];
            Assert.All(values, value => Assert.Equal(thresholds.Count(threshold => threshold <= value), RankOf(value, thresholds)));
            Assert.Equal(values.Select(value => thresholds.Count(threshold => threshold <= value)), BlockRanks(values, thresholds));
        },
        share: 300);

    /// <summary>All registers round as the scalar does, and the scalar gives the smallest float32 that is not below.</summary>
    [Fact]
    public void Every_register_rounds_up() => Law.Holds(
        random =>
        {
            double[] values = [.. Enumerable.Range(0, 16).Select(_ => random.Next(8) switch
            {
                0 => double.NaN,
                1 => Math.ScaleB(random.NextDouble() - 0.5, random.Next(-1080, 1030)),
                2 => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)),
                3 => new[] { 0, -0.0, double.PositiveInfinity, double.NegativeInfinity, double.MaxValue, double.MinValue, double.Epsilon, -double.Epsilon }[random.Next(8)],
                _ => Math.ScaleB(random.NextDouble() - 0.5, random.Next(-150, 130)),
            })];
            float[] expected = [.. values.Select(RoundedUpValues.One)];
            float[] eight = new float[16];
            float[] sixteen = new float[16];
            fixed (double* from = values)
            {
                RoundedUpValues.Eight(from).CopyTo(eight);
                RoundedUpValues.Eight(from + 8).CopyTo(eight, 8);
                if (Avx512F.IsSupported)
                {
                    RoundedUpValues.Sixteen(from).CopyTo(sixteen);
                }
                else
                {
                    expected.CopyTo(sixteen);
                }
            }

            for (int i = 0; i < values.Length; i++)
            {
                Assert.True(double.IsNaN(values[i]) ? float.IsNaN(expected[i]) : expected[i] >= values[i] && !(MathF.BitDecrement(expected[i]) >= values[i]) | expected[i] == float.NegativeInfinity);
                Assert.Equal(expected[i], eight[i]);
                Assert.Equal(expected[i], sixteen[i]);
            }
        },
        share: 300);

    /// <summary>The rank of a value, as single rows find it; that of the nearest float32 too, which a float32 row would hold.</summary>
    private static int RankOf(double value, double[] thresholds)
    {
        double[] table = new double[RowRankKernel.HeadLength(thresholds.Length) + thresholds.Length + RowRankKernel.Slack];
        Array.Fill(table, double.NaN);
        int head = RowRankKernel.HeadLength(thresholds.Length);
        RowRankKernel.FillHead(thresholds, table.AsSpan(0, head));
        thresholds.CopyTo(table, head);
        RowColumn column = new(0, head - 1, 0, RowColumn.None, RowRankKernel.SearchDouble(thresholds.Length), TinyRule.Keep);
        float single = (float)value;
        int expected = thresholds.Count(threshold => threshold <= single);
        float nearest = single;
        sbyte rank;
        fixed (double* tables = table)
        {
            RowRankKernel.Fill(&nearest, 1, &column, 1, tables, 0, &rank);
            Assert.Equal(expected, rank + RankKernel.Bias);
            RowRankKernel.Fill(&value, 1, &column, 1, tables, 0, &rank);
        }

        return rank + RankKernel.Bias;
    }

    /// <summary>The ranks of a unit of values, as blocks find them: of those that are noted, and no others, once more.</summary>
    private static int[] BlockRanks(double[] values, double[] thresholds)
    {
        int levels = RankKernel.LevelsFor(thresholds.Length);
        float[] rounded = [.. thresholds.Select(DoubleRankKernel.RoundUp)];
        float[] table = new float[Math.Max(RankKernel.TableLength(thresholds.Length), RankKernel.ReadLength(levels))];
        RankKernel.FillTable(rounded, levels, table.AsSpan(0, RankKernel.TableLength(thresholds.Length)));
        double[] exact = [double.NaN, .. thresholds];
        float[] singles = [.. values.Select(DoubleRankKernel.RoundUp)];
        byte[] ranks = new byte[values.Length];
        ulong equal;
        fixed (float* from = singles)
        fixed (float* search = table)
        fixed (double* ends = exact)
        fixed (byte* low = ranks)
        {
            RankKernel.Fill(from, search, levels, low, null, values.Length, 0.5f, &equal);
            int[] found = new int[values.Length];
            for (int row = 0; row < values.Length; row++)
            {
                bool isNoted = (equal >> row & 1) != 0;
                Assert.Equal(singles[row] == 0.5f || rounded.Contains(singles[row]), isNoted);
                found[row] = low[RankKernel.PlaceOf(row)];
                found[row] = isNoted ? DoubleRankKernel.Mend(found[row], values[row], ends) : found[row];
            }

            return found;
        }
    }
}
