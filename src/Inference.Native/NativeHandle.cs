using System.Runtime.InteropServices;
using System.Threading;
using Inference.Native.Platform;

namespace Inference.Native;

/// <summary>A native object, released once and never during a call on it. Those that live are counted, so that a leak shows.</summary>
internal abstract class NativeHandle : SafeHandle
{
    private static int s_live;

    private readonly bool _isCounted;
    private int _isGone;

    /// <summary>A handle that the creating call fills.</summary>
    /// <param name="isCounted">False for what lives as long as the process.</param>
    protected NativeHandle(bool isCounted = true)
        : base(0, ownsHandle: true)
    {
        _isCounted = isCounted;
        if (isCounted)
        {
            Interlocked.Increment(ref s_live);
        }
    }

    /// <summary>How many objects have not been released. One whose creation failed counts until its empty handle is collected.</summary>
    public static int Live => Volatile.Read(ref s_live);

    /// <summary>The size, in bytes, of the model file that the object was made of; 0 for what is no model.</summary>
    public long ModelBytes { get; set; }

    /// <inheritdoc/>
    public sealed override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected sealed override bool ReleaseHandle()
    {
        bool isReleased = Release();
        if (ModelBytes >= FreedMemory.LargeModel)
        {
            FreedMemory.GiveBack();
        }

        Uncount();
        return isReleased;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // An empty handle is never released: this is its end.
        if (IsInvalid)
        {
            Uncount();
        }

        base.Dispose(disposing);
    }

    /// <summary>One native call, which must not throw.</summary>
    protected abstract bool Release();

    private void Uncount()
    {
        if (_isCounted && Interlocked.Exchange(ref _isGone, 1) == 0)
        {
            Interlocked.Decrement(ref s_live);
        }
    }
}
