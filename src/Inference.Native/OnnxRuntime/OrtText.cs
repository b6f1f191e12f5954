using System.Runtime.InteropServices;

namespace Inference.Native.OnnxRuntime;

/// <summary>A text as C reads it, for the length of a call: UTF-8 with a zero at its end.</summary>
internal readonly unsafe ref struct OrtText(string text)
{
    private readonly nint _memory = Marshal.StringToCoTaskMemUTF8(text);

    /// <summary>The text.</summary>
    public byte* Pointer => (byte*)_memory;

    /// <summary>Frees the copy.</summary>
    public void Dispose() => Marshal.FreeCoTaskMem(_memory);
}
