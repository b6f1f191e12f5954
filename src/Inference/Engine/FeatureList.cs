using System;
using System.Collections;
using System.Collections.Generic;
using System.Threading;
using Inference.Forests;

namespace Inference.Engine;

/// <summary>The features of a model, described when somebody looks: a file may declare millions of columns and use a few.</summary>
internal sealed class FeatureList(Forest forest) : IReadOnlyList<FeatureInfo>
{
    private Dictionary<int, Totals>? _totals;

    public int Count => forest.FeatureCount;

    public FeatureInfo this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            Dictionary<int, Totals> totals = LazyInitializer.EnsureInitialized(ref _totals, Sum);
            totals.TryGetValue(index, out Totals total);
            CategoryVocabulary? vocabulary = null;
            forest.Origin.Vocabularies?.TryGetValue(index, out vocabulary);
            return new FeatureInfo(index, forest.Origin.FeatureNames?[index], forest.Origin.FeatureTypes?[index], vocabulary, total.Splits, total.Thresholds, total.Gain, total.Cover);
        }
    }

    public IEnumerator<FeatureInfo> GetEnumerator()
    {
        for (int index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private Dictionary<int, Totals> Sum()
    {
        Dictionary<int, Totals> totals = [];
        HashSet<(int Feature, double Threshold)> thresholds = [];
        foreach (Tree tree in forest.Trees)
        {
            for (int index = 0; index < tree.Nodes.Length; index++)
            {
                ref readonly Node node = ref tree.Nodes[index];
                if (!node.IsLeaf)
                {
                    int feature = node.Feature;
                    bool isNew = node.Test is NodeTest.Less or NodeTest.LessOrEqual or NodeTest.Equal && thresholds.Add((feature, node.Value));
                    totals.TryGetValue(feature, out Totals total);
                    NodeStatistics statistics = tree.Statistics?[index] ?? default;
                    totals[feature] = new Totals(total.Splits + 1, total.Thresholds + (isNew ? 1 : 0), total.Gain + statistics.Gain, total.Cover + statistics.Cover);
                }
            }
        }

        return totals;
    }

    private readonly record struct Totals(int Splits, int Thresholds, double Gain, double Cover);
}
