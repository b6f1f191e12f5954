namespace Inference.Kernels;

/// <summary>The classes of a feature's categories, and for each class the answers of all sets that test the feature.</summary>
/// <remarks>
/// Categories that no set tells from an unknown one are one class with it: <see cref="None"/>. The answers are bits, a one where the
/// class is not in the set, and lie turned round: for each class those of all sets. A row has one category, so that what it needs
/// stands in a few cache lines, however many sets there are and however many categories.
/// </remarks>
/// <param name="FirstSet">The number of the first set among all of the forest.</param>
/// <param name="Sets">The sets.</param>
/// <param name="Classes">The classes.</param>
/// <param name="FirstCategory">Where the classes of categories stand, or where the categories do that have one.</param>
/// <param name="Categories">How many categories stand there, ascending; <see cref="EachCode"/> where each code has its class.</param>
/// <param name="FirstByte">Where the answers for the first class are.</param>
/// <param name="Pitch">The bytes of a class.</param>
/// <param name="Masks">The masks of the sets in blocks: fewer than sets where equal ones share theirs.</param>
/// <param name="FirstMask">Where the numbers of sets that have masks stand, if they share.</param>
internal readonly record struct CategoryTable(int FirstSet, int Sets, int Classes, int FirstCategory, int Categories, int FirstByte, int Pitch, int Masks, int FirstMask)
{
    /// <summary>In the place of a number of categories.</summary>
    public const int EachCode = -1;

    /// <summary>The class of what is in no set.</summary>
    public const int None = 0;

    /// <summary>The class of what is missing.</summary>
    public const int Missing = 1;

    /// <summary>The first class of categories.</summary>
    public const int FirstKnown = 2;

    /// <summary>The most classes: 16 bits count them.</summary>
    public const int MostClasses = ushort.MaxValue + 1;

    /// <summary>Whether a byte counts the classes, and a look-up among so few is cheaper than their answers one by one.</summary>
    public bool IsSmall => Classes <= SetKernel.SmallClasses;

    /// <summary>Whether equal sets have one mask.</summary>
    public bool SharesMasks => Masks < Sets;
}
