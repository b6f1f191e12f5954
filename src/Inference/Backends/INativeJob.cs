namespace Inference.Backends;

/// <summary>Native work over the rows of one prediction, which may be cut between any two rows.</summary>
/// <remarks>
/// A job lies on the stack of a caller who waits for it: it may hold spans, and another thread may run it in the caller's
/// place. It is run once for each chunk, the chunks in order, never two at a time.
/// </remarks>
internal interface INativeJob
{
    /// <summary>Does a part of the rows. Nothing of the native library's memory may be read after it returns.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="count">How many, at least 1.</param>
    public void Run(int start, int count);
}
