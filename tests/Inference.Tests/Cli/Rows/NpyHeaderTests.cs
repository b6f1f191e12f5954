using System;
using System.IO;
using System.Linq;
using System.Text;
using Inference.Cli.Rows;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Cli.Rows;

public class NpyHeaderTests
{
    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }", "<f4", false, "3,4")]
    [InlineData("{\"shape\":(7,),\"fortran_order\":True,\"descr\":\">f8\"}\n", ">f8", true, "7")]
    [InlineData("  { 'descr' : '<i8' , 'fortran_order' : False , 'shape' : ( ) }  ", "<i8", false, "")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L)}", "<f4", false, "3,4")]
    public void Headers_are_read_as_Python_would(string text, string descr, bool isFortranOrder, string shape)
    {
        NpyHeader header = Read(text);
        Assert.Equal(descr, header.Descr);
        Assert.Equal(isFortranOrder, header.IsFortranOrder);
        Assert.Equal(shape, string.Join(',', header.Shape));
        Assert.Equal(header.Shape.Aggregate(1L, (product, dimension) => product * dimension), header.Length);
    }

    [Theory]
    [InlineData("", "the end of the header; '{'")]
    [InlineData("{}", "header: no descr; one")]
    [InlineData("{'descr': '<f4', 'shape': (1,)}", "header: no fortran_order; True or False")]
    [InlineData("{'descr': '<f4', 'fortran_order': False}", "header: no shape; a tuple of whole numbers")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "descr: a structure of fields; one number type")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4)}", "'-' in the header; whole numbers from 0")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 4)}", "whole numbers from 0")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "fewer than 2^59 elements")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)}", "fewer than 2^59 elements")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", "nothing after the dictionary")]
    [InlineData("{'descr': '<f4", "a text that ends")]
    [InlineData("{'descr': [[[[[[", "the end of the header; ']'")]
    [InlineData("{'descr': 4}", "a text in quotes")]
    public void What_is_no_header_is_named(string text, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_shape_with_a_zero_has_no_elements_whatever_else_it_says() =>
        Assert.Equal(0, Read("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 0, 9223372036854775807)}").Length);

    [Fact]
    public void Later_versions_have_longer_lengths()
    {
        byte[] text = Encoding.UTF8.GetBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }");
        foreach (byte version in (byte[])[2, 3])
        {
            NpyHeader header = NpyHeader.Read(new MemoryStream([0x93, .. "NUMPY"u8, version, 0, (byte)text.Length, 0, 0, 0, .. text]));
            Assert.Equal([3L, 4L], header.Shape);
            Assert.Equal(12 + text.Length, header.DataOffset);
        }

        Assert.Contains("version 4", Assert.Throws<InvalidDataException>(() => NpyHeader.Read(new MemoryStream([0x93, .. "NUMPY"u8, 4, 0, 0, 0]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_beyond_reason_costs_no_memory()
    {
        byte[] content = [0x93, .. "NUMPY"u8, 2, 0, 0xff, 0xff, 0xff, 0xff];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => NpyHeader.Read(new MemoryStream(content)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void A_zip_is_named() =>
        Assert.Contains("numpy.savez", Assert.Throws<InvalidDataException>(() => NpyHeader.Read(new MemoryStream("PK\u0003\u0004 and more"u8.ToArray()))).Message, StringComparison.Ordinal);

    [Fact]
    public void Composed_headers_are_NumPys_byte_for_byte()
    {
        foreach (string path in Directory.EnumerateFiles(Repository.Fixtures, "*.npy", SearchOption.AllDirectories))
        {
            byte[] content = File.ReadAllBytes(path);
            NpyHeader header = NpyHeader.Read(new MemoryStream(content));
            Assert.True(content.AsSpan(0, header.DataOffset).SequenceEqual(NpyHeader.Compose(header.Descr, header.Shape)), path);
        }
    }

    private static NpyHeader Read(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return NpyHeader.Read(new MemoryStream([0x93, .. "NUMPY"u8, 1, 0, (byte)bytes.Length, (byte)(bytes.Length >> 8), .. bytes]));
    }
}
