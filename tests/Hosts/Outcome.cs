namespace Hosts;

/// <summary>How a prediction went, as an exit code.</summary>
internal enum Outcome
{
    /// <summary>The answers have the expected bits.</summary>
    Equal = 0,

    /// <summary>They have not.</summary>
    Different = 1,

    /// <summary>It was refused because the process is a forked child.</summary>
    Refused = 10,
}
