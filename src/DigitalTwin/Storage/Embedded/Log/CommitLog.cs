namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// The group commit. Writers add to the pending batch under the table's gate; one thread takes the batch, writes it as one frame,
/// flushes once, and wakes all who wait. While it flushes, the next batch gathers.
/// </summary>
/// <remarks>
/// Members say whether the caller holds the gate. When a frame cannot be written (the disk is full), everything not yet durable is
/// undone in memory and the file is cut back, so the table goes on from its last durable state. When a flush fails, nobody knows
/// what is on the disk; then the log stays failed until a restart reads it again.
/// </remarks>
internal sealed partial class CommitLog : IDisposable
{
    /// <summary>Writers that the disk cannot follow are turned away before they take all memory.</summary>
    private const int MaxPendingBytes = 512 << 20;

    private readonly Lock gate;
    private readonly RowStore rows;
    private readonly LogFolder folder;
    private readonly EmbeddedTableOptions options;
    private readonly ILogger logger;
    private Action grown = static () => { };
    private readonly Thread thread;
    private readonly SemaphoreSlim wake = new(0);
    private readonly CommitWaiter.Pool waiters = new();

    private SegmentFile segment;
    private CommitBatch pending = new();
    private CommitBatch spare = new();
    private CommitBatch? inFlight;
    private long inFlightSequence;
    private TaskCompletionSource<LogCut>? rotation;
    private Exception? failure;
    private bool asleep;
    private bool stopping;

    public CommitLog(Lock gate, RowStore rows, LogFolder folder, EmbeddedTableOptions options, RecoveredLog recovered, ILogger logger)
    {
        (this.gate, this.rows, this.folder, this.options, this.logger) = (gate, rows, folder, options, logger);
        segment = recovered.Segment;
        LastSequence = DurableSequence = recovered.LastSequence;
        BytesSinceCut = recovered.Bytes;
        thread = new Thread(Run, maxStackSize: 256 << 10) { IsBackground = true, Name = "Table log" };
    }

    /// <summary>The last transaction that is in memory. Under the gate.</summary>
    public long LastSequence { get; private set; }

    /// <summary>The last transaction that no crash can take back. Under the gate.</summary>
    public long DurableSequence { get; private set; }

    /// <summary>How often undurable transactions were undone. Under the gate.</summary>
    public int Rollbacks { get; private set; }

    /// <summary>Bytes of log that the next snapshot will replace. Read by anyone, roughly.</summary>
    public long BytesSinceCut { get; private set; }

    /// <summary>Null while transactions are taken. Under the gate.</summary>
    public StorageUnavailableException? Refusal()
    {
        if (failure is not null)
        {
            return Unavailable(failure);
        }

        if (stopping)
        {
            return new StorageUnavailableException($"The table in '{folder.Path}' is closed.");
        }

        return pending.Frame.Length > MaxPendingBytes
            ? new StorageUnavailableException($"The table in '{folder.Path}' has more waiting writes than it can hold.")
            : null;
    }

    /// <param name="afterFrame">Called from the log's thread after each frame, outside the gate.</param>
    public void Start(Action afterFrame)
    {
        grown = afterFrame;
        thread.Start();
    }

    /// <summary>Adds a transaction that memory already shows. Under the gate.</summary>
    public void Append(long sequence, ReadOnlySpan<RowChange> changes)
    {
        LastSequence = sequence;
        pending.Add(sequence, changes);
    }

    /// <summary>A task that completes when <paramref name="sequence"/> is durable; fails when it is undone instead. Under the gate.</summary>
    public ValueTask<WriteResult> WaitAsync(long sequence)
    {
        if (sequence <= DurableSequence)
        {
            return ValueTask.FromResult(WriteResult.Success);
        }

        if (failure is not null)
        {
            return ValueTask.FromException<WriteResult>(Refusal()!);
        }

        var batch = inFlight is not null && sequence <= inFlightSequence ? inFlight : pending;
        return batch.AddWaiter(waiters.Rent()).Task;
    }

    /// <summary>
    /// Whether the log's thread sleeps though there is work, so that the caller, once out of the gate, has to <see cref="Wake"/> it.
    /// Under the gate.
    /// </summary>
    public bool TakeSleeper()
    {
        var wakes = asleep && (!pending.IsEmpty || rotation is not null);
        asleep &= !wakes;
        return wakes;
    }

    public void Wake() => wake.Release();

    /// <summary>
    /// Begins a new segment: all transactions up to the cut are durable in older segments, all later ones go to the new one. Not under
    /// the gate.
    /// </summary>
    public Task<LogCut> RotateAsync()
    {
        bool sleeper;
        Task<LogCut> task;
        lock (gate)
        {
            if (Refusal() is { } refusal)
            {
                return Task.FromException<LogCut>(refusal);
            }

            rotation ??= new TaskCompletionSource<LogCut>(TaskCreationOptions.RunContinuationsAsynchronously);
            task = rotation.Task;
            sleeper = TakeSleeper();
        }

        if (sleeper)
        {
            Wake();
        }

        return task;
    }

