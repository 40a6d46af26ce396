using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DigitalTwin.Storage;

/// <summary>Typed bodies of items: JSON in and out.</summary>
public static class StoredBody
{
    /// <summary>The body as its record. Throws <see cref="StorageCorruptException"/>, naming the key, when it is not one.</summary>
    public static T Read<T>(this TableItem item, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(item.Body.Span, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new StorageCorruptException($"The item {item.Key.PK} / {item.Key.SK} does not hold a {typeof(T).Name}.", e);
        }
    }

    public static ReadOnlyMemory<byte> From<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    /// <summary>
    /// Removes items that were read, whatever they are by now, many in a transaction: at most 100, and less than the 4 MB that
    /// DynamoDB lets the items of one have together.
    /// </summary>
    public static async Task DeleteAllAsync(this ITable table, IReadOnlyList<TableItem> items)
    {
        const int mostBytes = 3 * 1024 * 1024;
        var (writes, bytes) = (new List<TableWrite>(), 0);
        foreach (var item in items)
        {
            if (writes.Count == ITable.MaxWrites || (writes.Count > 0 && bytes + item.Body.Length > mostBytes))
            {
                await table.WriteAsync(writes.ToArray());
                writes.Clear();
                bytes = 0;
            }

            writes.Add(TableWrite.Delete(item.Key));
            bytes += item.Body.Length;
        }

        if (writes.Count > 0)
        {
            await table.WriteAsync(writes.ToArray());
        }
    }

    /// <summary>Every item of a partition, page after page.</summary>
    public static async IAsyncEnumerable<TableItem> QueryAllAsync(
        this ITable table, TableQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var next = query; ;)
        {
            var page = await table.QueryAsync(next, cancellationToken);
            foreach (var item in page.Items)
            {
                yield return item;
            }

            if (page.Next is null)
            {
                yield break;
            }

            next = next with { After = page.Next };
        }
    }
}
