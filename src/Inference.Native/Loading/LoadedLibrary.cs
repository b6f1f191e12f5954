using System;

namespace Inference.Native.Loading;

/// <summary>A native library that the process holds.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Path">The file, or the name that the system's loader resolved.</param>
/// <param name="Source">Which step of the search found it.</param>
/// <param name="Version">Its version, for comparisons.</param>
/// <param name="VersionText">Its version, for people.</param>
/// <param name="OpenMp">The OpenMP runtime that it is linked with, or empty.</param>
internal sealed record LoadedLibrary(NativeKind Kind, string Path, string Source, Version Version, string VersionText, string OpenMp);
