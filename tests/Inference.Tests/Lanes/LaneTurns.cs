using Xunit;

namespace Inference.Tests.Lanes;

/// <summary>Tests that take of the process's budget of threads take turns.</summary>
[CollectionDefinition(Name)]
public sealed class LaneTurns
{
    /// <summary>The collection.</summary>
    public const string Name = "lanes";
}
