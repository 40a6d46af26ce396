using DigitalTwin.Aws;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Bedrock;

/// <summary>
/// Finds passages in a Bedrock knowledge base. A passage's text stays as the knowledge base gives it, so that a quote is found in the
/// document word for word.
/// </summary>
public sealed partial class KnowledgeBaseRetriever(
    BedrockAgentRuntime bedrock, KnowledgeSettings settings, TimeProvider time, ILogger<KnowledgeBaseRetriever> logger) : IPassageRetriever
{
    private const int LongestQuery = 1000;
    private const int LongestTitle = 200;

    /// <summary>With its retries; the visitor waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async ValueTask<IReadOnlyList<SearchHit>?> RetrieveAsync(string question, int top, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var query = question.Length <= LongestQuery ? question : question[..LongestQuery];
            return Hits(await bedrock.RetrieveAsync(settings.KnowledgeBaseId!, query, top, either.Token));
        }
        catch (AwsServiceException e)
        {
            Log.Failed(logger, e.Message);
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, "It took too long.");
            return null;
        }
    }

    private List<SearchHit> Hits(IReadOnlyList<RetrievalResult> results)
    {
        var hits = new List<SearchHit>(results.Count);
        var ordinals = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var result in results)
        {
            if (result.Content?.Text is not { } text || string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            var id = DocumentId(result.Location?.Address);
            var ordinal = ordinals.GetValueOrDefault(id);
            ordinals[id] = ordinal + 1;
            hits.Add(new SearchHit(Passage.Create(id, Title(result, id), "", ordinal, text), result.Score ?? 0));
        }

        return hits;
    }

    /// <summary>Of an object in S3 the key: the visitor need not learn the bucket's name.</summary>
    private string DocumentId(string? address) =>
        address is null ? settings.KnowledgeBaseId!
        : Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == "s3" ? Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'))
        : address;

    /// <summary>The document's metadata <c>title</c>, or else a readable form of its file's name.</summary>
    private static string Title(RetrievalResult result, string documentId)
    {
        if (result.Metadata?.GetValueOrDefault("title") is { ValueKind: System.Text.Json.JsonValueKind.String } title
            && title.GetString() is { Length: > 0 and <= LongestTitle } own)
        {
            return own;
        }

        var name = Path.GetFileNameWithoutExtension(documentId.TrimEnd('/')).Replace('-', ' ').Replace('_', ' ').Trim();
        return name.Length > 1 ? char.ToUpperInvariant(name[0]) + name[1..] : documentId;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The knowledge base cannot be asked; the documents here are searched instead. {Reason}")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
