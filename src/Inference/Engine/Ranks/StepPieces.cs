using System;
using System.Collections.Generic;
using Inference.Kernels;

namespace Inference.Engine.Ranks;

/// <summary>The steps of all trees, as <see cref="StepFormat"/> says: in pieces, each copied once when it is full, so that none is copied as their list grows.</summary>
internal sealed unsafe class StepPieces
{
    private const int PlaceBits = 16;

    private readonly StepFormat _format;
    private readonly AlignedArray<byte>[] _pieces;

    private StepPieces(StepFormat format, AlignedArray<byte>[] pieces, int count)
    {
        (_format, _pieces, Count) = (format, pieces, count);
        foreach (AlignedArray<byte> piece in pieces)
        {
            Bytes += piece.Bytes;
        }
    }

    /// <summary>How many, with those that say where codes are.</summary>
    public int Count { get; }

    /// <summary>The memory that they take.</summary>
    public long Bytes { get; }

    /// <summary>The steps from one on, by what <see cref="Writer.Add"/> called it; whoever reads them keeps this object alive.</summary>
    public byte* At(int first) => _pieces[first >> PlaceBits].Start + ((nint)(ushort)first * _format.Bytes);

    /// <summary>Writes steps down.</summary>
    /// <param name="format">How they stand in memory.</param>
    public sealed class Writer(StepFormat format)
    {
        /// <summary>A piece is at least as long, and at most so many steps that their places have 16 bits.</summary>
        private const int LeastSteps = 1 << 12, MostSteps = 1 << PlaceBits;

        private readonly List<AlignedArray<byte>> _pieces = [];
        private byte[] _piece = [];
        private int _inPiece;
        private int _count;

        /// <summary>Adds steps that stand one behind the other, and those behind them that say where codes are.</summary>
        /// <param name="room">What <see cref="StepKernel.Find"/> has left.</param>
        /// <param name="splits">The splits of the chunk.</param>
        /// <param name="steps">How many, without those behind them.</param>
        /// <returns>What the first of them is called.</returns>
        public int Add(byte* room, int splits, int steps)
        {
            int count = steps + PlaneStep.CodeSteps;
            if (_inPiece + count > MostSteps || ((_inPiece + count) * format.Bytes) + StepFormat.Slack > _piece.Length)
            {
                Close();
                int most = Math.Max(count, Math.Clamp(_count / 8, LeastSteps, MostSteps));
                GrowingBuffer.Reserve(ref _piece, (most * format.Bytes) + StepFormat.Slack);
            }

            fixed (byte* target = &_piece[_inPiece * format.Bytes])
            {
                StepKernel.Write(room, splits, steps, format, target);
            }

            int first = checked(_pieces.Count * MostSteps) + _inPiece;
            (_inPiece, _count) = (_inPiece + count, _count + count);
            return first;
        }

        /// <summary>All steps. Nothing may be added afterwards.</summary>
        public StepPieces Build()
        {
            Close();
            return new(format, [.. _pieces], _count);
        }

        private void Close()
        {
            if (_inPiece > 0)
            {
                _pieces.Add(AlignedArray<byte>.Of(_piece.AsSpan(0, (_inPiece * format.Bytes) + StepFormat.Slack)));
                _inPiece = 0;
            }
        }
    }
}
