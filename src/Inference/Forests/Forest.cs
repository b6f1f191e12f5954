namespace Inference.Forests;

/// <summary>The number type in which a model compares and adds, and in which its scores come out.</summary>
internal enum ScorePrecision : byte
{
    /// <summary>float32: XGBoost, ONNX. Row values are rounded to float32 before they are compared.</summary>
    Single,

    /// <summary>float64: LightGBM, ONNX with double inputs.</summary>
    Double,
}

/// <summary>How the trees' answers become a margin.</summary>
internal enum Aggregation : byte
{
    /// <summary>base + tree 0 + tree 1 + …, in this order (XGBoost).</summary>
    BaseThenSum,

    /// <summary>(0 + tree 0 + tree 1 + …) + base (LightGBM, ONNX SUM).</summary>
    SumThenBase,

    /// <summary>The sum over the number of trees, + base (ONNX AVERAGE).</summary>
    AverageThenBase,

    /// <summary>The smallest tree answer, + base (ONNX MIN).</summary>
    MinThenBase,

    /// <summary>The largest tree answer, + base (ONNX MAX).</summary>
    MaxThenBase,
}

/// <summary>The canonical model. Every format ends here, and every engine starts here; no engine knows a format.</summary>
/// <remarks>Immutable once built; the arrays are owned by the forest and not to be written.</remarks>
internal sealed class Forest
{
    /// <summary>Where the model came from, and what its file says beyond prediction.</summary>
    public required ForestOrigin Origin { get; init; }

    /// <summary>The number type of comparisons, sums and scores.</summary>
    public required ScorePrecision Precision { get; init; }

    /// <summary>The arithmetic of contributions.</summary>
    public required ContributionRule ContributionRule { get; init; }

    /// <summary>The columns of a row.</summary>
    public required int FeatureCount { get; init; }

    /// <summary>The margins of a row.</summary>
    public required int OutputCount { get; init; }

    /// <summary>The trees in the order in which they are added.</summary>
    public Tree[] Trees { get; init; } = [];

    /// <summary>Iteration i owns the trees from IterationStarts[i] to IterationStarts[i + 1]; one entry more than there are iterations.</summary>
    public int[] IterationStarts { get; init; } = [0];

    /// <summary>The linear booster (gblinear), which has no trees; <see langword="null"/> elsewhere.</summary>
    public LinearModel? Linear { get; init; }

    /// <summary>The base margin of each output.</summary>
    public required double[] BaseMargin { get; init; }

    /// <summary>How the trees' answers become a margin.</summary>
    public Aggregation Aggregation { get; init; }

    /// <summary>Whether row values of magnitude at most 1e-35f are read as 0, as LightGBM's C API does.</summary>
    public bool TinyIsZero { get; init; }

    /// <summary>Whether values, not margins, are divided by the number of iterations used before the transform (LightGBM's rf).</summary>
    public bool AveragesIterations { get; init; }

    /// <summary>How margins become values.</summary>
    public OutputTransform Transform { get; init; }

    /// <summary>How a classifier chooses a class; <see langword="null"/> for models that choose none.</summary>
    public ClassRule? ClassRule { get; init; }

    /// <summary>The number of boosting iterations.</summary>
    public int IterationCount => IterationStarts.Length - 1;

    /// <summary>The values of a row.</summary>
    public int ValueCount => Transform.ValueCount(OutputCount);

    /// <summary>The nodes of all trees as the file has them.</summary>
    public long NodeCount
    {
        get
        {
            long count = 0;
            foreach (Tree tree in Trees)
            {
                count += tree.Nodes.Length + tree.StrayNodes;
            }

            return count;
        }
    }
}
