using System.Runtime.InteropServices;

namespace Inference.Kernels;

/// <summary>The steps of a tree, or of a chunk of one.</summary>
/// <param name="FirstStep">Its first step, as the forest calls it; <see cref="PlaneStep.CodeSteps"/> more stand behind the last.</param>
/// <param name="FirstNumber">The first byte of the numbers of its codes.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="Numbers">How the numbers stand in memory.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TreePlanes(int FirstStep, int FirstNumber, ushort Steps, NumberForm Numbers);
