using System;
using System.Runtime.InteropServices;

namespace Inference.Cli;

/// <summary>The library's predictions as one generic call.</summary>
internal static class Prediction
{
    /// <summary>Predicts rows.</summary>
    /// <typeparam name="TRow">float or double.</typeparam>
    /// <typeparam name="TResult">float or double; int for leaves.</typeparam>
    public static void Run<TRow, TResult>(Booster booster, PredictionKind kind, ReadOnlySpan<TRow> rows, Span<TResult> results, IterationRange iterations)
        where TRow : unmanaged
        where TResult : unmanaged
    {
        PredictOptions options = new() { Iterations = iterations };
        if (typeof(TRow) == typeof(float))
        {
            Run(booster, kind, MemoryMarshal.Cast<TRow, float>(rows), results, options);
        }
        else
        {
            Run(booster, kind, MemoryMarshal.Cast<TRow, double>(rows), results, options);
        }
    }

    private static void Run<TResult>(Booster booster, PredictionKind kind, ReadOnlySpan<float> rows, Span<TResult> results, in PredictOptions options)
        where TResult : unmanaged
    {
        Span<float> singles = typeof(TResult) == typeof(float) ? MemoryMarshal.Cast<TResult, float>(results) : [];
        Span<double> doubles = typeof(TResult) == typeof(double) ? MemoryMarshal.Cast<TResult, double>(results) : [];
        bool isDouble = typeof(TResult) == typeof(double);
        switch (kind)
        {
            case PredictionKind.Leaf:
                booster.PredictLeaf(rows, MemoryMarshal.Cast<TResult, int>(results), options);
                break;
            case PredictionKind.Value when isDouble:
                booster.Predict(rows, doubles, options);
                break;
            case PredictionKind.Value:
                booster.Predict(rows, singles, options);
                break;
            case PredictionKind.Margin when isDouble:
                booster.PredictMargin(rows, doubles, options);
                break;
            case PredictionKind.Margin:
                booster.PredictMargin(rows, singles, options);
                break;
            case PredictionKind.Contribution when isDouble:
                booster.PredictContributions(rows, doubles, options);
                break;
            default:
                booster.PredictContributions(rows, singles, options);
                break;
        }
    }

    private static void Run<TResult>(Booster booster, PredictionKind kind, ReadOnlySpan<double> rows, Span<TResult> results, in PredictOptions options)
        where TResult : unmanaged
    {
        Span<float> singles = typeof(TResult) == typeof(float) ? MemoryMarshal.Cast<TResult, float>(results) : [];
        Span<double> doubles = typeof(TResult) == typeof(double) ? MemoryMarshal.Cast<TResult, double>(results) : [];
        bool isDouble = typeof(TResult) == typeof(double);
        switch (kind)
        {
            case PredictionKind.Leaf:
                booster.PredictLeaf(rows, MemoryMarshal.Cast<TResult, int>(results), options);
                break;
            case PredictionKind.Value when isDouble:
                booster.Predict(rows, doubles, options);
                break;
            case PredictionKind.Value:
                booster.Predict(rows, singles, options);
                break;
            case PredictionKind.Margin when isDouble:
                booster.PredictMargin(rows, doubles, options);
                break;
            case PredictionKind.Margin:
                booster.PredictMargin(rows, singles, options);
                break;
            case PredictionKind.Contribution when isDouble:
                booster.PredictContributions(rows, doubles, options);
                break;
            default:
                booster.PredictContributions(rows, singles, options);
                break;
        }
    }
}
