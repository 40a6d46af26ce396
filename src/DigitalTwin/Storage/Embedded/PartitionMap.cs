using System.Text;

namespace DigitalTwin.Storage.Embedded;

/// <summary>
/// The partitions of the table, or of one index, by name. Emptied partitions stay until <see cref="DropEmptied"/>: they remember
/// their last removal, and a running snapshot walks the list by position.
/// </summary>
internal sealed class PartitionMap
{
    private readonly Dictionary<string, Partition> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Partition>.AlternateLookup<ReadOnlySpan<char>> bySpan;
    private readonly List<Partition> all = [];
    private readonly List<Partition> emptied = [];
    private readonly TableIndex index;

    public PartitionMap(TableIndex index)
    {
        this.index = index;
        bySpan = byName.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => all.Count;

    public Partition this[int ordinal] => all[ordinal];

    public Partition? Find(string name) => byName.GetValueOrDefault(name);

    public Partition? Find(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[TableGuard.MaxKeyBytes];
        return bySpan.TryGetValue(text[..Encoding.UTF8.GetChars(name, text)], out var found) ? found : null;
    }

    public Partition GetOrAdd(ReadOnlySpan<byte> name)
    {
        if (Find(name) is { } found)
        {
            return found;
        }

        var partition = new Partition(Encoding.UTF8.GetString(name), index) { Ordinal = all.Count };
        byName.Add(partition.Name, partition);
        all.Add(partition);
        return partition;
    }

    public void Emptied(Partition partition)
    {
        if (!partition.IsListedAsEmpty)
        {
            partition.IsListedAsEmpty = true;
            emptied.Add(partition);
        }
    }

    /// <summary>
    /// Forgets up to <paramref name="limit"/> partitions that are still empty and whose last removal is durable. False when none is
    /// left to look at.
    /// </summary>
    public bool DropEmptied(int limit, long durable)
    {
        for (; limit > 0 && emptied.Count > 0; limit--)
        {
            var partition = emptied[^1];
            if (partition.LastRemoval > durable)
            {
                return false;
            }

            emptied.RemoveAt(emptied.Count - 1);
            partition.IsListedAsEmpty = false;
            if (partition.Rows.IsEmpty)
            {
                byName.Remove(partition.Name);
                all[partition.Ordinal] = all[^1];
                all[partition.Ordinal].Ordinal = partition.Ordinal;
                all.RemoveAt(all.Count - 1);
            }
        }

        return emptied.Count > 0;
    }
}
