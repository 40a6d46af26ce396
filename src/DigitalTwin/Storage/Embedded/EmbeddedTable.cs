using DigitalTwin.Storage.Embedded.Log;

namespace DigitalTwin.Storage.Embedded;

/// <summary>
/// The table in memory, made durable by a log with group commit in one folder, which it has to itself.
/// </summary>
/// <remarks>
/// A write checks its conditions and shows in memory before <see cref="WriteAsync"/> returns, in the order of the calls; the task
/// completes with the flush. Reads of what is durable already complete at once, others wait for the flush they depend on.
/// </remarks>
public sealed class EmbeddedTable : ITable, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly RowStore rows;
    private readonly TimeProvider time;
    private readonly FolderLock folderLock;
    private readonly CommitLog log;
    private readonly Compactor compactor;
    private bool disposed;

    private EmbeddedTable(
        EmbeddedTableOptions options, LogFolder folder, FolderLock folderLock, RowStore rows, RecoveredLog recovered, TimeProvider time, ILogger logger)
    {
        this.rows = rows;
        this.time = time;
        this.folderLock = folderLock;
        log = new CommitLog(gate, rows, folder, options, recovered, logger);
        compactor = new Compactor(gate, rows, log, folder, options, time, logger);
        log.Start(compactor.RequestIfDue);
    }

    /// <summary>Opens the folder, makes it when it is absent, and loads what is in it.</summary>
    /// <exception cref="StorageUnavailableException">The folder cannot be written, or another process has it.</exception>
    /// <exception cref="StorageCorruptException">A file is damaged other than by a crash; nothing on the disk was changed.</exception>
    public static EmbeddedTable Open(EmbeddedTableOptions options, TimeProvider time, ILogger<EmbeddedTable> logger)
    {
        DataFolder.Create(options.Folder);
        var folderLock = FolderLock.Take(options.Folder);
        try
        {
            var folder = new LogFolder(options.Folder);
            var rows = new RowStore();
            var recovered = new Recovery(folder, rows, options, logger).Run();
            return new EmbeddedTable(options, folder, folderLock, rows, recovered, time, logger);
        }
        catch (Exception e)
        {
            folderLock.Dispose();
            if (DataFolder.IsFileError(e))
            {
                throw new StorageUnavailableException($"The data folder '{options.Folder}' cannot be read or written: {e.Message}", e);
            }

            throw;
        }
    }

    public bool WritesInOrder => true;

    public bool IsShared => false;

    public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken = default)
    {
        TableGuard.Check(key);
        cancellationToken.ThrowIfCancellationRequested();
        Span<byte> sort = stackalloc byte[TableGuard.MaxKeyBytes];
        sort = sort[..TableGuard.Utf8.GetBytes(key.SK, sort)];
        var row = default(Row);
        ValueTask<WriteResult> durable;
        lock (gate)
        {
            if (rows.Primary.Find(key.PK) is not { } partition)
            {
                return default;
            }

            if (partition.Rows.TryFind(sort, out var found) && !found.IsExpired(Now()))
            {
                row = found;
            }

            durable = log.WaitAsync(row.IsNull ? partition.LastRemoval : row.Sequence);
        }

        return durable.IsCompletedSuccessfully ? new(Item(row, key, durable.Result)) : ItemAsync(row, key, durable);
    }

    public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken = default)
    {
        TableGuard.Check(query);
        cancellationToken.ThrowIfCancellationRequested();
        var run = new PartitionQuery(query);
        ValueTask<WriteResult> durable;
        lock (gate)
        {
            run.Run(rows, Now());
            durable = log.WaitAsync(run.Sequence);
        }

        return durable.IsCompletedSuccessfully ? new(Page(run, durable.Result)) : PageAsync(run, durable);
    }

    /// <remarks>Cancelling is possible before the call only: what is in memory becomes durable.</remarks>
    public ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken = default)
    {
        TableGuard.Check(writes.Span);
        cancellationToken.ThrowIfCancellationRequested();
        bool sleeper;
        ValueTask<WriteResult> durable;
        using (var transaction = new Transaction(writes.Span))
        {
            lock (gate)
            {
                durable = Write(transaction);
                sleeper = log.TakeSleeper();
            }
        }

        if (sleeper)
        {
            log.Wake();
        }

        return durable;
    }

    public ValueTask ScrubAsync(CancellationToken cancellationToken = default) => new(compactor.RequestAsync().WaitAsync(cancellationToken));

    /// <summary>Writes and flushes what is pending and gives the folder free.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        await compactor.StopAsync();
        log.Dispose();
        folderLock.Dispose();
    }

    private static async ValueTask<TableItem?> ItemAsync(Row row, ItemKey key, ValueTask<WriteResult> durable) => Item(row, key, await durable);

    private static async ValueTask<TablePage> PageAsync(PartitionQuery run, ValueTask<WriteResult> durable) => Page(run, await durable);

    // The result is asked for only because that is what gives a pooled task back.
    private static TableItem? Item(Row row, ItemKey key, WriteResult _) => row.IsNull ? null : RowCodec.Decode(row, key.PK);

    private static TablePage Page(PartitionQuery run, WriteResult _) => run.ToPage();

    private ValueTask<WriteResult> Write(Transaction transaction)
    {
        if (log.Refusal() is { } refusal)
        {
            return ValueTask.FromException<WriteResult>(refusal);
        }

        if (transaction.Check(rows, Now(), out var dependsOn) is { } failed)
        {
            return new(new WriteResult(failed));
        }

        var sequence = log.LastSequence + 1;
        if (!transaction.Apply(rows, sequence))
        {
            return log.WaitAsync(dependsOn);
        }

        log.Append(sequence, transaction.Changes);
        return log.WaitAsync(sequence);
    }

    private long Now() => time.GetUtcNow().ToUnixTimeSeconds();
}
