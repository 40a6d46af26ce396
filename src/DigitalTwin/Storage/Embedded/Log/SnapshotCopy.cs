namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// Walks all live rows in steps, with writers in between: a row that is there all the time is copied exactly once. Expired rows are
/// removed from memory on the way.
/// </summary>
internal sealed class SnapshotCopy(RowStore rows)
{
    private readonly List<Row> expired = [];
    private int partition;
    private Row last;

    /// <summary>The rows of the last step.</summary>
    public List<Row> Copied { get; } = [];

    /// <summary>Copies the next rows, at most <paramref name="limit"/>. False when it has come to the end. Under the gate.</summary>
    public bool Advance(int limit, long now)
    {
        Copied.Clear();
        expired.Clear();
        // An empty partition costs a step as well, or a table full of them would be walked in one go.
        for (var steps = 0; steps < limit && partition < rows.Primary.Count; steps++)
        {
            steps += CopyFrom(rows.Primary[partition].Rows, limit - steps, now);
        }

        foreach (var row in expired)
        {
            rows.Replace(row, default, sequence: 0);
        }

        return partition < rows.Primary.Count;
    }

    private int CopyFrom(SortedRows source, int limit, long now)
    {
        var place = last.IsNull ? default : source.Seek(RowCut.BehindRow(last, TableIndex.Primary));
        var seen = 0;
        for (; seen < limit && place != source.End; place = source.Next(place), seen++)
        {
            last = source[place];
            (last.IsExpired(now) ? expired : Copied).Add(last);
        }

        if (place == source.End)
        {
            partition++;
            last = default;
        }

        return seen;
    }
}
