using System.Text;
using DigitalTwin.Storage;

namespace DigitalTwin.Knowledge;

/// <summary>
/// The documents: their sources in the object store, their entries in the table, their passages in the index. The entry is the commit:
/// a source without one is not a document.
/// </summary>
public sealed class KnowledgeStore(ITable table, IObjectStore objects, PassageIndex index, TimeProvider clock) : IDisposable
{
    private const string Partition = "DOCUMENT";
    private const string Ready = "ready";
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SemaphoreSlim writing = new(1, 1);

    /// <summary>Reads every document and fills the index; called once, before the first request.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var loaded = new List<KeyValuePair<string, IReadOnlyList<Passage>>>();
        await foreach (var item in table.QueryAllAsync(new TableQuery { Partition = Partition, Limit = 100 }, cancellationToken))
        {
            var document = item.Read(KnowledgeJson.Default.KnowledgeDocument);
            var source = await objects.GetAsync(SourceKey(document.DocumentId), cancellationToken: cancellationToken)
                ?? throw new StorageCorruptException($"The source of document {document.DocumentId} is missing.");
            loaded.Add(new(document.DocumentId, Cut(document.DocumentId, document.Title, source.Content, document.MediaType).Passages));
        }

        index.PutMany(loaded);
    }

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

        var (title, passages) = Cut(id, source.Title, source.Content, source.MediaType);
        if (passages.Count == 0)
        {
            return new AddDocumentOutcome.Unreadable("The document holds no text.");
        }

        var document = new KnowledgeDocument(
            id, title ?? source.FallbackTitle, source.MediaType, Ready, passages.Count, source.Content.Length, clock.GetUtcNow());
        if (title is null)
        {
            passages = Cut(id, document.Title, source.Content, source.MediaType).Passages;
        }

        await writing.WaitAsync(cancellationToken);
        try
        {
            await objects.PutAsync(SourceKey(id), source.Content, source.MediaType, cancellationToken: CancellationToken.None);
            var item = new TableItem { Key = Key(id), Body = StoredBody.From(document, KnowledgeJson.Default.KnowledgeDocument) };
            await table.WriteAsync(new[] { TableWrite.Put(item) }, CancellationToken.None);
            index.Put(id, passages);
        }
        finally
        {
            writing.Release();
        }

        return new AddDocumentOutcome.Added(document);
    }

    public async ValueTask<KnowledgeDocument?> FindAsync(string documentId, CancellationToken cancellationToken) =>
        IsDocumentId(documentId) && await table.GetAsync(Key(documentId), cancellationToken) is { } item
            ? item.Read(KnowledgeJson.Default.KnowledgeDocument)
            : null;

    public async ValueTask<KnowledgeDocumentList> ListAsync(PageRequest page, CancellationToken cancellationToken)
    {
        var found = await table.QueryAsync(new TableQuery { Partition = Partition, Limit = page.Limit, After = page.After }, cancellationToken);
        return new KnowledgeDocumentList([.. found.Items.Select(item => item.Read(KnowledgeJson.Default.KnowledgeDocument))], found.Next?.ToString());
    }

    /// <summary>Removes a document and every version of its source; false when there is none.</summary>
    public async ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken)
    {
        if (!IsDocumentId(documentId))
        {
            return false;
        }

        await writing.WaitAsync(cancellationToken);
        try
        {
            var deletion = TableWrite.Delete(Key(documentId), WriteCondition.Present);
            if (!(await table.WriteAsync(new[] { deletion }, CancellationToken.None)).Committed)
            {
                return false;
            }

            index.Remove(documentId);
            await objects.EraseAsync(SourceKey(documentId), CancellationToken.None);
            return true;
        }
        finally
        {
            writing.Release();
        }
    }

    public void Dispose() => writing.Dispose();

    private static (string? Title, IReadOnlyList<Passage> Passages) Cut(
        string documentId, string? title, ReadOnlyMemory<byte> source, string mediaType)
    {
        var document = DocumentText.Read(Encoding.UTF8.GetString(source.Span), mediaType);
        title ??= document.Title;
        return (title, PassageSplitter.Split(documentId, title ?? "", document));
    }

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetCharCount(bytes) >= 0;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>Ids become parts of object keys, so they keep to letters, digits, '-' and '_'.</summary>
    private static bool IsDocumentId(string text) =>
        text.Length is > 0 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static ItemKey Key(string documentId) => new(Partition, documentId);

    private static string SourceKey(string documentId) => $"knowledge/{documentId}/source";
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
