using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Forests;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Forests;

/// <summary>A category set holds exactly its codes, whichever form it is kept in.</summary>
public sealed class CategorySetTests
{
    [Fact]
    public void A_set_holds_its_codes_and_no_other()
    {
        Random random = new(1);
        for (int round = 0; round < 200; round++)
        {
            int bound = random.Next(1, 400);
            int[] codes = [.. Enumerable.Range(0, random.Next(0, 60)).Select(_ => random.Next(bound))];
            uint[] words = new uint[(bound / 32) + 1];
            foreach (int code in codes)
            {
                words[code / 32] |= 1u << (code % 32);
            }

            HashSet<int> expected = [.. codes];
            CategorySet fromCodes = CategorySet.FromCodes(codes);
            CategorySet fromWords = CategorySet.FromWords(words);
            for (int code = -2; code < bound + 70; code++)
            {
                Assert.Equal(expected.Contains(code), fromCodes.Contains(code));
                Assert.Equal(expected.Contains(code), fromWords.Contains(code));
            }

            Assert.Equal(expected.Order(), fromCodes.Codes().Distinct());
            Assert.Equal(expected.Order(), fromWords.Codes());
            Assert.InRange(fromCodes.Count, expected.Count, codes.Length);
            Assert.Equal(expected.Count, fromWords.Count);
            Assert.All(codes, code => Assert.True(code < fromCodes.Bound && code < fromWords.Bound));
        }
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(16_777_215)]
    public void One_large_code_costs_no_large_memory(int code)
    {
        CategorySet set = CategorySet.FromCodes([code, 3]);
        Assert.InRange(Allocations.Of(() => set = CategorySet.FromCodes([code, 3])), 1, 1000);
        Assert.True(set.Contains(code));
        Assert.True(set.Contains(3));
        Assert.False(set.Contains(code - 1));
        Assert.False(set.Contains(-1));
    }

    [Fact]
    public void An_empty_set_holds_nothing()
    {
        foreach (CategorySet set in new[] { CategorySet.FromCodes([]), CategorySet.FromWords([]), CategorySet.FromWords([0, 0]) })
        {
            Assert.Equal(0, set.Bound);
            Assert.False(set.Contains(0));
            Assert.False(set.Contains(int.MaxValue));
        }
    }

    [Fact]
    public void Negative_codes_are_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => CategorySet.FromCodes([1, -1]));
}
