using System;
using System.Collections.Generic;
using System.Linq;
using Inference.Forests;

namespace Inference.Tests.Properties.Drafts;

/// <summary>A tree of a drafted model.</summary>
/// <param name="Root">Its nodes.</param>
/// <param name="Output">The output that scalar leaves add to.</param>
/// <param name="Weight">Dart's factor.</param>
/// <param name="Layout">Chooses the numbering and the order of its nodes in files; 0 is the plain one.</param>
internal sealed record DraftTree(DraftNode Root, int Output, float Weight = 1, int Layout = 0);

/// <summary>A file of a drafted model.</summary>
internal sealed record DraftFile(string Layout, byte[] Content);

/// <summary>
/// A model that the tests made up, in a format's own terms. Three things are derived from it that share no code: files,
/// answers by the published rules, and the canonical forest that an importer should arrive at.
/// </summary>
internal abstract record Draft
{
    public required int Features { get; init; }

    public required int Outputs { get; init; }

    public required DraftTree[] Trees { get; init; }

    /// <summary>Trees of one iteration, the same number in each.</summary>
    public required int TreesPerIteration { get; init; }

    public int Iterations => Trees.Length / TreesPerIteration;

    /// <summary>Whether the format compares and adds in float32.</summary>
    public abstract bool IsSingle { get; }

    /// <summary>Whether scores come out in float32, whatever they were added in.</summary>
    public virtual bool ScoresInSingle => IsSingle;

    /// <summary>Whether files hold what contributions need.</summary>
    public abstract bool HasCovers { get; }

    /// <summary>The model in each layout that the format has.</summary>
    public abstract IEnumerable<DraftFile> Write();

    /// <summary>The margins of a row by the published rules.</summary>
    /// <param name="row">The values.</param>
    /// <param name="first">The first iteration.</param>
    /// <param name="end">The iteration after the last.</param>
    /// <param name="start">The base margins of the row, or null for the model's.</param>
    public abstract double[] Margins(ReadOnlySpan<double> row, int first, int end, double[]? start = null);

    /// <summary>The leaf of a row as the library numbers leaves.</summary>
    public abstract int Leaf(ReadOnlySpan<double> row, int tree);

    /// <summary>What an importer should arrive at.</summary>
    public abstract Forest Canonical();

    /// <summary>The same model cut to iterations.</summary>
    public Draft Cut(int first, int end) => this with { Trees = Trees[(first * TreesPerIteration)..(end * TreesPerIteration)] };

    /// <summary>Simpler models.</summary>
    public virtual IEnumerable<Draft> Smaller()
    {
        for (int half = Iterations / 2; half > 0; half /= 2)
        {
            yield return Cut(0, half);
            yield return Cut(Iterations - half, Iterations);
        }

        if (Trees.Any(tree => tree.Layout != 0))
        {
            yield return this with { Trees = [.. Trees.Select(tree => tree with { Layout = 0 })] };
        }

        for (int tree = 0; tree < Trees.Length; tree++)
        {
            foreach (DraftNode root in Trees[tree].Root.Smaller())
            {
                DraftTree[] trees = [.. Trees];
                trees[tree] = trees[tree] with { Root = root };
                yield return this with { Trees = trees };
            }
        }
    }

    /// <summary>The origin of canonical forests, which prediction does not look at.</summary>
    protected static ForestOrigin Origin(ModelFormat format) => new()
    {
        Source = "draft",
        Format = format,
        Version = "",
        VersionVerified = false,
    };
}
