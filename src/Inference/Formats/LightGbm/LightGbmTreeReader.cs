namespace Inference.Formats.LightGbm;

/// <summary>Reads the fields of one tree into a <see cref="LightGbmTreeRecord"/>: every list has the length that num_leaves and num_cat give it.</summary>
internal static class LightGbmTreeReader
{
    /// <summary>The largest decision type: category bit, default bit, and missing types 0 to 2 in bits 2 and 3.</summary>
    private const int MostDecisionType = 11;

    /// <summary>Reads a tree.</summary>
    /// <exception cref="ModelFormatException">A field is absent, or a list has the wrong length or a wrong member.</exception>
    public static LightGbmTreeRecord Read(scoped in LightGbmFields fields)
    {
        int leaves = fields.Int32(LightGbmKey.NumLeaves, 1);
        double[] leafValues = fields.Doubles(LightGbmKey.LeafValue, leaves);
        int splits = leaves - 1;
        int sets = fields.Int32(LightGbmKey.NumCat, 0);
        int[] boundaries = sets == 0 ? [0] : ReadBoundaries(fields, sets);
        return new LightGbmTreeRecord
        {
            SplitFeatures = fields.Int32s(LightGbmKey.SplitFeature, splits, 0),
            Thresholds = fields.Doubles(LightGbmKey.Threshold, splits),
            DecisionTypes = fields.Int32s(LightGbmKey.DecisionType, splits, 0, MostDecisionType),
            LeftChildren = fields.Int32s(LightGbmKey.LeftChild, splits, -leaves, splits - 1),
            RightChildren = fields.Int32s(LightGbmKey.RightChild, splits, -leaves, splits - 1),
            SplitGains = IsFilled(fields, LightGbmKey.SplitGain) ? fields.Doubles(LightGbmKey.SplitGain, splits) : null,
            SplitCounts = IsFilled(fields, LightGbmKey.InternalCount) ? fields.Int32s(LightGbmKey.InternalCount, splits, 0) : null,
            LeafValues = leafValues,
            LeafCounts = IsFilled(fields, LightGbmKey.LeafCount) ? fields.Int32s(LightGbmKey.LeafCount, leaves, 0) : null,
            CategoryBoundaries = boundaries,
            CategoryWords = sets == 0 ? [] : fields.UInt32s(LightGbmKey.CatThreshold, boundaries[^1]),
            Linear = fields.Has(LightGbmKey.IsLinear) && fields.Int32(LightGbmKey.IsLinear, 0, 1) == 1 ? ReadLinear(fields, leaves) : null,
        };
    }

    /// <summary>Whether training statistics are there: files may lack the line, and LightGBM leaves it empty in a tree of one leaf.</summary>
    private static bool IsFilled(scoped in LightGbmFields fields, LightGbmKey key) => fields.Has(key) && !fields.Text(key).IsEmpty;

    private static int[] ReadBoundaries(scoped in LightGbmFields fields, int sets)
    {
        if (sets == int.MaxValue)
        {
            throw fields.Broken(LightGbmKey.NumCat, $"{sets} sets", "fewer than the file has characters");
        }

        int[] boundaries = fields.Int32s(LightGbmKey.CatBoundaries, sets + 1, 0);
        if (boundaries[0] != 0)
        {
            throw fields.Broken(LightGbmKey.CatBoundaries, $"entry 0 is {boundaries[0]}", "0");
        }

        for (int set = 0; set < sets; set++)
        {
            if (boundaries[set + 1] < boundaries[set])
            {
                throw fields.Broken(LightGbmKey.CatBoundaries, $"{boundaries[set + 1]} after {boundaries[set]}", "ascending numbers");
            }
        }

        return boundaries;
    }

    private static LightGbmLinearRecord ReadLinear(scoped in LightGbmFields fields, int leaves)
    {
        double[] constants = fields.Doubles(LightGbmKey.LeafConst, leaves);
        int[] counts = fields.Int32s(LightGbmKey.NumFeatures, leaves, 0);
        long total = 0;
        foreach (int count in counts)
        {
            total += count;
        }

        if (total > fields.Text(LightGbmKey.LeafFeatures).Length)
        {
            throw fields.Broken(LightGbmKey.NumFeatures, $"{total} features in all leaves", "as many as leaf_features lists");
        }

        return new(
            constants,
            counts,
            fields.Int32s(LightGbmKey.LeafFeatures, (int)total, 0),
            fields.Doubles(LightGbmKey.LeafCoeff, (int)total));
    }
}
