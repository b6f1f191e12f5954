using System;
using System.Linq;
using System.Numerics;
using System.Threading.Tasks;
using Inference.Engine.Contributions;
using Inference.Forests;
using Inference.Tests.Forests;
using Inference.Tests.Properties;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>Leaves with tables say what the reference says.</summary>
public sealed class ContributionTableTests
{
    /// <summary>
    /// Whatever leaves have tables, all of a tree's, some or none: kernels for one row have to agree on splits that both kinds of
    /// leaves are below, and with those for rows that share what they have in common. Wide trees have more sums than registers take.
    /// </summary>
    [Fact]
    public void Tables_and_paths_have_the_same_bits()
    {
        TablesAndPaths<float>(ContributionRule.TreeShapByTree, ScorePrecision.Single);
        TablesAndPaths<double>(ContributionRule.TreeShapByLeaf, ScorePrecision.Double);
    }

    /// <summary>Calls go on with the paths that there are while one of them makes tables; afterwards nothing is allocated.</summary>
    [Fact]
    public void Tables_may_be_made_while_other_threads_read()
    {
        Forest forest = Sketch.Forest(5, [.. Enumerable.Range(0, 20).Select(tree => Full(new Random(tree)))], rule: ContributionRule.TreeShapByLeaf);
        double[] rows = Rows(new Random(3), 200, 5);
        double[] expected = new double[200 * 6];
        new ReferenceContributions<double>(forest, new(forest)).Compute(new RowBlock<double>(rows, 200, 5, 5), Whole(forest), expected);
        ContributionScorer<double> scorer = new(forest, new(forest), rowsBeforeTables: 150);
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
        {
            double[] actual = new double[expected.Length];
            for (int row = 0; row < 200; row++)
            {
                Assert.True(scorer.TryCompute(new RowBlock<double>(rows.AsSpan(row * 5, 5), 1, 5, 5), Whole(forest), actual.AsSpan(row * 6, 6)));
            }

            Bits.Equal(expected, actual, "rows of one thread");
        });
        Assert.True(scorer.HasTables);

        double[] one = new double[6];
        Assert.Equal(0, Allocations.Of(() => scorer.TryCompute(new RowBlock<double>(rows.AsSpan(0, 5), 1, 5, 5), Whole(forest), one)));
    }

    private static void TablesAndPaths<T>(ContributionRule rule, ScorePrecision precision)
        where T : unmanaged, IFloatingPointIeee754<T> => Law.Holds(
        random =>
        {
            bool isWide = random.Next(8) == 0;
            int features = isWide ? random.Next(40, 400) : random.Next(1, 40);
            Tree[] trees = [.. Enumerable.Range(0, isWide ? random.Next(1, 4) : random.Next(1, 40)).Select(_ => ContributionAgreementTests.DrawTree(random, features, isSmall: !isWide))];
            Forest forest = Sketch.Forest(features, trees, precision: precision, rule: rule);
            int count = random.Next(8) == 0 ? random.Next(60, 200) : random.Next(1, 4);
            RowBlock<double> rows = new(Rows(random, count, features), count, features, features);
            double[] expected = new double[count * (features + 1)];
            bool isRefused = false;
            try
            {
                new ReferenceContributions<T>(forest, new(forest)).Compute(rows, Whole(forest), expected);
            }
            catch (ModelNotSupportedException)
            {
                isRefused = true;
            }

            foreach (int levels in new[] { 0, random.Next(1, LeafTables.MostLevels), LeafTables.MostLevels })
            {
                double[] actual = new double[expected.Length];

                // The first call of few rows makes the tables, the second one reads them.
                ContributionScorer<T> scorer = new(forest, new(forest), levels, rowsBeforeTables: 1);
                _ = scorer.TryCompute(rows.Slice(0, 1), Whole(forest), actual.AsSpan(0, features + 1));
                bool isDone = scorer.TryCompute(rows, Whole(forest), actual);

                // Large trees with long paths are left to the specification.
                Assert.True(isDone ? !isRefused : isRefused || isWide);
                if (isDone)
                {
                    Bits.Equal(expected, actual, $"{count} rows, {levels} levels");
                }
            }
        },
        share: 20);

    private static ScoringCall Whole(Forest forest) => new() { FirstTree = 0, EndTree = forest.Trees.Length, Iterations = forest.Trees.Length };

    private static double[] Rows(Random random, int count, int features) => [.. Enumerable.Range(0, count).SelectMany(_ => Sketch.DrawRow(random, features))];

    /// <summary>A tree of four levels.</summary>
    private static Tree Full(Random random)
    {
        Node[] nodes = new Node[31];
        NodeStatistics[] statistics = new NodeStatistics[31];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = i < 15
                ? new Node { Value = random.Next(0, 8) / 2.0, Feature = random.Next(5), Test = NodeTest.Less, Left = (2 * i) + 1, Right = (2 * i) + 2 }
                : Node.Leaf(random.Next(-8, 9) / 4.0, i);
            statistics[i] = new NodeStatistics(16 >> BitOperations.Log2((uint)i + 1), 0);
        }

        return new Tree { Nodes = nodes, Statistics = statistics, Weight = 1 }.Arranged();
    }
}
