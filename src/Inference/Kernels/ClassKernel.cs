using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Kernels;

// Rows that took the same turns on the way to a node have the same path there, number for number: they are a class, and a
// path is worked out once for each class. Turns, classes and places are kept as numbers of the model's own type, one for
// each row, so that one kind of register does for all; they are small integers, which it holds exactly.

/// <summary>Follows the rows of a block down a tree: the turns they take, the classes they fall into, the order in which they meet the leaves.</summary>
/// <typeparam name="TLanes">The register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static unsafe class ClassKernel<TLanes, T>
    where TLanes : struct, ILanes<TLanes, T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A number whose sum with a small integer has that integer in its lowest bits: cheaper than a conversion.</summary>
    private static T Magic => T.CreateTruncating(typeof(T) == typeof(float) ? 1 << 23 : 1L << 52);

    /// <summary>Decides a split: 1 where a row goes left, else 0.</summary>
    /// <param name="values">The rows' values of the feature.</param>
    /// <param name="rows">Rows, a multiple of a register's lanes.</param>
    /// <param name="test">The split.</param>
    /// <param name="turns">Receives the turns.</param>
    public static void Decide(T* values, int rows, in SplitTest<T> test, T* turns)
    {
        TLanes threshold = TLanes.Broadcast(test.Threshold);
        TLanes tiny = TLanes.Broadcast(test.TinyBound);
        TLanes missing = TLanes.Broadcast(test.PassesNaN ? T.One : T.Zero);
        TLanes one = TLanes.Broadcast(T.One);
        TLanes zero = TLanes.Broadcast(T.Zero);
        for (int row = 0; row < rows; row += TLanes.Count)
        {
            TLanes value = TLanes.Load(values + row);
            TLanes passes = test.IncludesEqual ? TLanes.LessOrEqual(value, threshold) : TLanes.Less(value, threshold);
            TLanes turn = TLanes.Choose(passes, one, zero);
            turn = TLanes.Choose(TLanes.Same(value, value), turn, missing);
            if (test.TinyIsMissing)
            {
                turn = TLanes.Choose(TLanes.LessOrEqual(TLanes.Magnitude(value), tiny), missing, turn);
            }

            turn.Store(turns + row);
        }
    }

    /// <summary>Splits classes in two: those that turn left follow behind all that turn right.</summary>
    /// <param name="classes">Each row's class, below <paramref name="count"/>.</param>
    /// <param name="count">Classes.</param>
    /// <param name="turns">Each row's turn.</param>
    /// <param name="rows">Rows, a multiple of a register's lanes.</param>
    /// <param name="split">Receives each row's class, below twice the count.</param>
    /// <remarks>The larger of the kernels' integers is the number of an entry's place, far below 2^23.</remarks>
    public static void Split(T* classes, int count, T* turns, int rows, T* split)
    {
        TLanes step = TLanes.Broadcast(T.CreateTruncating(count));
        for (int row = 0; row < rows; row += TLanes.Count)
        {
            (TLanes.Load(classes + row) + (TLanes.Load(turns + row) * step)).Store(split + row);
        }
    }

    /// <summary>Drops classes that no row is in. The others keep their order.</summary>
    /// <param name="classes">Each row's class; receives its new number.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="room">Rows that there is room for: those behind the last fall into class 0.</param>
    /// <param name="sources">Receives the old number of each class that is left.</param>
    /// <param name="numbers">Room for a number for each class.</param>
    /// <param name="count">Classes.</param>
    /// <returns>The classes that are left.</returns>
    public static int Squeeze(T* classes, int rows, int room, int* sources, int* numbers, int count)
    {
        new System.Span<int>(numbers, count).Clear();
        TLanes magic = TLanes.Broadcast(Magic);
        for (int row = 0; row < room; row += TLanes.Count)
        {
            (TLanes.Load(classes + row) + magic).Store(classes + row);
        }

        for (int row = 0; row < rows; row++)
        {
            numbers[Integer(classes + row)] = 1;
        }

        int left = 0;
        for (int number = 0; number < count; number++)
        {
            sources[left] = number;
            int used = numbers[number];
            numbers[number] = left;
            left += used;
        }

        for (int row = 0; row < rows; row++)
        {
            classes[row] = T.CreateTruncating(numbers[Integer(classes + row)]);
        }

        new System.Span<T>(classes + rows, room - rows).Clear();
        return left;
    }

    /// <summary>The number of entries that a row meets before a child's: the child that it goes to comes first.</summary>
    /// <param name="before">The same of the split.</param>
    /// <param name="turns">The rows' turns.</param>
    /// <param name="isLeft">Which child.</param>
    /// <param name="others">The other child's entries.</param>
    /// <param name="rows">Rows, a multiple of a register's lanes.</param>
    /// <param name="places">Receives the numbers.</param>
    public static void Place(T* before, T* turns, bool isLeft, int others, int rows, T* places)
    {
        TLanes left = TLanes.Broadcast(isLeft ? T.Zero : T.CreateTruncating(others));
        TLanes right = TLanes.Broadcast(isLeft ? T.CreateTruncating(others) : T.Zero);
        TLanes zero = TLanes.Broadcast(T.Zero);
        for (int row = 0; row < rows; row += TLanes.Count)
        {
            TLanes later = TLanes.Choose(TLanes.Same(TLanes.Load(turns + row), zero), right, left);
            (TLanes.Load(before + row) + later).Store(places + row);
        }
    }

    /// <summary>Writes where a leaf's entry for each row is to the row's place for it.</summary>
    /// <param name="places">How many entries each row meets before this one.</param>
    /// <param name="classes">The rows' classes.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="first">Where class 0's is.</param>
    /// <param name="stride">From one class to the next.</param>
    /// <param name="visits">Row r's list of entries starts at r * <paramref name="entries"/>.</param>
    /// <param name="entries">A row's entries.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Visit(T* places, T* classes, int rows, int first, int stride, int* visits, int entries)
    {
        TLanes magic = TLanes.Broadcast(Magic);
        TLanes start = TLanes.Broadcast(T.CreateTruncating(first));
        TLanes step = TLanes.Broadcast(T.CreateTruncating(stride));
        T* place = stackalloc T[TLanes.Count];
        T* entry = stackalloc T[TLanes.Count];
        for (int row = 0; row < rows; row += TLanes.Count)
        {
            (TLanes.Load(places + row) + magic).Store(place);
            (start + (TLanes.Load(classes + row) * step) + magic).Store(entry);
            int filled = int.Min(TLanes.Count, rows - row);
            for (int lane = 0; lane < filled; lane++)
            {
                visits[Integer(place + lane)] = Integer(entry + lane);
                visits += entries;
            }
        }
    }

    /// <summary>The integer of a sum with <see cref="Magic"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Integer(T* sum) => typeof(T) == typeof(float) ? *(int*)sum & 0x7fffff : *(int*)sum;
}
