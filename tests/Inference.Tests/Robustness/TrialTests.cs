using System;
using System.Threading;
using Inference.Tests.Support;
using Xunit;

namespace Inference.Tests.Robustness;

/// <summary>The trial of broken files notices what it is there to notice. Alone, as <see cref="BrokenFileTests"/> are.</summary>
[Collection(nameof(Alone))]
public sealed class TrialTests
{
    private static readonly byte[] Sound = Specimen.Of(ModelFormat.LightGbmText)[0].Content;

    [Fact]
    public void Another_exception_is_noticed()
    {
        TrialException found = Assert.Throws<TrialException>(() => Trial.Run(Sound, _ => throw new InvalidOperationException("not one of the two")));
        Assert.Contains("InvalidOperationException", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_much_memory_is_noticed()
    {
        TrialException found = Assert.Throws<TrialException>(() => Trial.Run(Sound, file =>
        {
            GC.KeepAlive(new byte[Trial.Allowance(file.Length) + 1]);
            return Trial.Load(file);
        }));
        Assert.Contains("bytes were allocated", found.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_much_time_is_noticed()
    {
        TrialException found = Assert.Throws<TrialException>(() => Trial.Run(Sound, file =>
        {
            Thread.Sleep(Trial.Patience + TimeSpan.FromMilliseconds(50));
            return Trial.Load(file);
        }));
        Assert.Contains("it took", found.Message, StringComparison.Ordinal);
    }
}
