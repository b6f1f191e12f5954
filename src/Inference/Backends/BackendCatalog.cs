using System;
using Inference.Forests;
using Inference.Native.Loading;
using Inference.Native.Platform;

namespace Inference.Backends;

/// <summary>Loads a model into the library that trained it.</summary>
internal static class BackendCatalog
{
    /// <summary>The native scorer of a model.</summary>
    /// <param name="content">The model file's content.</param>
    /// <param name="managed">A managed scorer of the same model: it judges the native one, and does what the library does not offer.</param>
    /// <param name="options">How to run it.</param>
    /// <exception cref="ModelNotSupportedException">The model is of no library that trains trees.</exception>
    /// <exception cref="NativeLibraryException">The library cannot be had.</exception>
    /// <exception cref="NativeCallException">The library refuses the model.</exception>
    /// <exception cref="NativeMismatchException">The library reads the model otherwise than the managed engine.</exception>
    /// <exception cref="ForkedProcessException">Native code was in use before this process was forked.</exception>
    /// <exception cref="ThreadBudgetException">LightGBM was to run on lanes of several threads.</exception>
    public static Scorer Load(ReadOnlySpan<byte> content, Scorer managed, NativeOptions options)
    {
        if (ForkGuard.IsForkedChild)
        {
            return options.Fork == ForkPolicy.AnswerManaged ? managed : throw new ForkedProcessException(managed.Forest.Origin.Source);
        }

        switch (managed.Forest.Origin.Format)
        {
            case ModelFormat.XGBoostJson or ModelFormat.XGBoostUbjson or ModelFormat.XGBoostBinary:
                LoadedLibrary xgboost = NativeFailures.Load(NativeLibraryKind.XGBoost, options.LibraryPath);
                return Try(XGBoostScorer.Load(content, managed.Forest, (Scorer<float>)managed, xgboost, options), (Scorer<float>)managed, options);
            case ModelFormat.LightGbmText:
                if (options.Lanes is { ThreadsPerLane: > 1 and int threads })
                {
                    throw new ThreadBudgetException(
                        managed.Forest.Origin.Source,
                        $"LightGBM on lanes of {threads} threads",
                        "it has one number of threads for the process, which is 1 here: use more lanes, each of one thread",
                        threads);
                }

                LoadedLibrary lightGbm = NativeFailures.Load(NativeLibraryKind.LightGbm, options.LibraryPath);
                return Try(LightGbmScorer.Load(content, managed.Forest, (Scorer<double>)managed, lightGbm, options), (Scorer<double>)managed, options);
            default:
                throw new ModelNotSupportedException(
                    managed.Forest.Origin.Source,
                    "",
                    "an ONNX graph was asked of the native engine of boosters",
                    "OnnxSession runs ONNX graphs natively; the managed engine runs this one as a Booster");
        }
    }

    /// <summary>A first prediction, which lets the library finish its preparations before threads share the model, and the truth check.</summary>
    private static NativeScorer<TScore> Try<TScore>(NativeScorer<TScore> scorer, Scorer<TScore> managed, NativeOptions options)
        where TScore : unmanaged
    {
        try
        {
            TruthCheck.WarmUp(scorer);
            if (options.ChecksAgainstManaged)
            {
                TruthCheck.Compare(scorer, managed);
            }

            scorer.Open();
            return scorer;
        }
        catch
        {
            scorer.Dispose();
            throw;
        }
    }
}
