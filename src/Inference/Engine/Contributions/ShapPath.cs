namespace Inference.Engine.Contributions;

/// <summary>The path of a node for all classes of rows, as <see cref="Forests.TreeShap{TScore}"/> has it for one row.</summary>
/// <typeparam name="T">The model's precision.</typeparam>
internal unsafe struct ShapPath<T>
    where T : unmanaged
{
    /// <summary>Steps.</summary>
    public int Count;

    /// <summary>Classes.</summary>
    public int Classes;

    /// <summary>Numbers from one step to the next.</summary>
    public int Pitch;

    /// <summary>Each step's feature, as a place among those that the tree tests; -1 for the first step.</summary>
    public int* Slots;

    /// <summary>Each step's share of training rows that pass.</summary>
    public T* Zeros;

    /// <summary>Whether each class passes each step's splits: 1 or 0.</summary>
    public T* Ones;

    /// <summary>Each class's weight at each step.</summary>
    public T* Weights;

    /// <summary>The ones of a step.</summary>
    public readonly T* OnesOf(int step) => Ones + ((nint)step * Pitch);

    /// <summary>The weights of a step.</summary>
    public readonly T* WeightsOf(int step) => Weights + ((nint)step * Pitch);
}
