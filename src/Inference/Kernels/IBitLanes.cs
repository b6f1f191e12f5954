namespace Inference.Kernels;

/// <summary>A register of bits, of whatever width the processor has.</summary>
/// <typeparam name="TSelf">The register.</typeparam>
internal unsafe interface IBitLanes<TSelf>
    where TSelf : struct, IBitLanes<TSelf>
{
    /// <summary>Its bytes.</summary>
    public static abstract int Bytes { get; }

    /// <summary>The same 64 bits again and again.</summary>
    public static abstract TSelf Broadcast(ulong bits);

    /// <summary>Reads a register.</summary>
    public static abstract TSelf Load(byte* address);

    /// <summary>For each bit the first where the mask is one, else the second: all of them in memory, so many bytes from an address.</summary>
    public static abstract void Select(byte* start, nuint mask, nuint ones, nuint zeros, nuint target);

    /// <summary>Each byte looked up in a table of <see cref="SetKernel.SmallClasses"/>, which its six lower bits choose from.</summary>
    public static abstract TSelf Pick(byte* table, TSelf index);

    /// <summary>And.</summary>
    public static abstract TSelf operator &(TSelf left, TSelf right);

    /// <summary>Or.</summary>
    public static abstract TSelf operator |(TSelf left, TSelf right);

    /// <summary>Exclusive or.</summary>
    public static abstract TSelf operator ^(TSelf left, TSelf right);

    /// <summary>Each 64 bits shifted up.</summary>
    public static abstract TSelf operator <<(TSelf value, int bits);

    /// <summary>Each 64 bits shifted down.</summary>
    public static abstract TSelf operator >>>(TSelf value, int bits);

    /// <summary>Writes the register.</summary>
    public void Store(byte* address);
}
