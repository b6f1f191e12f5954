namespace Inference.Formats.XGBoost;

/// <summary>An XGBoost model as its file has it, before anything is made of it. The same for all three formats.</summary>
/// <remarks>Field names are the file's. What a reader does not find keeps its default; the importer decides whether that is broken.</remarks>
internal sealed class XGBoostModelRecord
{
    /// <summary>The format that the record was read from.</summary>
    public required ModelFormat Format { get; init; }

    /// <summary>The release that wrote the file; the old binary format leaves the patch out, and before 1.0 all of it.</summary>
    public int[]? Version { get; set; }

    /// <summary>The objective's name.</summary>
    public string? Objective { get; set; }

    /// <summary>The booster's name: gbtree, dart or gblinear.</summary>
    public string? Booster { get; set; }

    /// <summary>base_score: one for all outputs, or from 3.1 one for each.</summary>
    public float[]? BaseScore { get; set; }

    /// <summary>Whether <see cref="BaseScore"/> is a margin already, as binary files older than 1.0 store it.</summary>
    public bool BaseScoreIsMargin { get; set; }

    /// <summary>num_feature.</summary>
    public long? FeatureCount { get; set; }

    /// <summary>num_class; 0 where the objective has no classes.</summary>
    public long ClassCount { get; set; }

    /// <summary>num_target; absent before 1.6.</summary>
    public long TargetCount { get; set; } = 1;

    /// <summary>attributes.best_iteration.</summary>
    public string? BestIteration { get; set; }

    /// <summary>feature_names; absent before 1.4.</summary>
    public string[] FeatureNames { get; set; } = [];

    /// <summary>feature_types; absent before 1.4.</summary>
    public string[] FeatureTypes { get; set; } = [];

    /// <summary>gbtree_model_param.num_trees.</summary>
    public long? DeclaredTreeCount { get; set; }

    /// <summary>gbtree_model_param.num_parallel_tree; absent before 1.6.</summary>
    public long ParallelTrees { get; set; } = 1;

    /// <summary>The trees.</summary>
    public XGBoostTreeRecord[]? Trees { get; set; }

    /// <summary>tree_info: the output that each tree adds to.</summary>
    public int[]? TreeOutputs { get; set; }

    /// <summary>iteration_indptr: where each iteration's trees begin, and the end; absent before 2.0.</summary>
    public int[]? IterationStarts { get; set; }

    /// <summary>weight_drop: dart's factor of each tree.</summary>
    public float[] TreeWeights { get; set; } = [];

    /// <summary>gblinear's weights, (features + 1, outputs), the biases last.</summary>
    public float[]? LinearWeights { get; set; }

    /// <summary>cats.enc: the categories of each feature; absent before 3.1.</summary>
    public XGBoostCategoryRecord[] Categories { get; set; } = [];
}

/// <summary>One tree as its file has it: parallel arrays, the index is the node.</summary>
internal sealed class XGBoostTreeRecord
{
    /// <summary>The child that marks a leaf.</summary>
    public const int NoChild = -1;

    /// <summary>id: the tree's place, where the file says it.</summary>
    public long? Id { get; set; }

    /// <summary>tree_param.num_nodes.</summary>
    public long? DeclaredNodeCount { get; set; }

    /// <summary>tree_param.size_leaf_vector: the values of a leaf; 0 or 1 for one.</summary>
    public long LeafVectorSize { get; set; }

    /// <summary>left_children.</summary>
    public int[]? LeftChildren { get; set; }

    /// <summary>right_children; of a vector leaf from 3.2 on its row in <see cref="LeafWeights"/>.</summary>
    public int[]? RightChildren { get; set; }

    /// <summary>split_indices: the feature.</summary>
    public int[]? SplitIndices { get; set; }

    /// <summary>split_conditions: the threshold, or the value of a scalar leaf.</summary>
    public float[]? SplitConditions { get; set; }

    /// <summary>default_left: 1 where a missing value goes left.</summary>
    public byte[]? DefaultLeft { get; set; }

    /// <summary>split_type: 0 numeric, 1 categorical; absent before 1.3.</summary>
    public byte[]? SplitTypes { get; set; }

    /// <summary>loss_changes: the gain of a split.</summary>
    public float[]? LossChanges { get; set; }

    /// <summary>sum_hessian: the cover of a node.</summary>
    public float[]? SumHessian { get; set; }

    /// <summary>base_weights, kept where they are the vector leaves (2.0 to 3.1): (nodes, outputs).</summary>
    public float[]? BaseWeights { get; set; }

    /// <summary>leaf_weights, the vector leaves from 3.2 on: (leaves, outputs).</summary>
    public float[]? LeafWeights { get; set; }

    /// <summary>categories: the sets of all categorical splits, one behind the other.</summary>
    public int[] Categories { get; set; } = [];

    /// <summary>categories_nodes: the categorical splits, ascending.</summary>
    public int[] CategoryNodes { get; set; } = [];

    /// <summary>categories_segments: where the set of each begins.</summary>
    public int[] CategorySegments { get; set; } = [];

    /// <summary>categories_sizes: how many categories each has.</summary>
    public int[] CategorySizes { get; set; } = [];
}

/// <summary>The categories of one feature as the file has them: texts by their ends in one array of bytes, or numbers.</summary>
internal sealed class XGBoostCategoryRecord
{
    /// <summary>offsets: where each text begins, and the end; <see langword="null"/> for numbers.</summary>
    public int[]? Offsets { get; set; }

    /// <summary>values of texts: UTF-8.</summary>
    public byte[] Text { get; set; } = [];

    /// <summary>values of numbers.</summary>
    public long[] Numbers { get; set; } = [];

    /// <summary>type: XGBoost's code of the numbers' type.</summary>
    public long? NumberType { get; set; }
}
