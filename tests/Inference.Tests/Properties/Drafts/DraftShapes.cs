using System;

namespace Inference.Tests.Properties.Drafts;

/// <summary>Tree shapes: a single leaf, chains, balanced, lopsided and anything between.</summary>
internal static class DraftShapes
{
    /// <summary>Grows a tree.</summary>
    /// <param name="random">The source of chance.</param>
    /// <param name="splits">The number of splits.</param>
    /// <param name="leaf">Makes a leaf.</param>
    /// <param name="split">Makes a split over two children.</param>
    public static DraftNode Grow(Random random, int splits, Func<DraftNode> leaf, Func<DraftNode, DraftNode, DraftNode> split)
    {
        int shape = random.Next(6);
        return Node(splits);

        DraftNode Node(int count)
        {
            if (count == 0)
            {
                return leaf();
            }

            int rest = count - 1;
            int first = shape switch
            {
                0 => rest,
                1 => 0,
                2 => random.Next(2) == 0 ? rest : 0,
                3 => rest / 2,
                4 => Math.Min(rest, random.Next(3)),
                _ => random.Next(rest + 1),
            };
            return split(Node(first), Node(rest - first));
        }
    }

    /// <summary>A number of splits: mostly few, at full size now and then a few hundred.</summary>
    public static int Splits(Random random, int size) => random.Next(8) switch
    {
        0 => 0,
        1 => 1,
        2 when size > 60 => random.Next(100, 320),
        _ => random.Next(2 + (size / 4)),
    };

    /// <summary>A <see cref="DraftTree.Layout"/>: now and then the plain one.</summary>
    public static int Layout(Random random) => random.Next(3) == 0 ? 0 : random.Next(1, 100000);
}
