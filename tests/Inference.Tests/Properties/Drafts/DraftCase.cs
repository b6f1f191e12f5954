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
        string content = file.Content.Contains((byte)0) ? Convert.ToHexString(file.Content) : Encoding.UTF8.GetString(file.Content);
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
