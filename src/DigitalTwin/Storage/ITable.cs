namespace DigitalTwin.Storage;

/// <summary>
/// The single-table design as a port: items under a partition key and a sort key, two sparse secondary indexes,
/// transactions with conditions. It has an embedded implementation and a DynamoDB one; features know only this.
/// </summary>
/// <remarks>
/// Sort order everywhere is ordinal on the UTF-8 bytes of the sort key, as DynamoDB has it. An item past its
/// <see cref="TableItem.ExpiresAt"/> is absent for every read and every condition, swept or not. A write is durable when its task
/// completes, and no read returns what a crash could still take back. Secondary indexes may lag behind on DynamoDB:
/// what must be exact reads by primary key.
/// </remarks>
public interface ITable
{
    /// <summary>The item, or null when it is absent or expired.</summary>
    ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken = default);

    /// <summary>One page of a partition, of the table or of one of its indexes, in sort order.</summary>
    ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Commits all writes or none. A condition that does not hold is a result, not an exception. Throws
    /// <see cref="StorageUnavailableException"/> when the store cannot take the write (disk full, read only, throttled to the end).
    /// </summary>
    /// <param name="writes">1 to <see cref="MaxWrites"/> writes, each of a different key.</param>
    ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken = default);

    /// <summary>
    /// Whether a write is checked and ordered before <see cref="WriteAsync"/> returns, so that a later write may be called before an
    /// earlier one is durable: it becomes durable after it, or not at all.
    /// </summary>
    bool WritesInOrder { get; }

    /// <summary>Whether other processes may be at work on the same items. The embedded table's folder belongs to one process.</summary>
    bool IsShared { get; }

    /// <summary>
    /// Completes when nothing that was deleted, replaced or expired before the call is left in the store's own files, so that an
    /// erasure is one on disk as well. A managed service, where the files are not ours, returns at once.
    /// </summary>
    ValueTask ScrubAsync(CancellationToken cancellationToken = default);

    /// <summary>The largest number of writes in one transaction (DynamoDB's TransactWriteItems limit).</summary>
    const int MaxWrites = 100;
}

/// <summary>The primary key: partition and sort key, each 1 to 1,024 UTF-8 bytes.</summary>
public readonly record struct ItemKey(string PK, string SK);

/// <summary>A position in a secondary index.</summary>
public readonly record struct IndexKey(string PK, string SK);

/// <summary>One stored item.</summary>
public sealed record TableItem
{
    public required ItemKey Key { get; init; }

    /// <summary>Where the item stands in the first secondary index; null keeps it out.</summary>
    public IndexKey? Gsi1 { get; init; }

    /// <summary>Where the item stands in the second secondary index; null keeps it out.</summary>
    public IndexKey? Gsi2 { get; init; }

    /// <summary>Set by the writer, compared by <see cref="WriteCondition.VersionIs"/>; by convention 1 at creation and one more at each change.</summary>
    public long Version { get; init; } = 1;

    /// <summary>When the item ceases to exist, in whole seconds since the Unix epoch; null keeps it for ever.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>The value of an item written by <see cref="TableWrite.Add"/>; 0 for others.</summary>
    public long Counter { get; init; }

    /// <summary>The UTF-8 JSON body, at most 390 KiB; empty for counters. Never changed after the item was handed over.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }
}

public enum TableIndex
{
    Primary,
    Gsi1,
    Gsi2,
}

/// <summary>What to read of one partition. <see cref="SortPrefix"/> and the range exclude each other.</summary>
public sealed record TableQuery
{
    public required string Partition { get; init; }

    public TableIndex Index { get; init; } = TableIndex.Primary;

    public string? SortPrefix { get; init; }

    /// <summary>Inclusive lower end of the sort key.</summary>
    public string? SortFrom { get; init; }

    /// <summary>Inclusive upper end of the sort key.</summary>
    public string? SortTo { get; init; }

