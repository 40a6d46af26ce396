using System.Text;

namespace DigitalTwin.Storage;

/// <summary>The port's limits, checked the same way by every implementation; what breaks one throws <see cref="ArgumentException"/>.</summary>
internal static class TableGuard
{
    public const int MaxKeyBytes = 1024;

    public const int MaxBodyBytes = 390 * 1024;

    public const int MaxLimit = 1000;

    /// <summary>Throws on a lone surrogate, which would otherwise fold different keys into one.</summary>
    public static UTF8Encoding Utf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Check(ItemKey key)
    {
        CheckText(key.PK, "A partition key");
        CheckText(key.SK, "A sort key");
    }

    public static void Check(TableQuery query)
    {
        CheckText(query.Partition, "A partition key");
        if (query.Limit is < 1 or > MaxLimit)
        {
            throw new ArgumentException($"A query's limit is 1 to {MaxLimit}, not {query.Limit}.", nameof(query));
        }

        if (query.SortPrefix is not null && (query.SortFrom is not null || query.SortTo is not null))
        {
            throw new ArgumentException("A query has a sort prefix or a sort range, not both.", nameof(query));
        }
    }

    public static void Check(ReadOnlySpan<TableWrite> writes)
    {
        if (writes.Length is < 1 or > ITable.MaxWrites)
        {
            throw new ArgumentException($"A transaction has 1 to {ITable.MaxWrites} writes, not {writes.Length}.", nameof(writes));
        }

        foreach (var write in writes)
        {
            Check(write.Key);
            if (write.Item is { } item)
            {
                Check(item);
            }
        }

        CheckDifferentKeys(writes);
    }

    private static void Check(TableItem item)
    {
        if (item.Body.Length > MaxBodyBytes)
        {
            throw new ArgumentException($"A body has at most {MaxBodyBytes} bytes, not {item.Body.Length}.", nameof(item));
        }

        Check(item.Gsi1);
        Check(item.Gsi2);
    }

    private static void Check(IndexKey? key)
    {
        if (key is { } given)
        {
            CheckText(given.PK, "An index partition key");
            CheckText(given.SK, "An index sort key");
        }
    }

    public static bool IsKey(string text) => text.Length > 0 && Utf8.GetByteCount(text) <= MaxKeyBytes;

    private static void CheckText(string text, string what)
    {
        if (text is null || !IsKey(text))
        {
            throw new ArgumentException($"{what} has 1 to {MaxKeyBytes} UTF-8 bytes.");
        }
    }

    private static void CheckDifferentKeys(ReadOnlySpan<TableWrite> writes)
    {
        const int compareEachBelow = 8;
        if (writes.Length < compareEachBelow)
        {
            for (var i = 1; i < writes.Length; i++)
            {
                for (var j = 0; j < i; j++)
                {
                    ThrowIf(writes[i].Key == writes[j].Key, writes[i].Key);
                }
            }

            return;
        }

        var seen = new HashSet<ItemKey>(writes.Length);
        foreach (var write in writes)
        {
            ThrowIf(!seen.Add(write.Key), write.Key);
        }
    }

    private static void ThrowIf(bool repeated, ItemKey key)
    {
        if (repeated)
        {
            throw new ArgumentException($"A transaction writes each key once; {key} is there twice.");
        }
    }
}
