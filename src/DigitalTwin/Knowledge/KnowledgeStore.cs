using System.Text;
using DigitalTwin.Jobs;
using DigitalTwin.Storage;

namespace DigitalTwin.Knowledge;

/// <summary>
/// The documents: their sources in the object store, their entries in the table, their passages in the index. The entry is the commit:
/// a source without one is not a document.
/// </summary>
public sealed partial class KnowledgeStore(
    ITable table, IObjectStore objects, PassageIndex index, KnowledgeSnapshot snapshot, JobBoard jobs, TimeProvider clock, ILogger<KnowledgeStore> logger)
    : IDisposable
{
    private const string Ready = "ready";
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SemaphoreSlim writing = new(1, 1);

    /// <summary>
    /// Stores a document and makes it findable. A document with the same id is replaced.
    /// </summary>
    public async ValueTask<AddDocumentOutcome> AddAsync(DocumentSource source, CancellationToken cancellationToken)
    {
        var id = source.DocumentId ?? TwinId.New("d-");
        if (!IsText(source.Content.Span))
        {
            return new AddDocumentOutcome.Unreadable("The document is not UTF-8 text.");
        }

        var text = Encoding.UTF8.GetString(source.Content.Span);
        var (title, passages) = Cut(id, source.Title, text, source.MediaType);
        if (passages.Count == 0)
        {
            return new AddDocumentOutcome.Unreadable("The document holds no text.");
        }

        var document = new KnowledgeDocument(
            id, title ?? source.FallbackTitle, source.MediaType, Ready, passages.Count, source.Content.Length, clock.GetUtcNow());
        if (title is null)
        {
            passages = Cut(id, document.Title, text, source.MediaType).Passages;
        }

        await writing.WaitAsync(cancellationToken);
        try
        {
            await objects.PutAsync(KnowledgeKeys.Source(id), source.Content, source.MediaType, cancellationToken: CancellationToken.None);
            known[id] = await PutEntryAsync(document);
            index.Put(id, passages);
        }
        finally
        {
            writing.Release();
        }

        return new AddDocumentOutcome.Added(document);
    }

    public async ValueTask<KnowledgeDocument?> FindAsync(string documentId, CancellationToken cancellationToken) =>
        KnowledgeKeys.IsDocumentId(documentId) && await table.GetAsync(KnowledgeKeys.Entry(documentId), cancellationToken) is { } item
            ? item.Read(KnowledgeJson.Default.KnowledgeDocument)
            : null;

    public async ValueTask<KnowledgeDocumentList> ListAsync(PageRequest page, CancellationToken cancellationToken)
    {
        var found = await table.QueryAsync(KnowledgeKeys.Entries with { Limit = page.Limit, After = page.After }, cancellationToken);
        return new KnowledgeDocumentList([.. found.Items.Select(item => item.Read(KnowledgeJson.Default.KnowledgeDocument))], found.Next?.ToString());
    }

    /// <summary>Removes a document and every version of its source; false when there is none.</summary>
    public async ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken)
    {
        if (!KnowledgeKeys.IsDocumentId(documentId))
        {
            return false;
        }

        await writing.WaitAsync(cancellationToken);
        try
        {
            var deletion = TableWrite.Delete(KnowledgeKeys.Entry(documentId), WriteCondition.Present);
            if (!await CommitAsync(deletion))
            {
                return false;
            }

            known.Remove(documentId);
            index.Remove(documentId);
            await objects.EraseAsync(KnowledgeKeys.Source(documentId), CancellationToken.None);
            if (table.IsShared)
            {
                await objects.EraseAsync(KnowledgeKeys.Snapshot, CancellationToken.None);
            }
        }
        finally
        {
            writing.Release();
        }

        return true;
    }

    /// <summary>Returns the version of the entry.</summary>
    private async Task<long> PutEntryAsync(KnowledgeDocument document)
    {
        var (key, body) = (KnowledgeKeys.Entry(document.DocumentId), StoredBody.From(document, KnowledgeJson.Default.KnowledgeDocument));
        while (true)
        {
            var last = (await table.GetAsync(key))?.Version;
            var item = new TableItem { Key = key, Version = (last ?? 0) + 1, Body = body };
            var condition = last is { } version ? WriteCondition.VersionIs(version) : WriteCondition.Absent;
            if (await CommitAsync(TableWrite.Put(item, condition)))
            {
                return item.Version;
            }
        }
    }

    /// <summary>
    /// Commits the change of one entry: with the counter by which others see it, and with the job that publishes the snapshot where there
    /// are others.
    /// </summary>
    private async Task<bool> CommitAsync(TableWrite entry)
    {
        var change = TableWrite.Add(KnowledgeKeys.Changes, 1);
        if (!table.IsShared)
        {
            return (await table.WriteAsync(new[] { entry, change })).Committed;
        }

        var publication = SnapshotJob.Prepare(jobs);
        if (!(await table.WriteAsync(new[] { entry, change, publication.Write })).Committed)
        {
            return false;
        }

        await jobs.AnnounceAsync(publication);
        return true;
    }

    private static (string? Title, IReadOnlyList<Passage> Passages) Cut(string documentId, string? title, string text, string mediaType)
    {
        var document = DocumentText.Read(text, mediaType);
        title ??= document.Title;
        return (title, PassageSplitter.Split(documentId, title ?? "", document));
    }

    /// <summary>A NUL is the sign of UTF-16 and of what is no text at all.</summary>
    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetCharCount(bytes) >= 0 && !bytes.Contains((byte)0);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}

/// <summary>A document on its way in.</summary>
/// <param name="DocumentId">Null for a new id.</param>
/// <param name="Title">Null takes the text's own title, or else <paramref name="FallbackTitle"/>.</param>
public sealed record DocumentSource(string? DocumentId, string? Title, string FallbackTitle, ReadOnlyMemory<byte> Content, string MediaType);

public abstract record AddDocumentOutcome
{
    private AddDocumentOutcome()
    {
    }

    public sealed record Added(KnowledgeDocument Document) : AddDocumentOutcome;

    /// <param name="Reason">For the owner: why there is no text in it.</param>
    public sealed record Unreadable(string Reason) : AddDocumentOutcome;
}
