using System.Text.Json;
using System.Text.Json.Serialization;

namespace DigitalTwin.Aws;

/// <summary>Bedrock knowledge bases.</summary>
public sealed class BedrockAgentRuntime(AwsClient aws)
{
    /// <summary>The passages that a knowledge base finds for a text, best first.</summary>
    /// <param name="most">1 to 100.</param>
    /// <exception cref="AwsServiceException"><c>ResourceNotFoundException</c>, <c>AccessDeniedException</c>, …</exception>
    internal async Task<IReadOnlyList<RetrievalResult>> RetrieveAsync(string knowledgeBaseId, string text, int most, CancellationToken cancellationToken)
    {
        var found = await aws.CallAsync(
            AwsService.BedrockAgentRuntime.Operation("Retrieve", $"/knowledgebases/{Uri.EscapeDataString(knowledgeBaseId)}/retrieve"),
            new RetrieveRequest(new RetrievalQuery(text), new RetrievalConfiguration(new VectorSearchConfiguration(most))),
            RetrievalJson.Default.RetrieveRequest,
            RetrievalJson.Default.RetrieveResponse,
            cancellationToken);
        return found.RetrievalResults ?? [];
    }
}

internal sealed record RetrieveRequest(RetrievalQuery RetrievalQuery, RetrievalConfiguration RetrievalConfiguration);

internal sealed record RetrievalQuery(string Text);

internal sealed record RetrievalConfiguration(VectorSearchConfiguration VectorSearchConfiguration);

internal sealed record VectorSearchConfiguration(int NumberOfResults);

internal sealed record RetrieveResponse(IReadOnlyList<RetrievalResult>? RetrievalResults);

/// <param name="Score">Higher is better; its scale is the knowledge base's own.</param>
/// <param name="Metadata">What was kept with the document; of any type.</param>
internal sealed record RetrievalResult(RetrievalContent? Content, RetrievalLocation? Location, double? Score, IReadOnlyDictionary<string, JsonElement>? Metadata);

/// <param name="Text">Null for what is no text, such as a picture.</param>
internal sealed record RetrievalContent(string? Text);

/// <summary>Where the document lies; one of these is set.</summary>
internal sealed record RetrievalLocation(
    RetrievalSource? S3Location,
    RetrievalSource? WebLocation,
    RetrievalSource? CustomDocumentLocation,
    RetrievalSource? ConfluenceLocation,
    RetrievalSource? SharePointLocation,
    RetrievalSource? SalesforceLocation,
    RetrievalSource? KendraDocumentLocation)
{
    /// <summary>The address or id, whichever kind of place it is.</summary>
    [JsonIgnore]
    public string? Address =>
        (S3Location ?? WebLocation ?? CustomDocumentLocation ?? ConfluenceLocation ?? SharePointLocation ?? SalesforceLocation ?? KendraDocumentLocation) is { } source
            ? source.Uri ?? source.Url ?? source.Id
            : null;
}

internal sealed record RetrievalSource(string? Uri, string? Url, string? Id);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RetrieveRequest))]
[JsonSerializable(typeof(RetrieveResponse))]
internal sealed partial class RetrievalJson : JsonSerializerContext;
