using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Inference.Engine.Ranks;
using Inference.Forests;
using Inference.Kernels;
using Inference.Tests.Properties;
using Xunit;

namespace Inference.Tests.Engine;

/// <summary>Leaves have codes of their own, and the steps of a tree lead every row to those of its leaf.</summary>
public sealed unsafe class LeafCodesTests
{
    [Fact]
    public void The_codes_of_leaves_are_cubes_that_have_nothing_in_common() => Law.Holds(
        random =>
        {
            CodedTree tree = new(random);
            foreach (IGrouping<int, CodeEnd> chunk in tree.Ends.Select(end => tree.Codes.Ends[end]).GroupBy(end => end.Chunk))
            {
                Assert.All(chunk, end => Assert.Equal(0, end.First % end.Codes));
                int[] all = [.. chunk.SelectMany(end => Enumerable.Range(end.First, end.Codes))];
                Assert.Equal(all.Length, all.Distinct().Count());
                Assert.True(all.Max() < 1 << PlaneStep.MaxCodeBits);
            }
        },
        share: 200);

    [Fact]
    public void Steps_lead_rows_to_the_codes_of_their_leaves() => Law.Holds(
        random =>
        {
            CodedTree tree = new(random);
            ulong[] planes = new ulong[PlaneStep.FirstMask + tree.Splits];
            random.NextBytes(MemoryMarshal.AsBytes(planes.AsSpan(PlaneStep.FirstMask)));
            planes[PlaneStep.Ones] = ulong.MaxValue;
            for (int chunk = 0; chunk < tree.Codes.Chunks.Count; chunk++)
            {
                ulong[] bits = tree.Run(chunk, planes);
                for (int row = 0; row < 64; row++)
                {
                    int code = Enumerable.Range(0, bits.Length).Sum(bit => (int)(bits[bit] >> row & 1) << bit);
                    CodeEnd expected = tree.Codes.Ends[tree.EndOf(chunk, split => (planes[PlaneStep.FirstMask + split] >> row & 1) != 0)];
                    Assert.Equal(chunk, expected.Chunk);
                    Assert.InRange(code, expected.First, expected.First + expected.Codes - 1);
                }
            }
        },
        share: 200);

    [Fact]
    public void Steps_stand_where_they_are_called_however_many_there_are()
    {
        // Large trees until pieces have their full length, and then small ones, which fill them to the last step.
        const int Large = 400, Small = 70_000, Planes = 8192;
        StepFormat format = StepFormat.For(Planes);
        StepPieces.Writer writer = new(format);
        int[] firsts = new int[Large + Small];
        byte[] room = new byte[StepKernel.RoomFor(SplitsOf(0))];
        fixed (byte* memory = room)
        {
            for (int tree = 0; tree < firsts.Length; tree++)
            {
                for (int step = 0; step < StepsOf(tree) + PlaneStep.CodeSteps; step++)
                {
                    ((ushort*)memory)[step] = MaskOf(tree, step);
                }

                firsts[tree] = writer.Add(memory, SplitsOf(tree), StepsOf(tree));
            }
        }

        StepPieces steps = writer.Build();
        for (int tree = 0; tree < firsts.Length; tree++)
        {
            byte* first = steps.At(firsts[tree]);
            for (int step = 0; step < StepsOf(tree) + PlaneStep.CodeSteps; step++)
            {
                Assert.Equal(MaskOf(tree, step), format.Unpack(StepFormat.Read(first + (step * format.Bytes))).Mask);
            }
        }

        GC.KeepAlive(steps);

        static int SplitsOf(int tree) => tree < Large ? 255 : 1;

        static int StepsOf(int tree) => tree < Large ? 1700 + (tree % 90) : tree % 9;

        static ushort MaskOf(int tree, int step) => (ushort)(((tree * 31) + step) % Planes);
    }

    /// <summary>A random tree whose leaves have codes, and its steps. The mask of each split has the split's number.</summary>
    private sealed class CodedTree
    {
        private readonly TreeShape _shape = new();
        private readonly StepFormat _format;
        private readonly StepPieces _steps;
        private readonly TreePlanes[] _planes;
        private readonly HashSet<int> _roots;

        public CodedTree(Random random)
        {
            Tree tree = GrownTree.Of(random, 2 + random.Next(random.Next(4) switch { 0 => 31, 1 => 130, 2 => 256, _ => 900 }));
            _shape.Read(tree);
            _shape.CountFromLeft();
            RowForm form = tree.Depth <= HeapKernel.MaxLevels && random.Next(2) == 0 ? RowForm.Heap
                : _shape.Leaves <= RegisterKernel.Entries / 2 && random.Next(2) == 0 ? RowForm.Register
                : RowForm.Blocks;
            LeafOrder order = LeafCodes.OrderOf(tree, form);
            Codes.Assign(_shape, form, tree.Depth, order);
            LeafNumbers numbers = new();
            numbers.Number(_shape, Codes, order);

            ushort[] masks = [.. Enumerable.Range(PlaneStep.FirstMask, Splits).Select(mask => (ushort)mask)];
            _format = StepFormat.For(PlaneStep.FirstMask + Splits);
            PlaneBuilder builder = new(_format);
            _planes = [.. Enumerable.Range(0, Codes.Chunks.Count).Select(chunk => builder.Add(chunk, _shape, masks, Codes, numbers))];
            _steps = builder.BuildSteps();
            _roots = [.. Codes.Chunks.Skip(1).Select(chunk => chunk.Root)];
        }

        public LeafCodes Codes { get; } = new();

        public int Splits => _shape.Splits;

        /// <summary>What chunks end at: leaves, and roots of other chunks.</summary>
        public IEnumerable<int> Ends => Enumerable.Range(Splits, _shape.Leaves).Concat(_roots);

        /// <summary>Takes the steps of a chunk, and returns the planes of the codes that rows have then.</summary>
        public ulong[] Run(int chunk, ulong[] planes)
        {
            byte* first = _steps.At(_planes[chunk].FirstStep);
            for (int number = 0; number < _planes[chunk].Steps; number++)
            {
                PlaneStep step = Step(first, number);
                Assert.InRange(step.Target, PlaneStep.FirstSlot, PlaneStep.FirstMask - 1);
                planes[step.Target] = (planes[step.Mask] & planes[step.Right]) | (~planes[step.Mask] & planes[step.Left]);
            }

            GC.KeepAlive(_steps);
            return
            [
                .. Enumerable.Range(0, PlaneStep.CodeSteps)
                    .Select(number => Step(first, _planes[chunk].Steps + number))
                    .SelectMany(step => (ushort[])[step.Mask, step.Right, step.Left])
                    .Select(plane => planes[plane]),
            ];
        }

        /// <summary>Where a row ends that begins at a chunk's root.</summary>
        public int EndOf(int chunk, Func<int, bool> goesRight)
        {
            int place = Codes.Chunks[chunk].Root;
            do
            {
                place = goesRight(place) ? _shape.Sides[place].Right : _shape.Sides[place].Left;
            }
            while (place < Splits && !_roots.Contains(place));
            return place;
        }

        private PlaneStep Step(byte* first, int number) => _format.Unpack(StepFormat.Read(first + (number * _format.Bytes)));
    }
}
