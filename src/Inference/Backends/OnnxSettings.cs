using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Inference.Native.OnnxRuntime;

namespace Inference.Backends;

/// <summary>Checks the options of a session and turns them into ONNX Runtime's.</summary>
internal static class OnnxSettings
{
    /// <summary>Checks what can be checked before the library is loaded.</summary>
    /// <exception cref="ArgumentException">An option is outside its range, or contradicts another.</exception>
    public static OnnxSessionOptions Check(OnnxSessionOptions? options)
    {
        options ??= OnnxSessionOptions.Default;
        ArgumentNullException.ThrowIfNull(options.Providers, nameof(OnnxSessionOptions.Providers));
        ArgumentNullException.ThrowIfNull(options.ConfigEntries, nameof(OnnxSessionOptions.ConfigEntries));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.IntraOpThreads, 1, nameof(OnnxSessionOptions.IntraOpThreads));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.InterOpThreads, 1, nameof(OnnxSessionOptions.InterOpThreads));
        if (!Enum.IsDefined(options.GraphOptimization))
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.GraphOptimization, "GraphOptimization: not a level");
        }

        if (options.ThreadAffinity is { } affinity)
        {
            string[] groups = affinity.Split(';');
            if (groups.Length != options.IntraOpThreads - 1)
            {
                throw new ArgumentException(
                    $"ThreadAffinity: {groups.Length} groups in '{affinity}'; {options.IntraOpThreads - 1}, one for each of IntraOpThreads but the caller's",
                    nameof(options));
            }

            if (!groups.All(group => group.Split(',', '-').All(number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int processor) && processor > 0)))
            {
                throw new ArgumentException($"ThreadAffinity: '{affinity}'; processors from 1, as in '1,2;3-4'", nameof(options));
            }
        }

        return options;
    }

    /// <summary>The library's settings.</summary>
    /// <param name="options">Checked options.</param>
    /// <param name="folder">Where a model in memory has its data files; <see langword="null"/> for nowhere.</param>
    /// <exception cref="ArgumentException">A provider is not there.</exception>
    public static OrtSessionSettings From(OnnxSessionOptions options, string? folder)
    {
        IReadOnlyList<string> available = OrtEnvironment.Providers();
        if (options.Providers.FirstOrDefault(provider => !available.Contains(provider)) is { } unknown)
        {
            throw new ArgumentException($"Providers: '{unknown}'; this library has {string.Join(", ", available)}", nameof(options));
        }

        string spinning = options.AllowSpinning ? "1" : "0";
        List<KeyValuePair<string, string>> entries =
        [
            new("session.intra_op.allow_spinning", spinning),
            new("session.inter_op.allow_spinning", spinning),
        ];
        if (options.ThreadAffinity is { } affinity)
        {
            entries.Add(new("session.intra_op_thread_affinities", affinity));
        }

        if (folder is not null)
        {
            entries.Add(new("session.model_external_initializers_file_folder_path", folder));
        }

        return new OrtSessionSettings
        {
            IntraOpThreads = options.IntraOpThreads,
            InterOpThreads = options.InterOpThreads,
            GraphOptimization = (int)options.GraphOptimization,
            MemoryArena = options.MemoryArena,
            Providers = options.Providers,
            Entries = [.. entries, .. options.ConfigEntries],
        };
    }

    /// <summary>Whether inputs may be copied to a device when they are bound, so that each run must bind them anew.</summary>
    public static bool CopiesInputs(OnnxSessionOptions options) => options.Providers.Any(provider => provider != "CPUExecutionProvider");
}
