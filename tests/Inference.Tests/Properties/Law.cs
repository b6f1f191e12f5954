using System;
using System.Collections.Generic;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Inference.Tests.Properties.Drafts;

namespace Inference.Tests.Properties;

/// <summary>Runs a law over random cases.</summary>
/// <remarks>
/// A failure prints the smallest case found and FsCheck's replay triple "(a,b,c)"; INFERENCE_PROPERTY_REPLAY=a,b,c runs
/// that case again. INFERENCE_PROPERTY_CASES sets the number of cases of every law.
/// </remarks>
internal static class Law
{
    /// <summary>Cases of a law; the share that every run of the tests takes, unless the variable asks for more.</summary>
    public static int Cases(int share) =>
        Environment.GetEnvironmentVariable("INFERENCE_PROPERTY_CASES") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : share;

    /// <summary>Checks a law on models of one kind.</summary>
    public static void Holds(Func<Random, int, Draft> draw, Action<DraftCase> law, int share = 200) =>
        Holds((random, size) => DraftCase.Make(random, size, draw), subject => subject.Smaller(), law, share);

    /// <summary>Checks a law that draws its cases itself; a failure prints the seed.</summary>
    public static void Holds(Action<Random> law, int share) => Holds((random, _) => random.Next(), _ => [], seed => law(new Random(seed)), share);

    /// <summary>Checks a law.</summary>
    public static void Holds<T>(Func<Random, int, T> make, Func<T, IEnumerable<T>> shrink, Action<T> law, int share)
    {
        Gen<T> cases = Gen.Sized(size => Gen.Choose(0, int.MaxValue - 1).Select(seed => make(new Random(seed), size)));
        Config config = Config.QuickThrowOnFailure.WithMaxTest(Cases(share)).WithQuietOnSuccess(true);
        if (Environment.GetEnvironmentVariable("INFERENCE_PROPERTY_REPLAY") is { Length: > 0 } replay)
        {
            string[] parts = replay.Trim('(', ')').Split(',');
            config = config.WithReplay(
                ulong.Parse(parts[0], CultureInfo.InvariantCulture), ulong.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture));
        }

        Check.One(config, Prop.ForAll(Arb.From(cases, shrink), law));
    }
}
