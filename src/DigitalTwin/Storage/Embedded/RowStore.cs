namespace DigitalTwin.Storage.Embedded;

/// <summary>The table in memory: its partitions and those of its indexes. Not synchronised; the table's gate is.</summary>
internal sealed class RowStore
{
    private readonly PartitionMap[] maps = [new(TableIndex.Primary), new(TableIndex.Gsi1), new(TableIndex.Gsi2)];

    public PartitionMap Primary => maps[0];

    /// <summary>The bytes of all rows: about what a snapshot would take.</summary>
    public long LiveBytes { get; private set; }

    public PartitionMap In(TableIndex index) => maps[(int)index];

    /// <summary>
    /// Puts <paramref name="after"/> in the place of <paramref name="before"/>; either may be null. The other way round it undoes
    /// itself.
    /// </summary>
    public void Replace(Row before, Row after, long sequence)
    {
        LiveBytes += (after.IsNull ? 0 : after.Size) - (before.IsNull ? 0 : before.Size);
        for (var index = TableIndex.Primary; index <= TableIndex.Gsi2; index++)
        {
            Replace(index, before, after, sequence);
        }
    }

    /// <summary>Applies a row of the log: the item as it was written, or its deletion.</summary>
    public void Replay(Row row)
    {
        var partition = Primary.Find(row.PK);
        var before = partition is not null && partition.Rows.TryFind(row, out var place) ? partition.Rows[place] : default;
        Replace(before, row.IsDeletion ? default : row, sequence: 0);
    }

    public bool DropEmptied(int limit, long durable)
    {
        var more = false;
        foreach (var map in maps)
        {
            more |= map.DropEmptied(limit, durable);
        }

        return more;
    }

    private void Replace(TableIndex index, Row before, Row after, long sequence)
    {
        var map = maps[(int)index];
        var wasIn = !before.IsNull && before.IsIn(index);
        var isIn = !after.IsNull && after.IsIn(index);
        if (wasIn && isIn && HaveSamePosition(before, after, index))
        {
            var same = map.GetOrAdd(after.PartitionIn(index)).Rows;
            same.TryFind(before, out var place);
            same.Set(place, after);
            return;
        }

        if (wasIn)
        {
            Remove(map, before, index, sequence);
        }

        if (isIn)
        {
            map.GetOrAdd(after.PartitionIn(index)).Rows.Insert(after);
        }
    }

    private static void Remove(PartitionMap map, Row row, TableIndex index, long sequence)
    {
        var partition = map.Find(row.PartitionIn(index))!;
        partition.Rows.TryFind(row, out var place);
        partition.Rows.RemoveAt(place);
        partition.LastRemoval = Math.Max(partition.LastRemoval, sequence);
        if (partition.Rows.IsEmpty)
        {
            map.Emptied(partition);
        }
    }

    private static bool HaveSamePosition(Row one, Row other, TableIndex index) =>
        index == TableIndex.Primary
        || (one.PartitionIn(index).SequenceEqual(other.PartitionIn(index)) && one.SortIn(index).SequenceEqual(other.SortIn(index)));
}