    /// <summary>Writes what is pending, then ends. Not under the gate.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
        }

        Wake();
        thread.Join();
        segment.Dispose();
    }

    private StorageUnavailableException Unavailable(Exception reason) => new(
        $"The table in '{folder.Path}' takes no writes since its log failed; a restart goes on from what is durable. {reason.Message}", reason);

    private void Run()
    {
        while (TakeBatch(out var cut) is { } batch)
        {
            if (TryWrite(batch))
            {
                Succeed(batch);
            }

            if (cut is not null)
            {
                Rotate(cut);
            }

            grown();
        }
    }

    private CommitBatch? TakeBatch(out TaskCompletionSource<LogCut>? cut)
    {
        while (true)
        {
            lock (gate)
            {
                cut = rotation;
                if (!pending.IsEmpty || cut is not null)
                {
                    rotation = null;
                    inFlight = pending;
                    inFlightSequence = LastSequence;
                    pending = spare;
                    return inFlight;
                }

                if (stopping)
                {
                    return null;
                }

                asleep = true;
            }

            wake.Wait();
        }
    }

    private bool TryWrite(CommitBatch batch)
    {
        if (batch.Transactions == 0)
        {
            return true;
        }

        if (failure is not null)
        {
            Fail(failure);
            return false;
        }

        try
        {
            segment.Write(batch.Frame, batch.FirstSequence, batch.Transactions);
        }
        catch (Exception e)
        {
            RollBack(e);
            return false;
        }

        try
        {
            segment.Flush(batch.Frame.Length);
            return true;
        }
        catch (Exception e)
        {
            Fail(e);
            return false;
        }
    }

    private void Succeed(CommitBatch batch)
    {
        lock (gate)
        {
            DurableSequence = inFlightSequence;
            BytesSinceCut += batch.Frame.Length;
            inFlight = null;
            spare = batch;
        }

        batch.Complete(null);
    }

    /// <summary>Back to the last durable state, in memory and in the file; the log goes on from there.</summary>
    private void RollBack(Exception reason)
    {
        try
        {
            segment.Truncate();
        }
        catch (Exception e)
        {
            Log.CannotCutBack(logger, e, folder.Path);
            Fail(reason);
            return;
        }

        Log.RolledBack(logger, reason, folder.Path);
        CommitBatch first, second;
        lock (gate)
        {
            (first, second) = TakeAll();
            second.Undo(rows);
            first.Undo(rows);
            Rollbacks++;
            DurableSequence = LastSequence;
        }

        var told = new IOException($"The write could not be stored: {reason.Message}", reason);
        first.Complete(told);
        second.Complete(told);
    }

    /// <summary>Memory is ahead of the disk from now on, so nothing that is not durable is written or read any more.</summary>
    private void Fail(Exception reason)
    {
        CommitBatch first, second;
        lock (gate)
        {
            if (failure is null)
            {
                failure = reason;
                Log.Failed(logger, reason, folder.Path);
            }

            (first, second) = TakeAll();
        }

        first.Complete(reason);
        second.Complete(reason);
    }

    private (CommitBatch First, CommitBatch Second) TakeAll()
    {
        var taken = (inFlight!, pending);
        inFlight = null;
        pending = new CommitBatch();
        spare = new CommitBatch();
        return taken;
    }

    private void Rotate(TaskCompletionSource<LogCut> cut)
    {
        if (failure is not null)
        {
            cut.SetException(Unavailable(failure));
            return;
        }

        try
        {
            var next = SegmentFile.Create(folder, segment.Number + 1, options);
            segment.Dispose();
            segment = next;
            BytesSinceCut = 0;
            lock (gate)
            {
                cut.SetResult(new LogCut(segment.Number, DurableSequence));
            }
        }
        catch (Exception e)
        {
            cut.SetException(new StorageUnavailableException($"A new log segment cannot be created in '{folder.Path}': {e.Message}", e));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The log in {Folder} could not be written; the waiting transactions were undone")]
        public static partial void RolledBack(ILogger logger, Exception reason, string folder);

        [LoggerMessage(LogLevel.Critical, "The log in {Folder} could not be cut back to its last durable state")]
        public static partial void CannotCutBack(ILogger logger, Exception reason, string folder);

        [LoggerMessage(LogLevel.Critical, "The log in {Folder} failed; the table takes no writes until it is opened again")]
        public static partial void Failed(ILogger logger, Exception reason, string folder);
    }
}

/// <summary>Where a new segment began: the older ones end with <paramref name="Sequence"/>, which is durable.</summary>
internal readonly record struct LogCut(long Segment, long Sequence);
