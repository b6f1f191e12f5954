using System;
using System.Linq;
using Inference.Formats;
using Inference.Tests.Properties;
using Xunit;

namespace Inference.Tests.Formats;

/// <summary>Nodes get places of their own, in an order that trees can have.</summary>
public sealed class NodePlacesTests
{
    [Fact]
    public void The_first_node_stays_first_and_leaves_stand_behind_splits() => Law.Holds(
        random =>
        {
            NodePlaces places = new();
            for (int tree = 0; tree < 3; tree++)
            {
                bool[] isLeaf = [.. Enumerable.Range(0, 1 + random.Next(20)).Select(_ => random.Next(2) == 0)];
                places.Begin(isLeaf.Length, isLeaf.Count(leaf => leaf));
                Array.ForEach(isLeaf, places.Add);

                int[] expected = [0, .. Enumerable.Range(1, isLeaf.Length - 1).OrderBy(node => isLeaf[node])];
                Assert.Equal(Enumerable.Range(0, isLeaf.Length), expected.Select(places.Of));
            }
        },
        share: 200);
}
