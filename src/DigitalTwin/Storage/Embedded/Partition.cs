namespace DigitalTwin.Storage.Embedded;

/// <summary>The rows that share a partition key, in the table or in one of its indexes.</summary>
internal sealed class Partition(string name, TableIndex index)
{
    public string Name => name;

    public TableIndex Index => index;

    public SortedRows Rows { get; } = new(index);

    /// <summary>
    /// The last transaction that took a row away from here. What is absent may be absent only because of it, so no read that
    /// finds less may return before it is durable.
    /// </summary>
    public long LastRemoval { get; set; }

    /// <summary>Where the partition stands in its map's list.</summary>
    public int Ordinal { get; set; }

    /// <summary>Whether the map already knows that the partition may be dropped.</summary>
    public bool IsListedAsEmpty { get; set; }
}
