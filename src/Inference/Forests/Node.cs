namespace Inference.Forests;

/// <summary>How a node sends a row to one of its children.</summary>
internal enum NodeTest : byte
{
    /// <summary>No test: the row ends here.</summary>
    Leaf,

    /// <summary>Left when <c>x &lt; Value</c> (XGBoost, ONNX BRANCH_LT and BRANCH_GTE).</summary>
    Less,

    /// <summary>Left when <c>x &lt;= Value</c> (LightGBM, ONNX BRANCH_LEQ and BRANCH_GT).</summary>
    LessOrEqual,

    /// <summary>Left when <c>x == Value</c> (ONNX BRANCH_EQ and BRANCH_NEQ).</summary>
    Equal,

    /// <summary>Left when <c>0 &lt;= x &lt; 2^24</c> and trunc(x) is in the category set <see cref="Node.Index"/> (XGBoost).</summary>
    CodeInSet,

    /// <summary>Left when trunc(x) is in the category set <see cref="Node.Index"/>: -0.5 is category 0 (LightGBM).</summary>
    TruncatedCodeInSet,

    /// <summary>Left when x equals a member of the value set <see cref="Node.Index"/> (ONNX BRANCH_MEMBER).</summary>
    ValueInSet,
}

/// <summary>What a split takes for a missing value, and what it does with it.</summary>
internal enum MissingRule : byte
{
    /// <summary>NaN goes to the default child (XGBoost, ONNX, LightGBM missing type NaN).</summary>
    NaNGoesDefault,

    /// <summary>Zero, |x| &lt;= 1e-35f and NaN go to the default child (LightGBM missing type Zero).</summary>
    ZeroGoesDefault,

    /// <summary>NaN is read as 0 and compared (LightGBM missing type None).</summary>
    NaNIsZero,
}

/// <summary>One node of a <see cref="Tree"/>: a split or a leaf.</summary>
/// <remarks>
/// Thresholds and leaf values are doubles for every model: a float32 model's widen without loss, and widening keeps
/// the order of floats, so comparing widened values decides as the library's float comparison does.
/// Canonical form: the test that holds goes <b>left</b>. Importers swap children where a format says otherwise.
/// </remarks>
internal readonly struct Node
{
    /// <summary>The threshold of a split, or the value of a scalar leaf.</summary>
    public double Value { get; init; }

    /// <summary>The feature that a split tests.</summary>
    public int Feature { get; init; }

    /// <summary>The child, an index into <see cref="Tree.Nodes"/>, where the test holds.</summary>
    public int Left { get; init; }

    /// <summary>The child, an index into <see cref="Tree.Nodes"/>, where the test fails.</summary>
    public int Right { get; init; }

    /// <summary>A split's set, or a leaf's row in the tree's vectors, targets or linear models; unused elsewhere.</summary>
    public int Index { get; init; }

    /// <summary>The node's number in its file; of a leaf what the training library reports: XGBoost's node id, LightGBM's leaf number, ONNX's node id.</summary>
    public int Id { get; init; }

    /// <summary>The test.</summary>
    public NodeTest Test { get; init; }

    /// <summary>The rule for missing values.</summary>
    public MissingRule Missing { get; init; }

    /// <summary>Whether the default child is <see cref="Left"/>.</summary>
    public bool DefaultLeft { get; init; }

    /// <summary>Whether a row ends here.</summary>
    public bool IsLeaf => Test == NodeTest.Leaf;

    /// <summary>Whether the split tests a category code for membership in a set.</summary>
    public bool TestsCode => Test is NodeTest.CodeInSet or NodeTest.TruncatedCodeInSet;

    /// <summary>A leaf that adds one value to its tree's output.</summary>
    public static Node Leaf(double value, int id) => new() { Value = value, Id = id };
}
