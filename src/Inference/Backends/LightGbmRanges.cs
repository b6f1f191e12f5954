using System;
using System.Threading;
using Inference.Native.LightGbm;

namespace Inference.Backends;

/// <summary>A LightGBM booster and the boosters of ranges of its iterations, made when they are first asked for.</summary>
/// <remarks>
/// Looking a range up takes no lock. They are kept until the booster goes: a host asks for few different ranges, the best
/// iterations above all, and one that is freed might be in use.
/// </remarks>
internal sealed class LightGbmRanges(LightGbmModel all) : IDisposable
{
    private readonly Lock _making = new();
    private Range[] _ranges = [];

    /// <summary>The booster of a range.</summary>
    public LightGbmModel Of(int begin, int count) => Find(Volatile.Read(ref _ranges), begin, count) ?? Make(begin, count);

    /// <summary>Frees all of them. No call may be in progress.</summary>
    public void Dispose()
    {
        foreach (Range range in _ranges)
        {
            range.Model.Dispose();
        }

        all.Dispose();
    }

    private static LightGbmModel? Find(Range[] ranges, int begin, int count)
    {
        foreach (Range range in ranges)
        {
            if (range.Begin == begin && range.Count == count)
            {
                return range.Model;
            }
        }

        return null;
    }

    private LightGbmModel Make(int begin, int count)
    {
        lock (_making)
        {
            if (Find(_ranges, begin, count) is { } made)
            {
                return made;
            }

            LightGbmModel model = all.Bake(begin, count);
            Volatile.Write(ref _ranges, [.. _ranges, new Range(begin, count, model)]);
            return model;
        }
    }

    private sealed record Range(int Begin, int Count, LightGbmModel Model);
}
