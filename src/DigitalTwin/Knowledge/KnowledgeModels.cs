using System.Text.Json;
using System.Text.Json.Serialization;

namespace DigitalTwin.Knowledge;

/// <summary>A new document as JSON.</summary>
/// <param name="Title">Up to 200 characters; may be absent when the text names its own (a first heading, an HTML title).</param>
/// <param name="Text">The document's text.</param>
/// <param name="MediaType"><c>text/plain</c> (default), <c>text/markdown</c> or <c>text/html</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewDocument(string? Title, string Text, string? MediaType = null);

/// <param name="Status"><c>ready</c>: its passages can be found.</param>
/// <param name="Passages">How many passages it was cut into.</param>
/// <param name="Bytes">The size of the source.</param>
public sealed record KnowledgeDocument(
    string DocumentId, string Title, string MediaType, string Status, int Passages, long Bytes, DateTimeOffset CreatedAt);

public sealed record KnowledgeDocumentList(IReadOnlyList<KnowledgeDocument> Items, string? NextCursor);

/// <param name="Top">How many documents at most, 1 to 100; 10 when absent.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record KnowledgeQuery(string Query, int? Top = null);

/// <summary>The best passage of one document.</summary>
public sealed record KnowledgeHit(string DocumentId, string Title, string Heading, string Text, double Score);

public sealed record KnowledgeHitList(IReadOnlyList<KnowledgeHit> Items);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(NewDocument))]
[JsonSerializable(typeof(KnowledgeDocument))]
[JsonSerializable(typeof(KnowledgeDocumentList))]
[JsonSerializable(typeof(KnowledgeQuery))]
[JsonSerializable(typeof(KnowledgeHitList))]
[JsonSerializable(typeof(SnapshotContent))]
internal sealed partial class KnowledgeJson : JsonSerializerContext;
