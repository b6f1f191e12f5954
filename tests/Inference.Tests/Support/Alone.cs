using Xunit;

namespace Inference.Tests.Support;

/// <summary>
/// Tests that start builds, watch the clock or the whole process. They run one after the other, behind the others: two compilers at
/// work would make a test that watches the clock fail for nothing.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
