using System;
using System.Threading;
using Inference.Native.Platform;

namespace Inference.Lanes;

/// <summary>A thread of a lane, and whether a fork would find it inside .NET.</summary>
internal sealed class LaneThread
{
    private readonly Thread _thread;
    private readonly Action _body;
    private int _number;

    private LaneThread(string name, Action body)
    {
        _body = body;

        // A background thread does not keep the process alive.
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    /// <summary>Starts a thread.</summary>
    public static LaneThread Start(string name, Action body)
    {
        LaneThread thread = new(name, body);
        ForkPause.Add(thread);
        thread._thread.UnsafeStart();
        return thread;
    }

    /// <summary>Whether it has run to its end.</summary>
    public bool HasEnded => _thread.ThreadState.HasFlag(ThreadState.Stopped);

    /// <summary>
    /// Whether it is gone, or waits, to .NET and to the system: one that .NET takes for waiting may hold a lock of the
    /// runtime's still. On Linux; some system calls. In a forked child it is gone.
    /// </summary>
    public bool IsAtRest
    {
        get
        {
            int number = Volatile.Read(ref _number);
            return number != 0 && ThreadSleep.IsAsleep(number) switch
            {
                null => true,
                bool isAsleep => isAsleep && _thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin),
            };
        }
    }

    /// <summary>Waits for its end.</summary>
    public void Join() => _thread.Join();

    private void Run()
    {
        if (OperatingSystem.IsLinux())
        {
            Volatile.Write(ref _number, LibC.ThreadId());
        }

        _body();
    }
}
