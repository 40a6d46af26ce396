using System.Text;
using DigitalTwin.Storage;

namespace DigitalTwin.Knowledge;

/// <summary>Keeps the index to what is stored, by this process or by another one.</summary>
public sealed partial class KnowledgeStore
{
    /// <summary>So many sources are read at once.</summary>
    private const int ReadsAtOnce = 8;

    /// <summary>The documents in the index, with the versions of their entries. Guarded by <see cref="writing"/>.</summary>
    private readonly Dictionary<string, long> known = new(StringComparer.Ordinal);

    /// <summary>The counter of changes that the index is known to hold.</summary>
    private long followed = -1;

    /// <summary>Fills the index; called once, before the first request.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var changes = await ChangesAsync(cancellationToken);
        var texts = table.IsShared ? await snapshot.ReadAsync(cancellationToken) : null;
        await ReadChangedAsync(changes, texts, cancellationToken);
    }

    /// <summary>
    /// Takes over what other processes changed, with one read of the table when that is nothing. The documents cannot be read now: it stays
    /// behind and says so in the log.
    /// </summary>
    public async ValueTask FollowAsync(CancellationToken cancellationToken = default)
    {
        if (!table.IsShared)
        {
            return;
        }

        try
        {
            if (await ChangesAsync(cancellationToken) is var changes && changes != Volatile.Read(ref followed))
            {
                await ReadChangedAsync(changes, null, cancellationToken);
            }
        }
        catch (StorageUnavailableException e)
        {
            Log.Behind(logger, e);
        }
    }

    public void Dispose() => writing.Dispose();

    private async ValueTask<long> ChangesAsync(CancellationToken cancellationToken) =>
        (await table.GetAsync(KnowledgeKeys.Changes, cancellationToken))?.Counter ?? 0;

    /// <param name="changes">The counter as it was before; what changes after it raises it again.</param>
    /// <param name="texts">Texts that need not be read.</param>
    private async Task ReadChangedAsync(
        long changes, IReadOnlyDictionary<(string Id, long Version), string>? texts, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            var entries = await EntriesAsync(cancellationToken);
            var read = await ReadAsync(entries.Values.Where(entry => !IsKnown(entry)), texts, cancellationToken);
            index.PutMany(read);
            foreach (var (id, _) in read)
            {
                known[id] = entries[id].Version;
            }

            foreach (var gone in known.Keys.Where(id => !entries.ContainsKey(id)).ToList())
            {
                index.Remove(gone);
                known.Remove(gone);
            }

            Volatile.Write(ref followed, changes);
        }
        finally
        {
            writing.Release();
        }
    }

    private bool IsKnown(Entry entry) => known.TryGetValue(entry.Document.DocumentId, out var version) && version == entry.Version;

    private async Task<Dictionary<string, Entry>> EntriesAsync(CancellationToken cancellationToken)
    {
        var entries = new Dictionary<string, Entry>(StringComparer.Ordinal);
        await foreach (var item in table.QueryAllAsync(KnowledgeKeys.Entries, cancellationToken))
        {
            entries.Add(item.Key.SK, new Entry(item.Read(KnowledgeJson.Default.KnowledgeDocument), item.Version));
        }

        return entries;
    }

    private async Task<List<KeyValuePair<string, IReadOnlyList<Passage>>>> ReadAsync(
        IEnumerable<Entry> entries, IReadOnlyDictionary<(string Id, long Version), string>? texts, CancellationToken cancellationToken)
    {
        var read = new List<KeyValuePair<string, IReadOnlyList<Passage>>>();
        foreach (var some in entries.Chunk(ReadsAtOnce))
        {
            var found = await Task.WhenAll(some.Select(entry => TextAsync(entry, texts, cancellationToken)));
            foreach (var (entry, text) in some.Zip(found))
            {
                if (text is not null)
                {
                    var document = entry.Document;
                    read.Add(new(document.DocumentId, Cut(document.DocumentId, document.Title, text, document.MediaType).Passages));
                }
            }
        }

        return read;
    }

    /// <summary>Null for a document that was deleted after its entry was read.</summary>
    private async Task<string?> TextAsync(
        Entry entry, IReadOnlyDictionary<(string Id, long Version), string>? texts, CancellationToken cancellationToken)
    {
        var document = entry.Document;
        if (texts is not null && texts.TryGetValue((document.DocumentId, entry.Version), out var text))
        {
            return text;
        }

        if (await objects.GetAsync(KnowledgeKeys.Source(document.DocumentId), cancellationToken: cancellationToken) is { } source)
        {
            return Encoding.UTF8.GetString(source.Content.Span);
        }

        return await table.GetAsync(KnowledgeKeys.Entry(document.DocumentId), cancellationToken) is null
            ? null
            : throw new StorageCorruptException($"The source of document {document.DocumentId} is missing.");
    }

    /// <param name="Version">Of the item in the table.</param>
    private readonly record struct Entry(KnowledgeDocument Document, long Version);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The documents that others changed cannot be read now; the index stays behind.")]
        public static partial void Behind(ILogger logger, Exception exception);
    }
}
