namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// Replaces the log by a snapshot while writers go on. A run cuts the log, copies references to the live rows a few at a time
/// under the gate, writes them outside it, and drops the older segments once the snapshot is in place.
/// </summary>
internal sealed partial class Compactor(
    Lock gate, RowStore rows, CommitLog log, LogFolder folder, EmbeddedTableOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Rows copied, or partitions dropped, in one go under the gate: some tens of microseconds.</summary>
    private const int RowsAtATime = 512;

    private readonly Lock queue = new();
    private Task running = Task.CompletedTask;
    private Task? waiting;

    /// <summary>A run that begins after this call; callers who come before it begins share it.</summary>
    public Task RequestAsync()
    {
        lock (queue)
        {
            return waiting ??= BeginAfterAsync(running);
        }
    }

    /// <summary>Starts a run when the log has grown beyond the thresholds and none is under way.</summary>
    public void RequestIfDue()
    {
        if (log.BytesSinceCut < options.CompactAtBytes || log.BytesSinceCut < options.CompactAtRatio * rows.LiveBytes)
        {
            return;
        }

        lock (queue)
        {
            if (running.IsCompleted && waiting is null)
            {
                waiting = BeginAfterAsync(running);
            }
        }
    }

    /// <summary>Waits for what is under way.</summary>
    public async Task StopAsync()
    {
        Task last;
        lock (queue)
        {
            last = waiting ?? running;
        }

        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task BeginAfterAsync(Task earlier)
    {
        await earlier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (queue)
        {
            running = waiting!;
            waiting = null;
        }

        try
        {
            await RunAsync();
        }
        catch (Exception e)
        {
            Log.Failed(logger, e, folder.Path);
            throw e is StorageUnavailableException
                ? e
                : new StorageUnavailableException($"The log in '{folder.Path}' could not be compacted: {e.Message}", e);
        }
    }

    private async Task RunAsync()
    {
        var started = time.GetTimestamp();
        var rollbacks = RollbacksNow();
        var cut = await log.RotateAsync();
        using (var snapshot = new SnapshotFile(folder, cut, options.Flush))
        {
            var copy = new SnapshotCopy(rows);
            for (var more = true; more;)
            {
                lock (gate)
                {
                    more = copy.Advance(RowsAtATime, time.GetUtcNow().ToUnixTimeSeconds());
                }

                copy.Copied.ForEach(snapshot.Add);
            }

            await WaitUntilCopiedIsDurableAsync(rollbacks);
            snapshot.Commit();
        }

        folder.DeleteSegmentsBefore(cut.Segment);
        DropEmptied();
        Log.Compacted(logger, folder.Path, time.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>
    /// The copy may hold rows that are not durable yet. The snapshot must not make durable half of a transaction that a crash, or a
    /// full disk, takes back.
    /// </summary>
    private async Task WaitUntilCopiedIsDurableAsync(int rollbacks)
    {
        ValueTask<WriteResult> durable;
        lock (gate)
        {
            durable = log.WaitAsync(log.LastSequence);
        }

        await durable;
        if (RollbacksNow() != rollbacks)
        {
            throw new StorageUnavailableException($"The disk under '{folder.Path}' was full while the log was compacted.");
        }
    }

    private int RollbacksNow()
    {
        lock (gate)
        {
            return log.Rollbacks;
        }
    }

    private void DropEmptied()
    {
        for (var more = true; more;)
        {
            lock (gate)
            {
                more = rows.DropEmptied(RowsAtATime, log.DurableSequence);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Compacted the log in {Folder} in {Milliseconds:F0} ms")]
        public static partial void Compacted(ILogger logger, string folder, double milliseconds);

        [LoggerMessage(LogLevel.Error, "Compacting the log in {Folder} failed")]
        public static partial void Failed(ILogger logger, Exception reason, string folder);
    }
}
