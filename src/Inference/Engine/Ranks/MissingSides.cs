using System;

namespace Inference.Engine.Ranks;

/// <summary>The sides to which splits at one threshold send missing values.</summary>
[Flags]
internal enum MissingSides : byte
{
    /// <summary>There are no splits.</summary>
    None = 0,

    /// <summary>Some go left.</summary>
    Left = 1,

    /// <summary>Some go right.</summary>
    Right = 2,
}
