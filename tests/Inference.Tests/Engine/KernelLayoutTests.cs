using System;
using System.Linq;
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
            double[] thresholds = [.. Enumerable.Range(0, random.Next(1, 40)).Select(_ => Number()).Distinct().Order()];
            double[] values = [.. Enumerable.Range(0, 64).Select(_ => random.Next(4) switch
            {
                0 => double.NaN,
                1 => thresholds[random.Next(thresholds.Length)],
                2 => Math.BitIncrement(thresholds[random.Next(thresholds.Length)]),
                _ => Number(),
            })];
            int levels = RankKernel.LevelsFor(thresholds.Length);
            float[] table = new float[RankKernel.TableLength(thresholds.Length) + RankKernel.Slack];
            RankKernel.FillTable([.. thresholds.Select(DoubleRankKernel.RoundUp)], levels, table.AsSpan(0, RankKernel.TableLength(thresholds.Length)));
            double[] exact = [double.NaN, .. thresholds, .. new double[DoubleRankKernel.Readable]];
            float[] rounded = new float[values.Length];
            byte[] ranks = new byte[values.Length];
            fixed (double* from = values)
            fixed (double* ends = exact)
            fixed (float* search = table)
            fixed (float* to = rounded)
            fixed (byte* low = ranks)
            {
                DoubleRankKernel.RoundUp(from, to, values.Length);
                Assert.Equal(values.Select(value => BitConverter.SingleToInt32Bits(DoubleRankKernel.RoundUp(value))), rounded.Select(BitConverter.SingleToInt32Bits));
                RankKernel.Fill(to, search, levels, low, null, values.Length);
                DoubleRankKernel.Mend(from, ends, low, values.Length);
            }

            for (int row = 0; row < values.Length; row++)
            {
                Assert.Equal(thresholds.Count(threshold => threshold <= values[row]), ranks[RankKernel.PlaceOf(row)]);
            }
        },
        share: 300);
}
