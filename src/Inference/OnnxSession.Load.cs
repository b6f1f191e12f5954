using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Inference.Backends;
using Inference.Formats;
using Inference.Lanes;
using Inference.Native.Loading;
using Inference.Native.OnnxRuntime;

namespace Inference;

/// <content>Loading.</content>
public sealed partial class OnnxSession
{
    /// <summary>Enough of a file to tell a model from what is often mistaken for one.</summary>
    private const int HeadLength = 4096;

    /// <summary>Loads a graph from a file. Data that the model keeps in files of their own are looked for beside it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="path"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">An option is outside its range, contradicts another, or names a provider that is not there.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="NativeLibraryException">ONNX Runtime cannot be had.</exception>
    /// <exception cref="ModelFormatException">The file is broken, or is no model.</exception>
    /// <exception cref="ModelNotSupportedException">The file is sound, but ONNX Runtime cannot run it.</exception>
    /// <exception cref="NativeCallException">ONNX Runtime refused an option, or failed for another reason.</exception>
    public static OnnxSession Load(string path, OnnxSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        OnnxSessionOptions checkedOptions = OnnxSettings.Check(options);
        CheckHead(ReadHead(path), path);
        OrtEnvironment environment = Open(checkedOptions, path);
        OrtSessionSettings settings = OnnxSettings.From(checkedOptions, folder: null);
        try
        {
            Making making = new(environment, Path.GetFullPath(path), [], settings);
            return new OnnxSession(making.Make(new FileInfo(path).Length), checkedOptions, path);
        }
        catch (NativeCallFailure failure)
        {
            throw NativeFailures.TranslateOnnxLoad(failure, path);
        }
    }

    /// <summary>Loads a graph from memory.</summary>
    /// <param name="model">The bytes of the file; read during the call only.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <exception cref="ArgumentException">An option is outside its range, contradicts another, or names a provider that is not there.</exception>
    /// <exception cref="NativeLibraryException">ONNX Runtime cannot be had.</exception>
    /// <exception cref="ModelFormatException">The content is broken, or is no model.</exception>
    /// <exception cref="ModelNotSupportedException">The content is sound, but ONNX Runtime cannot run it.</exception>
    /// <exception cref="NativeCallException">ONNX Runtime refused an option, or failed for another reason.</exception>
    public static OnnxSession Load(ReadOnlySpan<byte> model, OnnxSessionOptions? options = null) =>
        Load(model, OnnxSettings.Check(options), "model in memory", folder: null);

    /// <summary>Loads a graph from a file. Reading is asynchronous; ONNX Runtime's part runs on a thread of the pool.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <inheritdoc cref="Load(string, OnnxSessionOptions?)" path="/exception"/>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<OnnxSession> LoadAsync(string path, OnnxSessionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        OnnxSessionOptions checkedOptions = OnnxSettings.Check(options);
        byte[] content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return await Task.Run(() => Load(content, checkedOptions, path, folder), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Loads a graph from a stream, from its position to its end. The stream stays open.</summary>
    /// <param name="stream">A readable stream.</param>
    /// <param name="options">How to load and run it; <see langword="null"/> for the defaults.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <inheritdoc cref="Load(ReadOnlySpan{byte}, OnnxSessionOptions?)" path="/exception"/>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static async Task<OnnxSession> LoadAsync(Stream stream, OnnxSessionOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        OnnxSessionOptions checkedOptions = OnnxSettings.Check(options);
        using MemoryStream content = new();
        await stream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        return await Task.Run(
            () => Load(content.GetBuffer().AsSpan(0, (int)content.Length), checkedOptions, "model from a stream", folder: null), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The execution providers that the library was built with. Whether one works shows when a session asks for it.</summary>
    /// <param name="libraryPath">As <see cref="OnnxSessionOptions.LibraryPath"/>.</param>
    /// <exception cref="NativeLibraryException">ONNX Runtime cannot be had.</exception>
    /// <exception cref="NativeCallException">ONNX Runtime refused.</exception>
    public static IReadOnlyList<string> GetAvailableProviders(string? libraryPath = null)
    {
        const string Name = "execution providers";
        Open(OnnxSessionOptions.Default with { LibraryPath = libraryPath }, Name);
        try
        {
            return OrtEnvironment.Providers();
        }
        catch (NativeCallFailure failure)
        {
            throw NativeFailures.Translate(failure, Name);
        }
    }

    private static OnnxSession Load(ReadOnlySpan<byte> model, OnnxSessionOptions options, string name, string? folder)
    {
        CheckHead(model, name);
        OrtEnvironment environment = Open(options, name);
        OrtSessionSettings settings = OnnxSettings.From(options, folder);
        try
        {
            Making making = new(environment, path: null, model, settings);
            return new OnnxSession(making.Make(model.Length), options, name);
        }
        catch (NativeCallFailure failure)
        {
            throw NativeFailures.TranslateOnnxLoad(failure, name);
        }
    }

    private static OrtEnvironment Open(OnnxSessionOptions options, string name)
    {
        if (options.IntraOpThreads > 1 || options.InterOpThreads > 1)
        {
            // The session starts threads: a fork would leave them behind.
            NativeFailures.RefuseForkedChild(name);
        }

        try
        {
            return OrtEnvironment.Get(options.LibraryPath);
        }
        catch (NativeLoadFailure failure)
        {
            throw NativeFailures.Translate(failure);
        }
        catch (NativeCallFailure failure)
        {
            throw NativeFailures.Translate(failure, name);
        }
    }

    private static byte[] ReadHead(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        byte[] head = new byte[Math.Min(HeadLength, file.Length)];
        file.ReadExactly(head);
        return head;
    }

    /// <summary>ONNX Runtime says of every foreign file that it is no protobuf; what it is instead helps more.</summary>
    private static void CheckHead(ReadOnlySpan<byte> content, string source)
    {
        const string Allowed = "an ONNX file";
        if (content.IsEmpty)
        {
            throw new ModelFormatException(source, "", "an empty file", Allowed);
        }

        if (Impostors.NameOf(content[..Math.Min(content.Length, HeadLength)]) is { } impostor)
        {
            throw new ModelFormatException(source, "", impostor, Allowed);
        }
    }

    /// <summary>The native part of a load, which large models leave to the process's <see cref="LoadingLane"/>.</summary>
    private ref struct Making(OrtEnvironment environment, string? path, ReadOnlySpan<byte> model, OrtSessionSettings settings) : ILaneJob
    {
        private readonly ReadOnlySpan<byte> _model = model;
        private OrtSession? _made;

        /// <inheritdoc/>
        public void Run() => _made = path is null ? OrtSession.FromBytes(environment, _model, settings) : OrtSession.FromFile(environment, path, settings);

        /// <summary>Makes the session of a model of so many bytes.</summary>
        public OrtSession Make(long bytes)
        {
            LoadingLane.RunFor(bytes, ref this);
            return _made!;
        }
    }
}
