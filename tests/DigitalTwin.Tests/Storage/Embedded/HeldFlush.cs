using Microsoft.Win32.SafeHandles;

namespace DigitalTwin.Tests.Storage.Embedded;

/// <summary>A disk whose flushes a test can hold up and let fail.</summary>
internal sealed class HeldFlush : IDisposable
{
    private readonly ManualResetEventSlim released = new(initialState: true);
    private readonly SemaphoreSlim arrived = new(0);
    private volatile Exception? failure;

    public void Flush(SafeFileHandle file)
    {
        arrived.Release();
        released.Wait();
        if (failure is { } reason)
        {
            throw reason;
        }

        RandomAccess.FlushToDisk(file);
    }

    public void Hold()
    {
        while (arrived.Wait(0))
        {
            // Only flushes that come from now on count.
        }

        released.Reset();
    }

    /// <summary>Completes when a held flush has begun.</summary>
    public Task ArrivedAsync(CancellationToken cancellationToken) => arrived.WaitAsync(cancellationToken);

    public void Release() => released.Set();

    public void Fail(string reason)
    {
        failure = new IOException(reason);
        released.Set();
    }

    public void Dispose()
    {
        released.Set();
        arrived.Dispose();
    }
}
