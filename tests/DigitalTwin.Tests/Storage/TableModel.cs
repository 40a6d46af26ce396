using System.Text;
using DigitalTwin.Storage;

namespace DigitalTwin.Tests.Storage;

/// <summary>The table's rules in their plainest form: a sorted dictionary, and every query a scan of it.</summary>
internal sealed class TableModel
{
    private readonly SortedDictionary<string, TableItem> items = new(StringComparer.Ordinal);

    public TableItem? Get(ItemKey key, long now) => items.TryGetValue(Place(key), out var item) && !(item.ExpiresAt <= now) ? item : null;

    public WriteResult Write(IReadOnlyList<TableWrite> writes, long now)
    {
        for (var i = 0; i < writes.Count; i++)
        {
            var stored = Get(writes[i].Key, now);
            if (!Holds(writes[i].Condition, stored) || (stored?.Counter ?? 0) + writes[i].Amount > (writes[i].Ceiling ?? long.MaxValue))
            {
                return new WriteResult(i);
            }
        }

        foreach (var write in writes)
        {
            Apply(write, now);
        }

        return WriteResult.Success;
    }

    /// <summary>All items of the query in order, whatever its limit and cursor.</summary>
    public List<TableItem> Query(TableQuery query, long now)
    {
        var found = items.Values
            .Where(item => !(item.ExpiresAt <= now) && Position(item, query.Index)?.PK == query.Partition)
            .Where(item => IsIn(query, Position(item, query.Index)!.Value.SK))
            .OrderBy(item => Hex(Position(item, query.Index)!.Value.SK), StringComparer.Ordinal)
            .ToList();
        if (query.Descending)
        {
            found.Reverse();
        }

        return found;
    }

    private static bool IsIn(TableQuery query, string sort) =>
        (query.SortPrefix is null || sort.StartsWith(query.SortPrefix, StringComparison.Ordinal))
        && (query.SortFrom is null || string.CompareOrdinal(Hex(sort), Hex(query.SortFrom)) >= 0)
        && (query.SortTo is null || string.CompareOrdinal(Hex(sort), Hex(query.SortTo)) <= 0);

    private static IndexKey? Position(TableItem item, TableIndex index) => index switch
    {
        TableIndex.Gsi1 => item.Gsi1,
        TableIndex.Gsi2 => item.Gsi2,
        _ => new IndexKey(item.Key.PK, item.Key.SK),
    };

    private static bool Holds(WriteCondition condition, TableItem? stored) => condition.Kind switch
    {
        ConditionKind.Absent => stored is null,
        ConditionKind.Present => stored is not null,
        ConditionKind.Version => stored?.Version == condition.Version,
        _ => true,
    };

    /// <summary>Hexadecimal digits sort as the bytes do.</summary>
    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    private static string Place(ItemKey key) => $"{Hex(key.PK)}/{Hex(key.SK)}";

    private void Apply(TableWrite write, long now)
    {
        switch (write.Kind)
        {
            case TableWriteKind.Put:
                items[Place(write.Key)] = write.Item!;
                break;
            case TableWriteKind.Delete:
                items.Remove(Place(write.Key));
                break;
            case TableWriteKind.Add:
                var counter = Get(write.Key, now) ?? new TableItem { Key = write.Key, ExpiresAt = write.ExpiresAt };
                items[Place(write.Key)] = counter with { Counter = counter.Counter + write.Amount };
                break;
        }
    }
}
