namespace Inference.Kernels;

/// <summary>How the numbers of a tree's codes stand in memory: see <see cref="NumberKernel"/>.</summary>
/// <param name="Words">The words of 64 bits, one for each code, which says where a leaf's codes begin: 1, 2 or 4; 0 where codes are numbers.</param>
/// <param name="Order">The numbers behind them, 16, 32 or 64, of leaves in the order of their codes; 0 where that order is their numbers'.</param>
internal readonly record struct NumberForm(byte Words, byte Order)
{
    /// <summary>The numbers of an order that stand in 8 bytes, four bits each.</summary>
    public const int TinyOrder = 16;

    /// <summary>The numbers of an order that stand in 20 bytes, five bits each.</summary>
    public const int ShortOrder = 32;

    /// <summary>The most numbers of an order.</summary>
    public const int LongOrder = 64;

    /// <summary>Codes are numbers.</summary>
    public static NumberForm None => default;

    /// <summary>The bytes of numbers.</summary>
    public int Bytes => (Words * sizeof(ulong)) + Order switch
    {
        TinyOrder => TinyOrder / 2,
        ShortOrder => (ShortOrder / 2) + sizeof(uint),
        _ => Order,
    };

    /// <summary>The form of leaves with numbers.</summary>
    /// <param name="codeBits">The bits of a code, up to eight.</param>
    /// <param name="leaves">The leaves.</param>
    /// <param name="ascend">Whether numbers go up with codes; if not, leaves are at most <see cref="LongOrder"/>.</param>
    public static NumberForm For(int codeBits, int leaves, bool ascend) =>
        new((byte)(codeBits <= 6 ? 1 : 1 << (codeBits - 6)), (byte)(ascend ? 0 : leaves <= TinyOrder ? TinyOrder : leaves <= ShortOrder ? ShortOrder : LongOrder));
}