    public bool Descending { get; init; }

    /// <summary>1 to 1,000 items.</summary>
    public int Limit { get; init; } = 20;

    /// <summary>Goes on behind this position (in the query's direction); from <see cref="TablePage.Next"/>.</summary>
    public TableCursor? After { get; init; }
}

/// <summary>A page; <see cref="Next"/> is null on the last one. A full page may be followed by an empty last one.</summary>
public sealed record TablePage(IReadOnlyList<TableItem> Items, TableCursor? Next);

/// <summary>One write of a transaction.</summary>
public sealed record TableWrite
{
    private TableWrite(TableWriteKind kind, ItemKey key) => (Kind, Key) = (kind, key);

    public TableWriteKind Kind { get; }

    public ItemKey Key { get; }

    /// <summary>The new item of a put.</summary>
    public TableItem? Item { get; private init; }

    /// <summary>What must hold of the stored item; <see cref="WriteCondition.None"/> by default.</summary>
    public WriteCondition Condition { get; private init; }

    /// <summary>What an add adds; may be negative.</summary>
    public long Amount { get; private init; }

    /// <summary>The add fails when the sum would be above this.</summary>
    public long? Ceiling { get; private init; }

    /// <summary>When the counter expires; the first add of a counter sets it.</summary>
    public long? ExpiresAt { get; private init; }

    /// <summary>Stores the item as given, in place of any that is there.</summary>
    public static TableWrite Put(TableItem item, WriteCondition condition = default) =>
        new(TableWriteKind.Put, item.Key) { Item = item, Condition = condition };

    /// <summary>Removes the item; removing what is absent succeeds unless the condition says otherwise.</summary>
    public static TableWrite Delete(ItemKey key, WriteCondition condition = default) =>
        new(TableWriteKind.Delete, key) { Condition = condition };

    /// <summary>Writes nothing; the transaction fails unless the condition holds.</summary>
    public static TableWrite Check(ItemKey key, WriteCondition condition) =>
        new(TableWriteKind.Check, key) { Condition = condition };

    /// <summary>
    /// Adds to a counter, which starts at 0 and version 1 when absent; fails when the sum would be above <paramref name="ceiling"/>. All
    /// else of a counter that is there, its version and expiry included, stays as it is.
    /// </summary>
    public static TableWrite Add(ItemKey key, long amount, long? ceiling = null, long? expiresAt = null) =>
        new(TableWriteKind.Add, key) { Amount = amount, Ceiling = ceiling, ExpiresAt = expiresAt };
}

public enum TableWriteKind
{
    Put,
    Delete,
    Check,
    Add,
}

/// <summary>What must hold of an item for a transaction to commit.</summary>
public readonly record struct WriteCondition
{
    private WriteCondition(ConditionKind kind, long version = 0) => (Kind, Version) = (kind, version);

    public ConditionKind Kind { get; }

    /// <summary>The version that must be stored, for <see cref="ConditionKind.Version"/>.</summary>
    public long Version { get; }

    public static WriteCondition None => default;

    public static WriteCondition Absent => new(ConditionKind.Absent);

    public static WriteCondition Present => new(ConditionKind.Present);

    public static WriteCondition VersionIs(long version) => new(ConditionKind.Version, version);
}

public enum ConditionKind
{
    None,
    Absent,
    Present,
    Version,
}

/// <summary>Whether a transaction committed; if not, the index of the first write whose condition did not hold.</summary>
public readonly record struct WriteResult(int? FailedWrite)
{
    public bool Committed => FailedWrite is null;

    public static WriteResult Success => default;
}

/// <summary>The store cannot be read or written now; nothing of the failed write was acknowledged.</summary>
public sealed class StorageUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The store's files are damaged or in use; the message names the file, and the offset where there is one.</summary>
public sealed class StorageCorruptException(string message, Exception? inner = null) : Exception(message, inner);
