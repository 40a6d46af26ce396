using System.Text;
using System.Text.Json;
using DigitalTwin.Storage;

namespace DigitalTwin.Knowledge;

/// <summary>
/// One object with the texts of many documents, so that a start reads one and not hundreds. It may be behind or missing: the entries in
/// the table are the truth, and what it lacks is read one by one.
/// </summary>
public sealed class KnowledgeSnapshot(ITable table, IObjectStore objects)
{
    private const string MediaType = "application/json";

    /// <summary>The small documents up to this size together; large ones are few and read one by one.</summary>
    private const long MaxBytes = 32 * 1024 * 1024;

    /// <summary>How often one publisher gives way to another before it leaves the work to it.</summary>
    private const int Tries = 5;

    /// <summary>The texts of the last snapshot by document and version of its entry; none when there is no snapshot that can be read.</summary>
    internal async Task<IReadOnlyDictionary<(string Id, long Version), string>> ReadAsync(CancellationToken cancellationToken) =>
        await objects.GetAsync(KnowledgeKeys.Snapshot, cancellationToken: cancellationToken) is { } stored && Parse(stored) is { } content
            ? content.Texts.ToDictionary(text => (text.Id, text.Version), text => text.Text)
            : new Dictionary<(string Id, long Version), string>();

    /// <summary>
    /// Builds the snapshot anew and stores it, if documents changed after the stored one. Of many at once one wins, by the ETag that it
    /// began with; the others look again. A document that was deleted leaves no version of a snapshot behind. Repeating it does no harm.
    /// </summary>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            // The counter is read before the entries: a change in between is in the snapshot or raises the counter above it.
            var changes = (await table.GetAsync(KnowledgeKeys.Changes, cancellationToken))?.Counter ?? 0;
            var stored = await objects.GetAsync(KnowledgeKeys.Snapshot, cancellationToken: cancellationToken);
            var last = stored is null ? null : Parse(stored);
            if (last?.Changes == changes)
            {
                return;
            }

            var texts = await BuildAsync(last?.Texts ?? [], cancellationToken);
            var condition = stored is null ? new ObjectCondition(IfNoneMatch: true) : new ObjectCondition(IfMatch: stored.Info.ETag);
            if (stored is not null && (last is null || last.Texts.Any(text => !texts.Exists(kept => (kept.Id, kept.Version) == (text.Id, text.Version)))))
            {
                await objects.EraseAsync(KnowledgeKeys.Snapshot, cancellationToken);
                condition = new ObjectCondition(IfNoneMatch: true);
            }

            var body = JsonSerializer.SerializeToUtf8Bytes(new SnapshotContent(changes, texts), KnowledgeJson.Default.SnapshotContent);
            if (await objects.PutAsync(KnowledgeKeys.Snapshot, body, MediaType, condition, cancellationToken) is not null)
            {
                return;
            }
        }
    }

    private async Task<List<DocumentTextVersion>> BuildAsync(IReadOnlyList<DocumentTextVersion> last, CancellationToken cancellationToken)
    {
        var entries = new List<(string Id, long Version, long Bytes)>();
        await foreach (var item in table.QueryAllAsync(KnowledgeKeys.Entries, cancellationToken))
        {
            entries.Add((item.Key.SK, item.Version, item.Read(KnowledgeJson.Default.KnowledgeDocument).Bytes));
        }

        var known = last.ToDictionary(text => (text.Id, text.Version));
        var texts = new List<DocumentTextVersion>();
        var room = MaxBytes;
        foreach (var (id, version, bytes) in entries.OrderBy(entry => entry.Bytes))
        {
            if ((room -= bytes) < 0)
            {
                break;
            }

            if (known.TryGetValue((id, version), out var text))
            {
                texts.Add(text);
            }
            else if (await objects.GetAsync(KnowledgeKeys.Source(id), cancellationToken: cancellationToken) is { } source)
            {
                texts.Add(new DocumentTextVersion(id, version, Encoding.UTF8.GetString(source.Content.Span)));
            }
        }

        return texts;
    }

    /// <summary>Null for one that another version of the twin wrote in another way.</summary>
    private static SnapshotContent? Parse(StoredObject stored)
    {
        try
        {
            return JsonSerializer.Deserialize(stored.Content.Span, KnowledgeJson.Default.SnapshotContent);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <param name="Changes">The counter of changes that it was built at.</param>
internal sealed record SnapshotContent(long Changes, IReadOnlyList<DocumentTextVersion> Texts);

/// <param name="Version">Of the document's entry.</param>
internal sealed record DocumentTextVersion(string Id, long Version, string Text);
