using System;
using System.Threading;

namespace Inference.Native.Platform;

/// <summary>Tells a forked child, whose native threads did not come along, from the process that has them.</summary>
/// <remarks>
/// <para>
/// The idea: at the first use of native code the process marks a page that the kernel wipes in a child. A page that was
/// marked and reads zero belongs to a child. That is one memory load for each native call, without a system call, a
/// lock or a handler at fork.
/// </para>
/// <para>
/// No page, no use: a child of a process that never used native code starts clean and marks a page of its own.
/// A child's children are children too: their page is wiped again.
/// </para>
/// <para>
/// Where pages cannot be wiped (Linux before 4.14, some sandboxes, macOS, whose minherit knows no zeroing) the number of
/// the process is compared, one system call each time. Windows does not fork. Programs that are started anew
/// (posix_spawn, fork and exec) are no children in this sense.
/// </para>
/// </remarks>
internal static unsafe class ForkGuard
{
    private const nuint PageLength = 4096;
    private const byte Used = 1;

    private static nint _page;
    private static int _owner;

    /// <summary>Whether native code was in use before this process was forked. Marks nothing.</summary>
    public static bool IsForkedChild
    {
        get
        {
            byte* page = (byte*)_page;
            return page != null ? *page != Used : _owner != 0 && _owner != LibC.ProcessId();
        }
    }

    /// <summary>Before each native call that runs a model or starts a thread: marks the process as one that uses native code.</summary>
    /// <returns><see langword="false"/> in a forked child of such a process: the call must not be made.</returns>
    public static bool TryEnter()
    {
        byte* page = (byte*)_page;
        return page != null ? *page == Used : TryEnterWithoutPage();
    }

    private static bool TryEnterWithoutPage()
    {
        if (_owner != 0)
        {
            return _owner == LibC.ProcessId();
        }

        if (OperatingSystem.IsLinux() && MapWipedPage() is var page && page != null)
        {
            *page = Used;
            if (Interlocked.CompareExchange(ref _page, (nint)page, 0) != 0)
            {
                _ = LibC.Unmap(page, PageLength);
            }
        }
        else if (!OperatingSystem.IsWindows())
        {
            Volatile.Write(ref _owner, LibC.ProcessId());
        }

        return true;
    }

    /// <summary>A page that reads zero in a forked child, or null where the kernel has none.</summary>
    private static byte* MapWipedPage()
    {
        void* page = LibC.Map(null, PageLength, LibC.ReadWrite, LibC.PrivateAnonymous, -1, 0);
        if (page == (void*)-1)
        {
            return null;
        }

        if (LibC.Advise(page, PageLength, LibC.WipeOnFork) == 0)
        {
            return (byte*)page;
        }

        _ = LibC.Unmap(page, PageLength);
        return null;
    }
}
