using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Engine.Ranks;

namespace Inference.Engine.Contributions;

// Splits are decided a register at a time. So those of all trees that have as many splits above them come together, after those that have
// fewer; among them those above leaves without tables, of which a row asks more, and of these those of one test. What is left of a last
// register decides what nobody asks for. Children of splits beside each other have places beside each other, from the beginning
// of a register on: the left ones of all splits, then the right ones.

/// <summary>The splits of a <see cref="LeafPaths{T}"/>, in the order in which they are decided. Immutable.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal sealed class PathSplits<T>
    where T : unmanaged
{
    /// <summary>Puts splits in order.</summary>
    /// <param name="splits">The splits, parents before their children.</param>
    /// <param name="areAsked">Which of them are above leaves without tables.</param>
    /// <param name="lanes">The lanes of a register.</param>
    /// <param name="placeOf">By the places that the splits have those that they get here; receives all but <see cref="LeafPaths{T}.Always"/>, which the roots share.</param>
    public PathSplits(List<PathSplit<T>> splits, List<bool> areAsked, int lanes, ushort[] placeOf)
    {
        var kinds = Enumerable.Range(0, splits.Count).GroupBy(split => (splits[split].Level, IsAsked: areAsked[split], splits[split].Test)).OrderBy(kind => kind.Key).ToArray();
        Runs = new PathRun[kinds.Length];
        for (int i = 0; i < kinds.Length; i++)
        {
            int splitsOfKind = kinds[i].Count();
            Runs[i] = new(Count, splitsOfKind, Count + ((splitsOfKind + lanes - 1) / lanes * lanes), kinds[i].Key.IsAsked, kinds[i].Key.Test);
            Count = Runs[i].End;
        }

        FirstLeft = lanes;
        Features = new int[Count];
        Thresholds = new(Count);
        Known = new ushort[Count];
        Places = new ushort[Count];
        Steps = new StateSteps[Count];
        Others = new PathOther[Array.Exists(Runs, run => !run.IsPlain) ? Count : 0];
        for (int i = 0; i < kinds.Length; i++)
        {
            int slot = Runs[i].First;
            foreach (int number in kinds[i])
            {
                // What is above it has its place by now.
                PathSplit<T> split = splits[number];
                placeOf[split.Place + 1] = (ushort)(FirstLeft + slot);
                placeOf[split.Right] = (ushort)(FirstLeft + Count + slot);
                (Features[slot], Thresholds.Span[slot], Steps[slot]) = (split.Feature, split.Threshold, split.Steps);
                (Known[slot], Places[slot]) = (placeOf[split.Known], placeOf[split.Place]);
                if (!Runs[i].IsPlain)
                {
                    Others[slot] = new(split.Tree, split.Number);
                }

                slot++;
            }
        }
    }

    /// <summary>The splits that are decided together, one such run after the other.</summary>
    public PathRun[] Runs { get; }

    /// <summary>How many splits, with what fills registers.</summary>
    public int Count { get; }

    /// <summary>The place of the first split's left child; those of the other ones follow, and then the right children.</summary>
    public int FirstLeft { get; }

    /// <summary>How many places there are.</summary>
    public int PlaceCount => FirstLeft + (2 * Count);

    /// <summary>Each split's feature.</summary>
    public int[] Features { get; }

    /// <summary>Each split's threshold; means nothing where the test is another one.</summary>
    public AlignedArray<T> Thresholds { get; }

    /// <summary>The place where the path to each split last tested its feature, or <see cref="LeafPaths{T}.Always"/>.</summary>
    public ushort[] Known { get; }

    /// <summary>Each split's place.</summary>
    public ushort[] Places { get; }

    /// <summary>What each split's children add to its state.</summary>
    public StateSteps[] Steps { get; }

    /// <summary>What is asked in place of a threshold; none where all splits have one.</summary>
    public PathOther[] Others { get; }
}

/// <summary>Splits that are decided together: none is below another one.</summary>
/// <param name="First">The first.</param>
/// <param name="Count">How many.</param>
/// <param name="End">One past the last, with what fills a register.</param>
/// <param name="IsAsked">Whether they are above leaves without tables.</param>
/// <param name="Test">How values are compared.</param>
internal readonly record struct PathRun(int First, int Count, int End, bool IsAsked, PathTest Test)
{
    /// <summary>Whether it is by thresholds.</summary>
    public bool IsPlain => Test is PathTest.Below or PathTest.BelowOrNaN;
}

/// <summary>What a split asks in place of a threshold.</summary>
/// <param name="Tree">The tree, as a place among those laid out together.</param>
/// <param name="Number">Of a <see cref="PathTest.Node"/> its index among the tree's nodes, of a <see cref="PathTest.Set"/> the set's.</param>
internal readonly record struct PathOther(int Tree, int Number);
