using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Inference.Backends;
using Inference.Engine;
using Inference.Formats;
using Inference.Forests;

namespace Inference;

/// <content>Loading.</content>
public sealed partial class Booster
{
    /// <summary>Loads a model from a file. Its content decides the format, not its extension.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="path"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ModelFormatException">The file is broken, or is no model.</exception>
    /// <exception cref="ModelNotSupportedException">The file is sound but asks for something unsupported, or exceeds a limit.</exception>
    /// <exception cref="KernelNotAvailableException">The environment variable INFERENCE_KERNEL asks for a kernel that does not exist or cannot run the model.</exception>
    /// <exception cref="NativeLibraryException">The native engine was asked for, and its library cannot be had.</exception>
    /// <exception cref="NativeCallException">The native library refuses the model.</exception>
    /// <exception cref="NativeMismatchException">The native library reads the model otherwise than the managed engine.</exception>
    /// <exception cref="ThreadBudgetException">LightGBM was asked for on lanes of more than one thread.</exception>
    /// <exception cref="ForkedProcessException">The native engine was asked for in a process that was forked after its parent used native code.</exception>
    public static Booster Load(string path, BoosterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        BoosterOptions checkedOptions = Check(options);
        LoadContext context = new(path, checkedOptions.Limits);
        CheckSize(new FileInfo(path).Length, context);
        return Create(File.ReadAllBytes(path), context, checkedOptions);
    }

    /// <summary>Loads a model from memory. The content decides the format.</summary>
    /// <param name="model">The bytes of the file; read during the call only.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="ModelFormatException">The content is broken, or is no model.</exception>
    /// <exception cref="ModelNotSupportedException">The content is sound but asks for something unsupported, or exceeds a limit.</exception>
    /// <exception cref="KernelNotAvailableException">The environment variable INFERENCE_KERNEL asks for a kernel that does not exist or cannot run the model.</exception>
    /// <exception cref="NativeLibraryException">The native engine was asked for, and its library cannot be had.</exception>
    /// <exception cref="NativeCallException">The native library refuses the model.</exception>
    /// <exception cref="NativeMismatchException">The native library reads the model otherwise than the managed engine.</exception>
    /// <exception cref="ThreadBudgetException">LightGBM was asked for on lanes of more than one thread.</exception>
    /// <exception cref="ForkedProcessException">The native engine was asked for in a process that was forked after its parent used native code.</exception>
    public static Booster Load(ReadOnlySpan<byte> model, BoosterOptions? options = null)
    {
        BoosterOptions checkedOptions = Check(options);
        return Create(model, new LoadContext("model in memory", checkedOptions.Limits), checkedOptions);
    }

    /// <summary>Loads a model from a file. Reading is asynchronous; parsing runs on the thread that the read completes on.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <inheritdoc cref="Load(string, BoosterOptions?)" path="/exception"/>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<Booster> LoadAsync(string path, BoosterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        BoosterOptions checkedOptions = Check(options);
        LoadContext context = new(path, checkedOptions.Limits);
        CheckSize(new FileInfo(path).Length, context);
        byte[] content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return Create(content, context, checkedOptions);
    }

    /// <summary>Loads a model from a stream, from its position to its end. The stream stays open.</summary>
    /// <param name="stream">A readable stream.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="ModelFormatException">The content is broken, or is no model.</exception>
    /// <exception cref="ModelNotSupportedException">The content is sound but asks for something unsupported, or exceeds a limit.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<Booster> LoadAsync(Stream stream, BoosterOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        BoosterOptions checkedOptions = Check(options);
        LoadContext context = new("model from a stream", checkedOptions.Limits);
        using MemoryStream content = new();
        byte[] chunk = new byte[81920];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            CheckSize(content.Length + read, context);
            content.Write(chunk, 0, read);
        }

        return Create(content.GetBuffer().AsSpan(0, (int)content.Length), context, checkedOptions);
    }

    private static Booster Create(ReadOnlySpan<byte> content, LoadContext context, BoosterOptions options)
    {
        bool isNative = options.Engine == EngineKind.Native;
        Scorer scorer = EngineCatalog.Choose(ModelFile.Read(content, context with { IsForLibrary = isNative }), options);
        return new Booster(isNative ? BackendCatalog.Load(content, scorer, options.Native) : scorer, options);
    }

    /// <summary>A booster over a forest that no file holds: for tests.</summary>
    internal static Booster Create(Forest forest, BoosterOptions? options = null)
    {
        BoosterOptions checkedOptions = Check(options);
        return new Booster(EngineCatalog.Choose(forest, checkedOptions), checkedOptions);
    }

    private static BoosterOptions Check(BoosterOptions? options)
    {
        options ??= BoosterOptions.Default;
        ArgumentNullException.ThrowIfNull(options.Limits, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1, nameof(BoosterOptions.Threads));
        if (!Enum.IsDefined(options.Engine))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Engine, "not an engine");
        }

        ArgumentNullException.ThrowIfNull(options.Native, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Native.RowsPerCall, 1, nameof(NativeOptions.RowsPerCall));
        if (!Enum.IsDefined(options.Native.Fork))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Native.Fork, "not a policy for forks");
        }

        return options;
    }

    private static void CheckSize(long bytes, LoadContext context)
    {
        if (bytes > context.Limits.MaxBytes)
        {
            throw context.Unsupported("", $"{bytes} bytes", $"at most {context.Limits.MaxBytes} (LoadLimits.MaxBytes)");
        }
    }
}
