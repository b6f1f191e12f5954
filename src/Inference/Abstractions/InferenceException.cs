using System;

namespace Inference;

/// <summary>The base of every exception that this library defines.</summary>
/// <remarks>
/// Each derived type is one decision that a caller can take. Mistakes in arguments (a wrong length, a range
/// outside the model) are the framework's own <see cref="ArgumentException"/> family instead.
/// Every message has three parts: where, what was found, what is allowed.
/// </remarks>
public abstract class InferenceException : Exception
{
    private protected InferenceException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
