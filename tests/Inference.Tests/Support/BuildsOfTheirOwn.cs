using Xunit;

namespace Inference.Tests.Support;

/// <summary>
/// Tests that start builds. They run alone, after the others: two compilers at work would make a test that watches the
/// clock fail for nothing.
/// </summary>
[CollectionDefinition(nameof(BuildsOfTheirOwn), DisableParallelization = true)]
public sealed class BuildsOfTheirOwn;
