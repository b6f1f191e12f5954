using System.Collections.Generic;

namespace Inference.Tests.Properties.Drafts;

/// <summary>How a drafted node tests a value, in the words of the file that it will be written to.</summary>
internal enum DraftTest
{
    /// <summary>A leaf.</summary>
    None,

    /// <summary>The first child when x &lt; threshold.</summary>
    Below,

    /// <summary>The first child when x &lt;= threshold.</summary>
    AtMost,

    /// <summary>The first child when x &gt;= threshold.</summary>
    AtLeast,

    /// <summary>The first child when x &gt; threshold.</summary>
    Above,

    /// <summary>The first child when x == threshold.</summary>
    Same,

    /// <summary>The first child when x != threshold.</summary>
    Different,

    /// <summary>A set of category codes, or of whole numbers; what being inside means is the format's business.</summary>
    Codes,
}

/// <summary>LightGBM's three kinds of missing values; other formats know <see cref="NaN"/> alone.</summary>
internal enum DraftMissing
{
    None = 0,
    Zero = 1,
    NaN = 2,
}

/// <summary>The linear model of a LightGBM leaf.</summary>
internal sealed record DraftLinear(double Constant, int[] Features, double[] Coefficients);

/// <summary>A node of a tree that the tests made up: what a file says, before any reading of it.</summary>
/// <remarks>Compared by identity, so that a writer can number nodes.</remarks>
internal sealed class DraftNode
{
    public DraftTest Test { get; init; }

    public int Feature { get; init; }

    public double Threshold { get; init; }

    /// <summary>Ascending and without repetition.</summary>
    public int[] Codes { get; init; } = [];

    public DraftMissing Missing { get; init; } = DraftMissing.NaN;

    /// <summary>Whether a missing value goes to <see cref="First"/>.</summary>
    public bool MissingFirst { get; init; }

    /// <summary>The child that the file names first: left, yes, true.</summary>
    public DraftNode? First { get; init; }

    public DraftNode? Second { get; init; }

    /// <summary>A leaf's values: one, or one for each output of a vector leaf.</summary>
    public double[] Values { get; init; } = [];

    public DraftLinear? Linear { get; init; }

    public double Cover { get; init; } = 1;

    public double Gain { get; init; }

    public bool IsLeaf => Test == DraftTest.None;

    /// <summary>Whether this and <see cref="Second"/> test one feature for one value each and lead to the same node.</summary>
    private bool IsChained => Second is { Test: DraftTest.Same } next && next.First == First;

    /// <summary>The nodes of the tree, parents before children, first children before second ones; each once.</summary>
    public List<DraftNode> DepthFirst()
    {
        List<DraftNode> nodes = [];
        HashSet<DraftNode> met = [];
        Stack<DraftNode> pending = new([this]);
        while (pending.TryPop(out DraftNode? node))
        {
            if (!met.Add(node))
            {
                continue;
            }

            nodes.Add(node);
            if (!node.IsLeaf)
            {
                pending.Push(node.Second!);
                pending.Push(node.First!);
            }
        }

        return nodes;
    }

    /// <summary>The same split over other children.</summary>
    public DraftNode Over(DraftNode first, DraftNode second) => new()
    {
        Test = Test,
        Feature = Feature,
        Threshold = Threshold,
        Codes = Codes,
        Missing = Missing,
        MissingFirst = MissingFirst,
        Cover = Cover,
        Gain = Gain,
        First = first,
        Second = second,
    };

    /// <summary>Simpler trees, the simplest first: either half, then halves within halves.</summary>
    public IEnumerable<DraftNode> Smaller(int depth = 3)
    {
        if (IsLeaf)
        {
            yield break;
        }

        yield return First!;
        yield return Second!;
        if (depth == 0 || IsChained)
        {
            yield break;
        }

        foreach (DraftNode first in First!.Smaller(depth - 1))
        {
            yield return Over(first, Second!);
        }

        foreach (DraftNode second in Second!.Smaller(depth - 1))
        {
            yield return Over(First, second);
        }
    }

    /// <summary>Numbers nodes by their place in a list.</summary>
    public static Dictionary<DraftNode, int> Number(IReadOnlyList<DraftNode> nodes)
    {
        Dictionary<DraftNode, int> numbers = [];
        for (int i = 0; i < nodes.Count; i++)
        {
            numbers.Add(nodes[i], i);
        }

        return numbers;
    }
}
