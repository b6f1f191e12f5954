namespace Inference.Kernels;

/// <summary>A split by comparing, and what it does with values that do not compare.</summary>
/// <typeparam name="T">float or double.</typeparam>
/// <param name="Threshold">The right side.</param>
/// <param name="IncludesEqual">Whether a value that equals the threshold passes.</param>
/// <param name="PassesNaN">Whether NaN passes.</param>
/// <param name="TinyIsMissing">Whether values of magnitude up to <paramref name="TinyBound"/> do as NaN does.</param>
/// <param name="TinyBound">That bound.</param>
internal readonly record struct SplitTest<T>(T Threshold, bool IncludesEqual, bool PassesNaN, bool TinyIsMissing, T TinyBound)
    where T : unmanaged;
