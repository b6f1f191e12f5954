using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The steps of a tree, or of a chunk of one.</summary>
/// <param name="FirstStep">Its first step; <see cref="PlaneStep.CodeSteps"/> more stand behind the last.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="CodeBits">The bits of a leaf's code.</param>
/// <param name="FirstNumber">Where the numbers of codes are; <see cref="None"/> where codes are the numbers.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TreePlanes(int FirstStep, ushort Steps, byte CodeBits, int FirstNumber)
{
    /// <summary>No numbers.</summary>
    public const int None = -1;
}
