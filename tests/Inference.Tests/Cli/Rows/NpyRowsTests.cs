using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli.Rows;

/// <summary>Rows from .npy files, through the command.</summary>
public class NpyRowsTests
{
    private static readonly Fixture Model = new("lightgbm-4.1.0.99", "pandas-categorical");

    [Fact]
    public void Floats_and_doubles_are_rows()
    {
        double[] doubles = [0.5, 1, 2, -0.25, double.NaN, 3, 0, 1];
        string expected = Predict("<f8", [2, 4], MemoryMarshal.AsBytes<double>(doubles)).Succeeded().Output;
        Assert.Equal(expected, Predict("<f4", [2, 4], MemoryMarshal.AsBytes<float>(Array.ConvertAll(doubles, value => (float)value))).Succeeded().Output);
    }

    [Theory]
    [InlineData(">f8", ", descr: '>f8', big-endian; '<f4' or '<f8' (array.astype('<f4'))")]
    [InlineData("<i8", ", descr: '<i8'; '<f4' or '<f8' (array.astype('<f4'))")]
    [InlineData("|O", ", descr: '|O'; '<f4' or '<f8' (array.astype('<f4'))")]
    public void Other_element_types_are_refused(string descr, string message) =>
        Assert.EndsWith(message, Predict(descr, [2, 4], new byte[64]).Failed(), StringComparison.Ordinal);

    [Fact]
    public void Other_shapes_are_refused()
    {
        Assert.EndsWith(", shape: (4,); (rows, 4); array.reshape(1, -1) makes one row", Predict("<f8", [4], new byte[32]).Failed(), StringComparison.Ordinal);
        Assert.EndsWith(", shape: (2, 2, 2); (rows, 4)", Predict("<f8", [2, 2, 2], new byte[64]).Failed(), StringComparison.Ordinal);
        Assert.EndsWith($", shape: rows of 5 columns; 4, one for each feature of {Model.PathOf("model.txt")}", Predict("<f8", [2, 5], new byte[80]).Failed(), StringComparison.Ordinal);
        Assert.EndsWith(", shape: rows of 8589934592 columns; 4, one for each feature of " + Model.PathOf("model.txt"), Predict("<f8", [0, 8589934592], []).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public void Fortran_order_is_refused()
    {
        byte[] text = Encoding.ASCII.GetBytes("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 4), }");
        using TemporaryFolder folder = new();
        string rows = folder.Write("rows.npy", [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. text, .. new byte[64]]);
        Assert.EndsWith("rows.npy, fortran_order: True; False, C order (numpy.ascontiguousarray)", CommandRun.Here("predict", Model.PathOf("model.txt"), rows).Failed(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(63, ", data: 63 bytes; 64, 2 x 4 elements of 8 bytes")]
    [InlineData(65, ", data: 65 bytes; 64, 2 x 4 elements of 8 bytes")]
    public void Missing_and_trailing_bytes_are_refused(int bytes, string message) =>
        Assert.EndsWith(message, Predict("<f8", [2, 4], new byte[bytes]).Failed(), StringComparison.Ordinal);

    [Fact]
    public void A_shape_beyond_the_file_costs_no_memory() =>
        Assert.Contains("bytes; ", Predict("<f8", [1L << 55, 4], new byte[64]).Failed(), StringComparison.Ordinal);

    [Fact]
    public void Every_prefix_of_a_file_is_one_error_line()
    {
        byte[] whole = [.. NpyHeader.Compose("<f8", [1, 4]), .. new byte[32]];
        using TemporaryFolder folder = new();
        for (int length = 0; length < whole.Length; length++)
        {
            CommandRun.Here("predict", Model.PathOf("model.txt"), folder.Write("rows.npy", whole[..length])).Failed();
        }
    }

    [Fact]
    public void Random_damage_is_one_error_line_or_no_damage()
    {
        byte[] whole = [.. NpyHeader.Compose("<f8", [1, 4]), .. new byte[32]];
        Random random = new(20240501);
        using TemporaryFolder folder = new();
        for (int round = 0; round < 500; round++)
        {
            byte[] damaged = whole.ToArray();
            for (int hits = random.Next(1, 4); hits > 0; hits--)
            {
                damaged[random.Next(128)] = (byte)random.Next(256);
            }

            CommandRun run = CommandRun.Here("predict", Model.PathOf("model.txt"), folder.Write("rows.npy", damaged));
            if (run.ExitCode != 0)
            {
                run.Failed();
            }
        }
    }

    private static CommandRun Predict(string descr, long[] shape, ReadOnlySpan<byte> data)
    {
        using TemporaryFolder folder = new();
        return CommandRun.Here("predict", Model.PathOf("model.txt"), folder.Write("rows.npy", [.. NpyHeader.Compose(descr, shape), .. data]));
    }
}
