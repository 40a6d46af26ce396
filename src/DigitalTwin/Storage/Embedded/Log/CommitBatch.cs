namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>The transactions that one flush will make durable: their bytes, how to undo them, and who waits for them.</summary>
internal sealed class CommitBatch
{
    private readonly List<(Row Before, Row After)> changes = [];
    private readonly List<CommitWaiter> waiters = [];

    public FrameBuffer Frame { get; } = new();

    public int Transactions { get; private set; }

    public long FirstSequence { get; private set; }

    public bool IsEmpty => Transactions == 0 && waiters.Count == 0;

    public void Add(long sequence, ReadOnlySpan<RowChange> rows)
    {
        if (Transactions++ == 0)
        {
            FirstSequence = sequence;
        }

        var written = 0;
        foreach (ref readonly var row in rows)
        {
            written += row.IsChange ? 1 : 0;
        }

        Frame.StartTransaction(written);
        foreach (ref readonly var row in rows)
        {
            if (row.IsChange)
            {
                Frame.Add(row.Logged);
                changes.Add((row.Before, row.After));
            }
        }
    }

    public CommitWaiter AddWaiter(CommitWaiter waiter)
    {
        waiters.Add(waiter);
        return waiter;
    }

    /// <summary>Puts the rows back as they were before the batch. What is left is durable, so nobody has to wait for it.</summary>
    public void Undo(RowStore rows)
    {
        for (var i = changes.Count - 1; i >= 0; i--)
        {
            rows.Replace(changes[i].After, changes[i].Before, sequence: 0);
        }
    }

    /// <summary>Wakes everyone and makes the batch ready for use again.</summary>
    public void Complete(Exception? failure)
    {
        foreach (var waiter in waiters)
        {
            waiter.Complete(failure);
        }

        waiters.Clear();
        changes.Clear();
        Frame.Clear();
        Transactions = 0;
    }
}

/// <summary>What one write of a transaction does: the row it found, the row it leaves, and the row for the log.</summary>
/// <param name="Logged">The new row, or the deletion; null when the write changes nothing.</param>
internal readonly record struct RowChange(Row Before, Row After, Row Logged)
{
    public bool IsChange => !Logged.IsNull;
}
