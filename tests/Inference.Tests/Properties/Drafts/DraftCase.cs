using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Inference.Tests.Properties.Drafts;

/// <summary>A drafted model and rows for it.</summary>
/// <param name="Draft">The model.</param>
/// <param name="Singles">Rows whose every value is a float, row-major.</param>
/// <param name="Doubles">Rows of doubles, row-major.</param>
internal sealed record DraftCase(Draft Draft, double[] Singles, double[] Doubles)
{
    /// <summary>Draws a model and rows for it.</summary>
    public static DraftCase Make(Random random, int size, Func<Random, int, Draft> draw)
    {
        Draft draft = draw(random, size);
        return new DraftCase(draft, DraftRows.Singles(random, draft, 4 + (size / 8)), DraftRows.Doubles(random, draft, 4 + (size / 8)));
    }

    /// <summary>Simpler cases: fewer rows first, then simpler models.</summary>
    public IEnumerable<DraftCase> Smaller()
    {
        foreach (double[] fewer in Fewer(Singles))
        {
            yield return this with { Singles = fewer };
        }

        foreach (double[] fewer in Fewer(Doubles))
        {
            yield return this with { Doubles = fewer };
        }

        foreach (Draft draft in Draft.Smaller())
        {
            yield return this with { Draft = draft };
        }
    }

    public override string ToString()
    {
        StringBuilder text = new();
        DraftFile file = Draft.Write().First();
        string content = file.Content.Contains((byte)0) ? Describe() : Encoding.UTF8.GetString(file.Content);
        text.AppendLine().Append(file.Layout).AppendLine(":").AppendLine(content.Length > 4000 ? content[..4000] + " …" : content);
        AppendRows("float", Singles);
        AppendRows("double", Doubles);
        return text.ToString();

        void AppendRows(string type, double[] rows)
        {
            foreach (double[] row in rows.Chunk(Math.Max(1, Draft.Features)).Take(8))
            {
                text.Append(type).Append(" row: ").AppendJoin(", ", row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))).AppendLine();
            }
        }
    }

    /// <summary>The draft itself, where its file is no text.</summary>
    private string Describe()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Draft}").AppendLine();
        foreach (DraftTree tree in Draft.Trees)
        {
            text.Append(CultureInfo.InvariantCulture, $"tree, output {tree.Output}, layout {tree.Layout}").AppendLine();
            List<DraftNode> nodes = tree.Root.DepthFirst();
            Dictionary<DraftNode, int> numbers = DraftNode.Number(nodes);
            foreach (DraftNode node in nodes)
            {
                text.Append("  ").Append(numbers[node]).Append(": ");
                _ = node.IsLeaf
                    ? text.AppendJoin(", ", node.Values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))
                    : text.Append(CultureInfo.InvariantCulture, $"x[{node.Feature}] {node.Test} {node.Threshold:R} {string.Join(' ', node.Codes)} ? {numbers[node.First!]} : {numbers[node.Second!]}, missing first: {node.MissingFirst}");
                text.AppendLine();
            }
        }

        return text.ToString();
    }

    private IEnumerable<double[]> Fewer(double[] rows)
    {
        int count = rows.Length / Draft.Features;
        for (int half = count / 2; half > 0; half /= 2)
        {
            yield return rows[..(half * Draft.Features)];
            yield return rows[((count - half) * Draft.Features)..];
        }

        if (count == 1)
        {
            yield return [];
        }
    }
}
