using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;

namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// One caller waiting for a flush, pooled. Its continuation runs on the thread pool, never on the log's own thread, which has the
/// next flush to do.
/// </summary>
internal sealed class CommitWaiter(CommitWaiter.Pool pool) : IValueTaskSource<WriteResult>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<WriteResult> core;
    private Exception? failure;

    public ValueTask<WriteResult> Task => new(this, core.Version);

    /// <summary>Called once for each rental, by the log's thread.</summary>
    public void Complete(Exception? reason)
    {
        failure = reason;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (failure is null)
        {
            core.SetResult(WriteResult.Success);
        }
        else
        {
            // One exception for each caller: they would write their stack traces into a shared one.
            core.SetException(new StorageUnavailableException(failure.Message, failure));
        }
    }

    WriteResult IValueTaskSource<WriteResult>.GetResult(short token)
    {
        try
        {
            return core.GetResult(token);
        }
        finally
        {
            core.Reset();
            failure = null;
            pool.Return(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<WriteResult>.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource<WriteResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);

    internal sealed class Pool
    {
        private const int MaxKept = 256;

        private readonly ConcurrentQueue<CommitWaiter> free = new();
        private int kept;

        public CommitWaiter Rent()
        {
            if (free.TryDequeue(out var waiter))
            {
                Interlocked.Decrement(ref kept);
                return waiter;
            }

            return new CommitWaiter(this);
        }

        public void Return(CommitWaiter waiter)
        {
            if (Interlocked.Increment(ref kept) <= MaxKept)
            {
                free.Enqueue(waiter);
            }
            else
            {
                Interlocked.Decrement(ref kept);
            }
        }
    }
}
