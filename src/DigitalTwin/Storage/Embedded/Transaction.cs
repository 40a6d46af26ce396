using System.Buffers;
using DigitalTwin.Storage.Embedded.Log;

namespace DigitalTwin.Storage.Embedded;

/// <summary>
/// The writes of one transaction as rows: encoded before the gate is taken, checked and applied under it.
/// </summary>
internal readonly ref struct Transaction
{
    private readonly ReadOnlySpan<TableWrite> writes;
    private readonly RowChange[] changes;

    public Transaction(ReadOnlySpan<TableWrite> writes)
    {
        this.writes = writes;
        changes = ArrayPool<RowChange>.Shared.Rent(writes.Length);
        for (var i = 0; i < writes.Length; i++)
        {
            changes[i] = new RowChange(default, default, Encode(writes[i]));
        }
    }

    public ReadOnlySpan<RowChange> Changes => changes.AsSpan(0, writes.Length);

    /// <summary>The index of the first write whose condition does not hold, or null. Under the gate.</summary>
    /// <param name="dependsOn">The last transaction that the outcome rests on.</param>
    public int? Check(RowStore rows, long now, out long dependsOn)
    {
        dependsOn = 0;
        for (var i = 0; i < writes.Length; i++)
        {
            var write = writes[i];
            var encoded = changes[i].Logged;
            var partition = rows.Primary.Find(write.Key.PK);
            var stored = partition is not null && partition.Rows.TryFind(encoded, out var place) ? partition.Rows[place] : default;
            var live = stored.IsNull || stored.IsExpired(now) ? default : stored;
            if (!Holds(write.Condition, live) || !TryChange(write, stored, live, encoded, out changes[i]))
            {
                return i;
            }

            dependsOn = Math.Max(dependsOn, live.IsNull ? partition?.LastRemoval ?? 0 : live.Sequence);
        }

        return null;
    }

    /// <summary>Shows the changes in memory. False when there are none. Under the gate.</summary>
    public bool Apply(RowStore rows, long sequence)
    {
        var any = false;
        foreach (ref readonly var change in Changes)
        {
            if (change.IsChange)
            {
                any = true;
                var after = change.After;
                if (!after.IsNull)
                {
                    after.Sequence = sequence;
                }

                rows.Replace(change.Before, after, sequence);
            }
        }

        return any;
    }

    public void Dispose()
    {
        Array.Clear(changes, 0, writes.Length);
        ArrayPool<RowChange>.Shared.Return(changes);
    }

    private static Row Encode(TableWrite write) => write.Kind switch
    {
        TableWriteKind.Put => RowCodec.Encode(write.Item!),
        TableWriteKind.Add => RowCodec.EncodeCounter(write),
        _ => RowCodec.EncodeDeletion(write.Key),
    };

    private static bool Holds(WriteCondition condition, Row live) => condition.Kind switch
    {
        ConditionKind.Absent => live.IsNull,
        ConditionKind.Present => !live.IsNull,
        ConditionKind.Version => !live.IsNull && live.Version == condition.Version,
        _ => true,
    };

    private static bool TryChange(TableWrite write, Row stored, Row live, Row encoded, out RowChange change)
    {
        change = default;
        switch (write.Kind)
        {
            case TableWriteKind.Put:
                change = new RowChange(stored, encoded, encoded);
                return true;
            case TableWriteKind.Delete when !live.IsNull:
                change = new RowChange(stored, default, encoded);
                return true;
            case TableWriteKind.Add:
                return TryAdd(write, stored, live, encoded, out change);
            default:
                return true;
        }
    }

    private static bool TryAdd(TableWrite write, Row stored, Row live, Row started, out RowChange change)
    {
        var sum = (Int128)(live.IsNull ? 0 : live.Counter) + write.Amount;
        if (sum > (write.Ceiling ?? Int128.MaxValue))
        {
            change = default;
            return false;
        }

        // What else the item holds, its expiry above all, stays as the first add set it.
        var after = live.IsNull ? started : live.Copy();
        after.Counter = checked((long)sum);
        change = new RowChange(stored, after, after);
        return true;
    }
}
