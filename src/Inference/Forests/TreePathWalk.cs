using System;
using System.Buffers;
using System.Numerics;

namespace Inference.Forests;

// The leaves of a tree one after the other, each with the Shapley weights of the features on its path.
//
// A leaf's game: its features are the players, and a coalition's worth is the leaf's value times, for every player, 1 or 0
// inside the coalition (whether the row passes all of the feature's splits on the path) and outside of it the share of
// the training rows that passes them. Such a product has a Shapley value in closed form: with z the share and o the 1 or 0,
//     phi_j = value * (o_j - z_j) * integral over t from 0 to 1 of the product over i != j of (o_i t + z_i (1 - t)),
// because a player that comes in a random order has each other player before it with probability t, t uniform. The
// integrand is a polynomial of degree players - 1, so Gauss and Legendre's rule gives the integral exactly, from terms
// that are never negative: nothing cancels, at any depth. A tree's values are the sums of its leaves'.
// Reference for what is computed: Lundberg, Erion, Lee (2018), arXiv:1802.03888, path-dependent TreeSHAP.
// Limits: time is leaves * players^2, memory a few numbers for each level of the tree.

/// <summary>Visits the leaves of one tree for one row, and weighs the features on each leaf's path.</summary>
/// <typeparam name="TRow">float or double.</typeparam>
/// <remarks>Create once, <see cref="Start"/> for each tree, <see cref="Dispose"/> at the end. Allocates nothing once the pools are warm.</remarks>
internal ref struct TreePathWalk<TRow>
    where TRow : unmanaged, INumberBase<TRow>
{
    private readonly Forest _forest;
    private Level[] _levels;
    private Player[] _players;
    private double[] _weights;
    private double[] _products;
    private ReadOnlySpan<TRow> _row;
    private Tree _tree;
    private int _number;
    private int _depth;
    private int _playerCount;
    private bool _started;

    /// <summary>A walk without a tree.</summary>
    public TreePathWalk(Forest forest)
    {
        const int depth = 32;
        _forest = forest;
        _tree = null!;
        _levels = ArrayPool<Level>.Shared.Rent(depth);
        _players = ArrayPool<Player>.Shared.Rent(depth);
        _weights = ArrayPool<double>.Shared.Rent(depth);
        _products = ArrayPool<double>.Shared.Rent(depth);
    }

    /// <summary>The leaf, an index into <see cref="Tree.Nodes"/>.</summary>
    public int Leaf { get; private set; }

    /// <summary>The features on the path, each once.</summary>
    public readonly ReadOnlySpan<Player> Players => _players.AsSpan(0, _playerCount);

    /// <summary>Goes to before the first leaf of a tree.</summary>
    public void Start(int number, ReadOnlySpan<TRow> row)
    {
        _number = number;
        _tree = _forest.Trees[number];
        _row = row;
        _depth = 0;
        _playerCount = 0;
        _started = false;
    }

    /// <summary>Goes to the next leaf, left before right; <see langword="false"/> after the last.</summary>
    /// <exception cref="ModelNotSupportedException">A cover is negative or not a number.</exception>
    public bool MoveNext()
    {
        int node = 0;
        if (_started && !Backtrack(out node))
        {
            return false;
        }

        _started = true;
        while (!_tree.Nodes[node].IsLeaf)
        {
            Push(node);
            node = _tree.Nodes[node].Left;
        }

        Leaf = node;
        return true;
    }

    /// <summary>What a leaf of value 1 gives to each of <see cref="Players"/>, valid until the next call.</summary>
    /// <param name="expected">The share of the training rows that reach the leaf: what it gives to the bias.</param>
    public readonly ReadOnlySpan<double> Weigh(out double expected)
    {
        ReadOnlySpan<Player> players = Players;
        Span<double> weights = _weights.AsSpan(0, players.Length);
        weights.Clear();
        expected = 1;
        if (players.IsEmpty)
        {
            return weights;
        }

        foreach (ref readonly Player player in players)
        {
            expected *= player.Zero;
        }

        GaussLegendre rule = GaussLegendre.ForDegree(players.Length - 1);
        for (int point = 0; point < rule.Points.Length; point++)
        {
            AddPoint(players, rule.Points[point], rule.Weights[point], weights);
        }

        for (int i = 0; i < players.Length; i++)
        {
            weights[i] *= players[i].One - players[i].Zero;
        }

        return weights;
    }

    /// <summary>Gives the buffers back.</summary>
    public readonly void Dispose()
    {
        ArrayPool<Level>.Shared.Return(_levels);
        ArrayPool<Player>.Shared.Return(_players);
        ArrayPool<double>.Shared.Return(_weights);
        ArrayPool<double>.Shared.Return(_products);
    }

    /// <summary>For each player the product of all others, as what stands before it times what stands behind: no division.</summary>
    private readonly void AddPoint(ReadOnlySpan<Player> players, double t, double weight, Span<double> weights)
    {
        Span<double> before = _products.AsSpan(0, players.Length);
        double product = weight;
        for (int i = 0; i < players.Length; i++)
        {
            before[i] = product;
            product *= players[i].At(t);
        }

        product = 1;
        for (int i = players.Length - 1; i >= 0; i--)
        {
            weights[i] += before[i] * product;
            product *= players[i].At(t);
        }
    }

    /// <summary>Leaves finished levels and turns to the right at the first that has gone left only.</summary>
    private bool Backtrack(out int node)
    {
        while (_depth > 0)
        {
            ref Level level = ref _levels[_depth - 1];
            ref Player player = ref _players[level.Player];
            if (!level.OnRight)
            {
                level.OnRight = true;
                node = _tree.Nodes[level.Node].Right;
                player.Zero = level.Zero * Share(level.Node, node);
                player.One = level.GoesLeft ? 0 : level.One;
                return true;
            }

            (player.Zero, player.One) = (level.Zero, level.One);
            _playerCount -= level.IsNew ? 1 : 0;
            _depth--;
        }

        node = -1;
        return false;
    }

    /// <summary>Goes below a split, to the left.</summary>
    private void Push(int node)
    {
        ref readonly Node split = ref _tree.Nodes[node];
        int place = 0;
        while (place < _playerCount && _players[place].Feature != split.Feature)
        {
            place++;
        }

        Reserve();
        bool isNew = place == _playerCount;
        ref Player player = ref _players[place];
        if (isNew)
        {
            player = new Player { Feature = split.Feature, Zero = 1, One = 1 };
            _playerCount++;
        }

        bool goesLeft = Reference.GoesLeft(_tree, split, Reference.Read(_forest, _row, split.Feature));
        _levels[_depth++] = new Level { Node = node, Player = place, Zero = player.Zero, One = player.One, IsNew = isNew, GoesLeft = goesLeft };
        player.Zero *= Share(node, split.Left);
        player.One = goesLeft ? player.One : 0;
    }

    private void Reserve()
    {
        // One more level and one more player; there are never more players than levels.
        Grow(ref _levels, _depth);
        Grow(ref _players, _depth);
        Grow(ref _weights, _depth);
        Grow(ref _products, _depth);
    }

    private static void Grow<T>(ref T[] buffer, int used)
    {
        if (used < buffer.Length)
        {
            return;
        }

        T[] larger = ArrayPool<T>.Shared.Rent(used * 2);
        buffer.AsSpan(0, used).CopyTo(larger);
        ArrayPool<T>.Shared.Return(buffer);
        buffer = larger;
    }

    /// <summary>The share of a split's training rows that one child got.</summary>
    /// <remarks>
    /// A split that no training row reached says nothing of its children; each gets half, as in XGBoost (3.4,
    /// src/predictor/interpretability/quadrature.h, BranchWeight). A child that none reached gets 0, exactly.
    /// </remarks>
    private readonly double Share(int parent, int child)
    {
        double whole = _tree.Statistics![parent].Cover;
        double share = _tree.Statistics[child].Cover / whole;
        share = whole == 0 ? 0.5 : share;
        return double.IsFinite(share) && share >= 0 && whole >= 0
            ? share
            : throw new ModelNotSupportedException(
                _forest.Origin.Source,
                $"tree {_number}, node {parent}",
                $"node covers {whole} and, of the child, {_tree.Statistics[child].Cover}",
                "contributions need covers that are numbers of 0 or more");
    }

    /// <summary>A feature on the path from the root to a leaf.</summary>
    public struct Player
    {
        /// <summary>The feature.</summary>
        public int Feature;

        /// <summary>The share of the training rows that pass the feature's splits on the path.</summary>
        public double Zero;

        /// <summary>1 where the row passes all of them, else 0.</summary>
        public double One;

        /// <summary>The feature's factor of the integrand.</summary>
        public readonly double At(double t) => (One * t) + (Zero * (1 - t));
    }

    /// <summary>A split on the path, and what its feature was before it.</summary>
    private struct Level
    {
        public int Node;
        public int Player;
        public double Zero;
        public double One;
        public bool IsNew;
        public bool GoesLeft;
        public bool OnRight;
    }
}
