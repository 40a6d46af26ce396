namespace DigitalTwin.Storage.Embedded;

/// <summary>A query with its texts in UTF-8: finds rows under the gate, makes the page outside it.</summary>
internal sealed class PartitionQuery
{
    private readonly TableQuery query;
    private readonly byte[]? prefix;
    private readonly byte[]? from;
    private readonly byte[]? to;
    private readonly (byte[] Sort, byte[] PK, byte[] SK)? after;
    private readonly List<Row> found = [];
    private bool hasMore;

    public PartitionQuery(TableQuery query)
    {
        this.query = query;
        (prefix, from, to) = (Bytes(query.SortPrefix), Bytes(query.SortFrom), Bytes(query.SortTo));
        after = query.After is { } cursor ? (Bytes(cursor.Sort)!, Bytes(cursor.Key.PK)!, Bytes(cursor.Key.SK)!) : null;
    }

    /// <summary>The last transaction that the found rows, or the absence of others, depend on.</summary>
    public long Sequence { get; private set; }

    /// <summary>Finds the rows of the page. Under the gate.</summary>
    public void Run(RowStore store, long now)
    {
        if (store.In(query.Index).Find(query.Partition) is not { } partition)
        {
            return;
        }

        Sequence = partition.LastRemoval;
        var rows = partition.Rows;
        var low = Low(rows);
        var high = High(rows);
        if (low.CompareTo(high) >= 0)
        {
            return;
        }

        if (query.Descending)
        {
            for (var place = high; place != low && !hasMore;)
            {
                place = rows.Previous(place);
                Take(rows[place], now);
            }
        }
        else
        {
            for (var place = low; place != high && !hasMore; place = rows.Next(place))
            {
                Take(rows[place], now);
            }
        }
    }

    public TablePage ToPage()
    {
        var items = new TableItem[found.Count];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = RowCodec.Decode(found[i], query.Index == TableIndex.Primary ? query.Partition : null);
        }

        return new TablePage(items, hasMore ? Cursor(items[^1]) : null);
    }

    private static byte[]? Bytes(string? text) => text is null ? null : TableGuard.Utf8.GetBytes(text);

    private RowPlace Low(SortedRows rows)
    {
        var low = (prefix ?? from) is { } bound ? rows.Seek(RowCut.BeforeSort(bound)) : default;
        return after is { } cursor && !query.Descending
            ? RowPlace.Later(low, rows.Seek(RowCut.BehindKey(cursor.Sort, cursor.PK, cursor.SK)))
            : low;
    }

    private RowPlace High(SortedRows rows)
    {
        var high = prefix is not null ? rows.Seek(RowCut.BehindPrefix(prefix))
            : to is not null ? rows.Seek(RowCut.BehindSort(to))
            : rows.End;
        return after is { } cursor && query.Descending
            ? RowPlace.Earlier(high, rows.Seek(RowCut.BeforeKey(cursor.Sort, cursor.PK, cursor.SK)))
            : high;
    }

    private void Take(Row row, long now)
    {
        if (row.IsExpired(now))
        {
            return;
        }

        if (found.Count == query.Limit)
        {
            hasMore = true;
            return;
        }

        found.Add(row);
        Sequence = Math.Max(Sequence, row.Sequence);
    }

    private TableCursor Cursor(TableItem last) => new(
        query.Index switch
        {
            TableIndex.Gsi1 => last.Gsi1!.Value.SK,
            TableIndex.Gsi2 => last.Gsi2!.Value.SK,
            _ => last.Key.SK,
        },
        last.Key);
}
