using System;
using Inference.Engine;
using Inference.Tests.Properties;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>How rows are cut: completely, at the engine's granule, evenly, no finer than needed.</summary>
public class RowPiecesTests
{
    [Fact]
    public void Pieces_are_even_whole_and_few() =>
        Law.Holds<(int Rows, int Unit, int Most, int Threads)>(
            (random, size) =>
            {
                int unit = random.Next(3) switch { 0 => 1, 1 => 64, _ => 128 };
                int most = random.Next(4) switch { 0 => int.MaxValue, 1 => 1 + random.Next(unit), _ => unit * (1 + random.Next(8)) };
                return (Rows: 1 + random.Next(1 + (size * 200)), Unit: unit, Most: most, Threads: 1 + random.Next(9));
            },
            _ => [],
            subject =>
            {
                RowPieces pieces = new(subject.Rows, subject.Unit, subject.Most, subject.Threads);
                Assert.Equal(0, pieces.StartOf(0));
                Assert.Equal(subject.Rows, pieces.StartOf(pieces.Count));
                int least = int.MaxValue, largest = 0;
                for (int piece = 0; piece < pieces.Count; piece++)
                {
                    int start = pieces.StartOf(piece), count = pieces.StartOf(piece + 1) - start;
                    Assert.Equal(0, start % subject.Unit);
                    int units = (count + subject.Unit - 1) / subject.Unit;
                    (least, largest) = (Math.Min(least, units), Math.Max(largest, units));
                }

                Assert.InRange(least, 1, largest);
                Assert.InRange(largest - least, 0, 1);
                Assert.True(largest == 1 || largest * (long)subject.Unit <= subject.Most, "larger than a full piece");
                long full = Math.Max(subject.Most / subject.Unit, 1) * (long)subject.Unit;
                Assert.True(pieces.Count - ((subject.Rows + full - 1) / full) < subject.Threads, "more pieces than one for each thread beyond what is needed");
            },
            share: 200);

    [Fact]
    public void As_many_rows_as_there_are_numbers_are_cut()
    {
        RowPieces pieces = new(int.MaxValue, 128, 1024, 3);
        Assert.Equal(int.MaxValue, pieces.StartOf(pieces.Count));
        Assert.InRange(pieces.StartOf(pieces.Count) - pieces.StartOf(pieces.Count - 1), 1, 1024);
    }
}
