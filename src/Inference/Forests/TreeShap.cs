using System;
using System.Buffers;
using System.Numerics;

namespace Inference.Forests;

// TreeSHAP as Lundberg, Erion and Lee published it (2018, arXiv:1802.03888, algorithm 2), with the roundings of XGBoost
// 1.0 to 3.2 (float32; src/tree/tree_model.cc, later src/predictor/treeshap.cc) and of LightGBM (float64; src/io/tree.cpp):
// their operations are the same, in the same order.
//
// A path holds each feature above a node once, with the share of training rows that pass its splits (zero) and whether
// the row passes them (one: 1 or 0); step i's weight is that of the coalitions of i features. What has to stay as it is:
//   * products and quotients go from left to right as written, and counts turn into scores one at a time;
//   * weights are extended, unwound and summed from the end of the path to its start;
//   * the child that the row goes to is explained before the other one, so that a feature's parts add up in this order.
// Limits: time is leaves * features on a path^2. Unwinding loses digits where a path holds dozens of features: that is
// the published algorithm's, and the libraries lose the same ones.

/// <summary>Shapley values of one tree and one row by TreeSHAP, on a stack of its own in place of the recursion.</summary>
/// <typeparam name="TScore">The model's precision.</typeparam>
/// <remarks>Create once, <see cref="Dispose"/> at the end. Allocates nothing once the pools are warm.</remarks>
internal ref struct TreeShap<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private Step[] _steps;
    private Branch[] _pending;

    /// <summary>Rents the buffers.</summary>
    public TreeShap()
    {
        _steps = ArrayPool<Step>.Shared.Rent(256);
        _pending = ArrayPool<Branch>.Shared.Rent(32);
    }

    /// <summary>Gives the buffers back.</summary>
    public readonly void Dispose()
    {
        ArrayPool<Step>.Shared.Return(_steps);
        ArrayPool<Branch>.Shared.Return(_pending);
    }

    /// <summary>Adds each feature's part of one output to <paramref name="parts"/>; the expectation is not added.</summary>
    /// <param name="game">The tree, the row and the output.</param>
    /// <param name="factor">The factor of every leaf.</param>
    /// <param name="parts">One for each feature.</param>
    public void Add<TRow>(in TreeGame<TRow> game, TScore factor, Span<TScore> parts)
        where TRow : unmanaged, INumberBase<TRow>
    {
        Reserve(game.Survey);
        int pending = 0;
        _pending[pending++] = new Branch { Feature = -1, Zero = TScore.One, One = TScore.One };
        while (pending > 0)
        {
            ref readonly Branch branch = ref _pending[--pending];
            int start = branch.ParentStart + branch.ParentCount;
            Span<Step> path = Extend(branch);
            int index = branch.Node;
            ref readonly Node node = ref game.Tree.Nodes[index];
            if (node.IsLeaf)
            {
                AddLeaf(path, game.LeafValue<TScore>(node) * factor, parts);
                continue;
            }

            // A feature that is tested again leaves the path, and comes back at its end with the new share.
            TScore zero = TScore.One;
            TScore one = TScore.One;
            int known = Find(path, node.Feature);
            if (known >= 0)
            {
                (zero, one) = (path[known].Zero, path[known].One);
                Unwind(path, known);
                path = path[..^1];
            }

            (int hot, int cold) = game.GoesLeft(node) ? (node.Left, node.Right) : (node.Right, node.Left);
            Branch child = new() { ParentStart = start, ParentCount = path.Length, Feature = node.Feature };
            Push(child with { Node = cold, Zero = game.Share<TScore>(index, cold) * zero, One = TScore.Zero }, ref pending);
            Push(child with { Node = hot, Zero = game.Share<TScore>(index, hot) * zero, One = one }, ref pending);
        }
    }

    /// <summary>Puts off a child, unless neither the row nor any training row can come there.</summary>
    /// <remarks>
    /// Every part below such a child is a product with 0. The libraries go there: XGBoost adds zeros, unless a feature
    /// is tested again, and then, as LightGBM always, divides 0 by 0.
    /// </remarks>
    private readonly void Push(in Branch child, ref int pending)
    {
        if (child.Zero != TScore.Zero || child.One != TScore.Zero)
        {
            _pending[pending++] = child;
        }
    }

    /// <summary>A child's path: a copy of its parent's right behind it, over those of children that are done, and one more step.</summary>
    private readonly Span<Step> Extend(in Branch branch)
    {
        int depth = branch.ParentCount;
        Span<Step> path = _steps.AsSpan(branch.ParentStart + depth, depth + 1);
        _steps.AsSpan(branch.ParentStart, depth).CopyTo(path);
        (TScore zero, TScore one) = (branch.Zero, branch.One);
        path[depth] = new Step { Feature = branch.Feature, Zero = zero, One = one, Weight = depth == 0 ? TScore.One : TScore.Zero };
        TScore length = Number(depth + 1);
        for (int i = depth - 1; i >= 0; i--)
        {
            path[i + 1].Weight += one * path[i].Weight * Number(i + 1) / length;
            path[i].Weight = zero * path[i].Weight * Number(depth - i) / length;
        }

        return path;
    }

    /// <summary>Takes a step out of a path, whose last place is free then.</summary>
    private static void Unwind(Span<Step> path, int known)
    {
        int depth = path.Length - 1;
        TScore length = Number(depth + 1);
        (TScore zero, TScore one) = (path[known].Zero, path[known].One);
        TScore next = path[depth].Weight;
        for (int i = depth - 1; i >= 0; i--)
        {
            if (one != TScore.Zero)
            {
                TScore before = path[i].Weight;
                path[i].Weight = next * length / (Number(i + 1) * one);
                next = before - (path[i].Weight * zero * Number(depth - i) / length);
            }
            else
            {
                path[i].Weight = path[i].Weight * length / (zero * Number(depth - i));
            }
        }

        // The weights stay in their places: they belong to sizes of coalitions, not to features.
        for (int i = known; i < depth; i++)
        {
            path[i].Feature = path[i + 1].Feature;
            path[i].Zero = path[i + 1].Zero;
            path[i].One = path[i + 1].One;
        }
    }

    /// <summary>The sum of the weights that the path would have without a step.</summary>
    private static TScore UnwoundSum(ReadOnlySpan<Step> path, int known)
    {
        int depth = path.Length - 1;
        TScore length = Number(depth + 1);
        (TScore zero, TScore one) = (path[known].Zero, path[known].One);
        TScore next = path[depth].Weight;
        TScore total = TScore.Zero;
        for (int i = depth - 1; i >= 0; i--)
        {
            TScore share = Number(depth - i) / length;
            if (one != TScore.Zero)
            {
                TScore part = next * length / (Number(i + 1) * one);
                total += part;
                next = path[i].Weight - (part * zero * share);
            }
            else
            {
                total += path[i].Weight / zero / share;
            }
        }

        return total;
    }

    private static void AddLeaf(ReadOnlySpan<Step> path, TScore value, Span<TScore> parts)
    {
        for (int i = 1; i < path.Length; i++)
        {
            parts[path[i].Feature] += UnwoundSum(path, i) * (path[i].One - path[i].Zero) * value;
        }
    }

    private static int Find(ReadOnlySpan<Step> path, int feature)
    {
        int i = path.Length - 1;
        while (i >= 0 && path[i].Feature != feature)
        {
            i--;
        }

        return i;
    }

    private static TScore Number(int count) => TScore.CreateTruncating(count);

    private void Reserve(TreeSurvey survey)
    {
        // A level leaves one child behind and goes on with the other one.
        PooledBuffer.Reserve(ref _steps, survey.Steps);
        PooledBuffer.Reserve(ref _pending, survey.Levels + 1);
    }

    private struct Step
    {
        public int Feature;
        public TScore Zero;
        public TScore One;
        public TScore Weight;
    }

    /// <summary>A node that is still to be explained, and where its parent's path is.</summary>
    private struct Branch
    {
        public int Node;
        public int ParentStart;
        public int ParentCount;
        public int Feature;
        public TScore Zero;
        public TScore One;
    }
}
