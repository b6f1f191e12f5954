using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Inference.Native.Loading;

/// <summary>Native objects that one call at a time may use: rented, used alone, returned. Holds a bounded number, without a lock.</summary>
/// <typeparam name="T">The handle.</typeparam>
/// <remarks>Any number of threads may rent and return. <see cref="Dispose"/> comes after the last of them.</remarks>
internal sealed class HandleBag<T> : IDisposable
    where T : SafeHandle
{
    private readonly T?[] _slots = new T?[Math.Min(64, 2 * Environment.ProcessorCount)];

    /// <summary>A handle for the caller alone, or <see langword="null"/> where the bag is empty.</summary>
    public T? TryRent()
    {
        foreach (ref T? slot in _slots.AsSpan())
        {
            if (Volatile.Read(ref slot) is not null && Interlocked.Exchange(ref slot, null) is { } handle)
            {
                return handle;
            }
        }

        return null;
    }

    /// <summary>Takes a handle back, or frees it where the bag is full.</summary>
    public void Return(T handle)
    {
        foreach (ref T? slot in _slots.AsSpan())
        {
            if (Interlocked.CompareExchange(ref slot, handle, null) is null)
            {
                return;
            }
        }

        handle.Dispose();
    }

    /// <summary>Frees what is in the bag.</summary>
    public void Dispose()
    {
        while (TryRent() is { } handle)
        {
            handle.Dispose();
        }
    }
}
