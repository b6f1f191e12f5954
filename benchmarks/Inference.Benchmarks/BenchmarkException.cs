using System;

namespace Inference.Benchmarks;

/// <summary>What a command cannot be run for, said in one line.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
