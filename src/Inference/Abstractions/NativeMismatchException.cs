namespace Inference;

/// <summary>A native library reads a model otherwise than the managed engine does: one of the two is wrong about it.</summary>
/// <remarks>
/// Thrown by a load with <see cref="NativeOptions.ChecksAgainstManaged"/>, before any prediction can be wrong. The usual
/// cause is a library of another version than the one that wrote the file.
/// </remarks>
public sealed class NativeMismatchException : InferenceException
{
    internal NativeMismatchException(NativeLibraryKind library, string source, string found, string versions, bool isNewerModel)
        : base($"{source}: {found} ({versions}); both must read a model alike (NativeOptions.ChecksAgainstManaged)")
    {
        Library = library;
        IsNewerModel = isNewerModel;
    }

    internal NativeMismatchException(NativeLibraryKind library, string source, string found, string versions, bool isNewerModel, int row, int output, double native, double managed)
        : this(library, source, found, versions, isNewerModel)
    {
        Row = row;
        Output = output;
        NativeScore = native;
        ManagedScore = managed;
    }

    /// <summary>The library.</summary>
    public NativeLibraryKind Library { get; }

    /// <summary>Whether a later version of the library wrote the file than the one that read it, which is then the likely cause.</summary>
    public bool IsNewerModel { get; }

    /// <summary>The row made from the model (<see cref="Booster.FillProbeRows(System.Span{float}, int)"/>, seed 0) that is scored otherwise; 0 where shapes differ.</summary>
    public int Row { get; }

    /// <summary>The output or value that differs; 0 where shapes differ.</summary>
    public int Output { get; }

    /// <summary>What the library answers; 0 where shapes differ.</summary>
    public double NativeScore { get; }

    /// <summary>What the managed engine answers; 0 where shapes differ.</summary>
    public double ManagedScore { get; }
}
