namespace Inference.Kernels;

/// <summary>How the numbers of a tree's codes stand in memory.</summary>
internal enum NumberForm : byte
{
    /// <summary>Nowhere: codes are numbers.</summary>
    None,

    /// <summary>64 bytes.</summary>
    Bytes64,

    /// <summary>128 numbers below 32: 64 bytes with four bits of two numbers each, the second one's for the code that is 64 higher, and 128 bits with the fifth.</summary>
    FiveBits128,

    /// <summary>128 bytes.</summary>
    Bytes128,

    /// <summary>256 bytes.</summary>
    Bytes256,
}
