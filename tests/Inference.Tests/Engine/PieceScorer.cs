using System;
using System.Numerics;
using Inference.Forests;

namespace Inference.Tests.Engine;

/// <summary>A scorer whose margin is a row's first value, and that lets a test into every piece.</summary>
/// <param name="forest">A forest with one output.</param>
/// <param name="pieceRows">The rows of a full piece.</param>
/// <param name="enter">Is called before a piece with its first row's first value.</param>
internal sealed class PieceScorer(Forest forest, int pieceRows, Action<int> enter) : Scorer<double>(forest)
{
    public override EngineKind Engine => EngineKind.Reference;

    public override string Kernel => "pieces";

    public override string Reason => "a test looks into every piece";

    public override int PieceRows => pieceRows;

    public override void Margins(RowBlock<float> rows, in ScoringCall call, Span<double> margins) => Copy(rows, margins);

    public override void Margins(RowBlock<double> rows, in ScoringCall call, Span<double> margins) => Copy(rows, margins);

    public override void Transform(int rows, in ScoringCall call, ReadOnlySpan<double> margins, Span<double> values) => margins.CopyTo(values);

    public override void Leaves(RowBlock<float> rows, in ScoringCall call, Span<int> leaves) => throw new NotSupportedException();

    public override void Leaves(RowBlock<double> rows, in ScoringCall call, Span<int> leaves) => throw new NotSupportedException();

    public override void Contributions(RowBlock<float> rows, in ScoringCall call, Span<double> contributions) => throw new NotSupportedException();

    public override void Contributions(RowBlock<double> rows, in ScoringCall call, Span<double> contributions) => throw new NotSupportedException();

    private void Copy<TRow>(RowBlock<TRow> rows, Span<double> margins)
        where TRow : unmanaged, INumberBase<TRow>
    {
        enter(int.CreateChecked(rows[0][0]));
        for (int row = 0; row < rows.Count; row++)
        {
            margins[row] = double.CreateChecked(rows[row][0]);
        }
    }
}
