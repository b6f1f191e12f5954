using System;
using System.Globalization;
using System.IO;

namespace Inference.Native.Platform;

/// <summary>What Linux says a thread does.</summary>
internal static class ThreadSleep
{
    /// <summary>Whether a thread of this process sleeps in the kernel; <see langword="null"/> where there is none of that number.</summary>
    /// <param name="thread">Its number, as <see cref="LibC.ThreadId"/> says it.</param>
    public static bool? IsAsleep(int thread)
    {
        // "1234 (name of up to 15 bytes) S ...": proc(5).
        Span<byte> line = stackalloc byte[64];
        try
        {
            using FileStream file = new(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/stat"), FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            line = line[..file.Read(line)];
        }
        catch (IOException)
        {
            return null;
        }

        return line[(line.LastIndexOf((byte)')') + 1)..].StartsWith(" S"u8);
    }
}
