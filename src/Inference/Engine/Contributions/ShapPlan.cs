using System;
using System.Buffers;
using Inference.Forests;
using Inference.Kernels;

namespace Inference.Engine.Contributions;

/// <summary>The order in which a walk takes a tree's nodes, and the memory that it needs.</summary>
/// <remarks>Made anew for each tree and block: that takes a hundredth of the walk's time, and nothing has to be kept.</remarks>
internal ref struct ShapPlan
{
    /// <summary>Up to this many classes may be kept, whether any row is in them or not.</summary>
    public const int FewClasses = 32;

    private ShapNode[] _nodes;
    private int[] _pending;
    private long[] _leavesAt;

    /// <summary>Rents the buffers.</summary>
    public ShapPlan()
    {
        _nodes = ArrayPool<ShapNode>.Shared.Rent(64);
        _pending = ArrayPool<int>.Shared.Rent(64);
        _leavesAt = ArrayPool<long>.Shared.Rent(16);
    }

    /// <summary>The nodes that the root reaches, parents first, left before right.</summary>
    public readonly ReadOnlySpan<ShapNode> Nodes => _nodes.AsSpan(0, Count);

    /// <summary>How many.</summary>
    public int Count { get; private set; }

    /// <summary>The entries of a row's parts.</summary>
    public readonly int Entries => _nodes[0].Entries;

    /// <summary>The levels, a lone root's 1.</summary>
    public int Levels { get; private set; }

    /// <summary>The features tested.</summary>
    public int Features { get; private set; }

    /// <summary>Gives the buffers back.</summary>
    public readonly void Dispose()
    {
        ArrayPool<ShapNode>.Shared.Return(_nodes);
        ArrayPool<int>.Shared.Return(_pending);
        ArrayPool<long>.Shared.Return(_leavesAt);
    }

    /// <summary>Plans a tree.</summary>
    public void Make(Tree tree, TreeSurvey survey)
    {
        PooledBuffer.Reserve(ref _nodes, tree.Nodes.Length);
        PooledBuffer.Reserve(ref _pending, survey.Levels + 1);
        PooledBuffer.Reserve(ref _leavesAt, survey.Levels);
        (Count, Levels, Features) = (0, survey.Levels, survey.Features.Length);
        _leavesAt.AsSpan(0, Levels).Clear();

        // A split waits as its place in the order: its right child follows when the left one's subtree is done.
        int pending = 0;
        Add(tree, survey, node: 0, parent: -1, isLeft: false);
        int last = 0;
        while (true)
        {
            ref readonly Node node = ref tree.Nodes[_nodes[last].Node];
            if (!node.IsLeaf)
            {
                _pending[pending++] = last;
                last = Add(tree, survey, node.Left, last, isLeft: true);
                continue;
            }

            _leavesAt[_nodes[last].Level]++;
            if (pending == 0)
            {
                break;
            }

            int parent = _pending[--pending];
            last = Add(tree, survey, tree.Nodes[_nodes[parent].Node].Right, parent, isLeft: false);
        }

        for (int i = Count - 1; i > 0; i--)
        {
            _nodes[_nodes[i].Parent].Entries += _nodes[i].Entries;
        }
    }

    /// <summary>The numbers that all leaves' parts take for a number of rows, at most.</summary>
    public readonly long PartNumbers(int rows)
    {
        long numbers = 0;
        for (int level = 0; level < Levels; level++)
        {
            int steps = Math.Min(level, Features);
            numbers += _leavesAt[level] * ClassesAt(level, rows) * PartPlaces<float>.Numbers(PartPlaces<float>.Entries(steps), steps);
        }

        return numbers;
    }

    /// <summary>The bytes that the paths and rows of all levels take at once, at most.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="size">The bytes of a number.</param>
    /// <param name="lanes">What classes are rounded up to.</param>
    public readonly long LevelBytes(int rows, int size, int lanes)
    {
        // The level above the root holds little; 16 lines make up for what is rounded up on a level.
        long bytes = ((Levels + 1) * 1024L) + ((long)(rows + lanes) * size);
        for (int level = 0; level < Levels; level++)
        {
            // Weights twice and ones; two rows of ones for the children; turns, classes and places of the rows.
            long steps = Math.Min(level, Features) + 2;
            long classes = ClassesAt(level + 1, rows) + lanes;
            bytes += (((3 * steps) + 2) * classes * size) + (steps * (size + sizeof(int))) + (3L * (rows + lanes) * size) + (4 * classes * sizeof(int)) + (16 * Bump.Line);
        }

        return bytes;
    }

    /// <summary>The most classes on a level: a few registers of them may be without rows.</summary>
    private static long ClassesAt(int level, int rows) => Math.Min(1L << Math.Min(level, 32), Math.Max(rows, FewClasses));

    private int Add(Tree tree, TreeSurvey survey, int node, int parent, bool isLeft)
    {
        ref readonly Node source = ref tree.Nodes[node];
        int level = parent < 0 ? 0 : _nodes[parent].Level + 1;
        _nodes[Count] = new ShapNode
        {
            Node = node,
            Parent = parent,
            Level = level,
            Entries = source.IsLeaf ? PartPlaces<float>.Entries(Math.Min(level, Features)) : 0,
            Slot = source.IsLeaf ? -1 : Array.BinarySearch(survey.Features, source.Feature),
            IsLeft = isLeft,
        };
        return Count++;
    }
}
