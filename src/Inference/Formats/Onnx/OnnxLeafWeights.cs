using System;

namespace Inference.Formats.Onnx;

/// <summary>What the leaves of an ensemble add to its outputs, leaf by leaf in the order in which it is added.</summary>
/// <param name="Starts">Leaf l owns the entries from Starts[l] to Starts[l + 1].</param>
/// <param name="Outputs">The output of each entry.</param>
/// <param name="Values">The value of each entry.</param>
internal sealed record OnnxLeafWeights(int[] Starts, int[] Outputs, double[] Values)
{
    /// <summary>The outputs that a leaf adds to.</summary>
    public ReadOnlySpan<int> OutputsOf(int leaf) => Outputs.AsSpan(Starts[leaf], Starts[leaf + 1] - Starts[leaf]);

    /// <summary>The values that a leaf adds.</summary>
    public ReadOnlySpan<double> ValuesOf(int leaf) => Values.AsSpan(Starts[leaf], Starts[leaf + 1] - Starts[leaf]);

    /// <summary>What the leaves add to one output, as the only one.</summary>
    public OnnxLeafWeights Only(int output)
    {
        int[] starts = new int[Starts.Length];
        double[] values = new double[Outputs.AsSpan().Count(output)];
        int next = 0;
        for (int leaf = 0; leaf + 1 < starts.Length; leaf++)
        {
            for (int i = Starts[leaf]; i < Starts[leaf + 1]; i++)
            {
                if (Outputs[i] == output)
                {
                    values[next++] = Values[i];
                }
            }

            starts[leaf + 1] = next;
        }

        return new OnnxLeafWeights(starts, new int[next], values);
    }
}
