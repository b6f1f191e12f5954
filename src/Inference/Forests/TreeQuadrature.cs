using System;
using System.Buffers;
using System.Numerics;

namespace Inference.Forests;

// A leaf's game has the features of its path as players; with w the share of training rows that reach the leaf and p the
// factor by which passing a feature's splits raises it (1 / share where the row passes them, else 0), player j's value is
//     leaf * w * (p_j - 1) * integral over t from 0 to 1 of the product over i != j of (1 + (p_i - 1) t).
// With t = s^2 the integral is taken by Gauss and Legendre's rule of 8 points in s, exactly up to 8 features on a path;
// beyond, what is left out is small. Subtrees hand up the sums of their leaves' products, so that a tree takes one pass.
// What has to stay as it is (XGBoost 3.3 and 3.4, src/predictor/interpretability/shap.cc, all in float32):
//   * left before right: a split's parts are added as its children return, and its sum is left + right;
//   * a feature that is tested again multiplies by its new factor first, then divides by the old one;
//   * a child's part is the sum over the points with its factor, minus, point by point, that with the old factor.
// Limits: time is nodes * 8, memory a few numbers for each level of the tree.

/// <summary>Shapley values of one tree and one row by an integral at eight points.</summary>
/// <typeparam name="TScore">The model's precision.</typeparam>
/// <remarks>Create once, <see cref="Dispose"/> at the end. Allocates nothing once the pools are warm.</remarks>
internal ref struct TreeQuadrature<TScore>
    where TScore : unmanaged, IFloatingPointIeee754<TScore>
{
    private const int Points = 8;

    /// <summary>The factor of a feature that is not on the path. No other is negative.</summary>
    private static readonly TScore Unseen = -TScore.One;

    /// <summary>The least share of a child: one that no training row reached can still be reached (same source, quadrature.h).</summary>
    public static readonly TScore LeastShare = TScore.CreateTruncating(1e-12f);

    private readonly TScore[] _factors;
    private Level[] _levels;
    private TScore[] _products;
    private TScore[] _sums;

    /// <summary>Rents the buffers.</summary>
    public TreeQuadrature(int features)
    {
        const int levels = 32;
        _factors = ArrayPool<TScore>.Shared.Rent(features);
        _factors.AsSpan(0, features).Fill(Unseen);
        _levels = ArrayPool<Level>.Shared.Rent(levels);
        _products = ArrayPool<TScore>.Shared.Rent(levels * Points);
        _sums = ArrayPool<TScore>.Shared.Rent(levels * Points);
    }

    /// <summary>s^2 for the points s of Gauss and Legendre's rule on 0 to 1, in float32: the squares of (x + 1) / 2, x the zeros of Legendre's polynomial P8.</summary>
    public static ReadOnlySpan<float> Nodes =>
        [0.00039422387f, 0.01033613f, 0.056279875f, 0.16669475f, 0.3501294f, 0.58181226f, 0.8070026f, 0.96068406f];

    /// <summary>The points' weights times dt / ds = 2 s, in float32: s * 2 / ((1 - x^2) P8'(x)^2).</summary>
    public static ReadOnlySpan<float> Weights =>
        [0.0020098998f, 0.022608759f, 0.074421816f, 0.1480775f, 0.21460627f, 0.23928483f, 0.19977227f, 0.09921864f];

    /// <summary>Gives the buffers back.</summary>
    public readonly void Dispose()
    {
        ArrayPool<TScore>.Shared.Return(_factors);
        ArrayPool<Level>.Shared.Return(_levels);
        ArrayPool<TScore>.Shared.Return(_products);
        ArrayPool<TScore>.Shared.Return(_sums);
    }

    /// <summary>Adds each feature's part of one output to <paramref name="parts"/>; the expectation is not added.</summary>
    /// <param name="game">The tree, the row and the output.</param>
    /// <param name="parts">One for each feature.</param>
    public void Add<TRow>(in TreeGame<TRow> game, Span<TScore> parts)
        where TRow : unmanaged, INumberBase<TRow>
    {
        if (game.Tree.Nodes[0].IsLeaf)
        {
            return;
        }

        Reserve(game.Survey.Levels);
        _levels[0] = new Level { Node = 0, Weight = TScore.One };
        At(_products, 0).Fill(TScore.One);
        int depth = 0;
        while (true)
        {
            // Down, left before right, to the next leaf.
            ref Level level = ref _levels[depth];
            ref readonly Node node = ref game.Tree.Nodes[level.Node];
            if (!node.IsLeaf)
            {
                level.Feature = node.Feature;
                level.Before = _factors[node.Feature];
                level.GoesLeft = game.GoesLeft(node);
                Descend(game, depth, node.Left, level.GoesLeft);
                depth++;
                continue;
            }

            Weigh(depth, level.Weight * game.LeafValue<TScore>(node));

            // Up, through all splits whose right child this was, and down again to the right of the next one.
            while (true)
            {
                if (depth == 0)
                {
                    return;
                }

                ref Level parent = ref _levels[--depth];
                Span<TScore> sums = At(_sums, depth);
                ReadOnlySpan<TScore> child = At(_sums, depth + 1);
                parts[parent.Feature] += Part(child, _factors[parent.Feature], parent.Before == Unseen ? TScore.One : parent.Before);
                _factors[parent.Feature] = parent.Before;
                if (!parent.OnRight)
                {
                    parent.OnRight = true;
                    child.CopyTo(sums);
                    Descend(game, depth, game.Tree.Nodes[parent.Node].Right, !parent.GoesLeft);
                    depth++;
                    break;
                }

                for (int i = 0; i < Points; i++)
                {
                    sums[i] += child[i];
                }
            }
        }
    }

    /// <summary>Goes to a child: its products, and its feature's factor.</summary>
    private readonly void Descend<TRow>(in TreeGame<TRow> game, int depth, int child, bool passes)
        where TRow : unmanaged, INumberBase<TRow>
    {
        ref readonly Level parent = ref _levels[depth];
        TScore share = game.Share<TScore>(parent.Node, child);
        share = share < LeastShare ? LeastShare : share;
        TScore before = parent.Before;
        TScore factor = !passes ? TScore.Zero : (before == Unseen ? TScore.One : before) / share;
        Span<TScore> products = At(_products, depth + 1);
        At(_products, depth).CopyTo(products);
        TScore alpha = factor - TScore.One;
        for (int i = 0; i < Points; i++)
        {
            products[i] *= TScore.One + (alpha * TScore.CreateTruncating(Nodes[i]));
        }

        TScore alphaBefore = before - TScore.One;
        if (before != Unseen && alphaBefore != TScore.Zero)
        {
            for (int i = 0; i < Points; i++)
            {
                products[i] /= TScore.One + (alphaBefore * TScore.CreateTruncating(Nodes[i]));
            }
        }

        _factors[parent.Feature] = factor;
        _levels[depth + 1] = new Level { Node = child, Weight = parent.Weight * share };
    }

    private readonly void Weigh(int depth, TScore leaf)
    {
        ReadOnlySpan<TScore> products = At(_products, depth);
        Span<TScore> sums = At(_sums, depth);
        for (int i = 0; i < Points; i++)
        {
            sums[i] = products[i] * leaf * TScore.CreateTruncating(Weights[i]);
        }
    }

    /// <summary>What a feature gets from a child where its factor went from one to another.</summary>
    private static TScore Part(ReadOnlySpan<TScore> sums, TScore factor, TScore before)
    {
        TScore part = TScore.Zero;
        if (factor != TScore.One)
        {
            TScore alpha = factor - TScore.One;
            for (int i = 0; i < Points; i++)
            {
                part += alpha * sums[i] / (TScore.One + (alpha * TScore.CreateTruncating(Nodes[i])));
            }
        }

        if (before != TScore.One)
        {
            TScore alpha = before - TScore.One;
            for (int i = 0; i < Points; i++)
            {
                part -= alpha * sums[i] / (TScore.One + (alpha * TScore.CreateTruncating(Nodes[i])));
            }
        }

        return part;
    }

    private static Span<TScore> At(TScore[] buffer, int level) => buffer.AsSpan(level * Points, Points);

    private void Reserve(int levels)
    {
        PooledBuffer.Reserve(ref _levels, levels);
        PooledBuffer.Reserve(ref _products, levels * Points);
        PooledBuffer.Reserve(ref _sums, levels * Points);
    }

    /// <summary>A node on the path, and what its feature's factor was above it.</summary>
    private struct Level
    {
        public int Node;
        public int Feature;
        public TScore Weight;
        public TScore Before;
        public bool GoesLeft;
        public bool OnRight;
    }
}
