using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace DigitalTwin.Hosting;

/// <summary>
/// One example for each body, so that Swagger's "try it out" starts with something that works and shows what will come, and the word that
/// unknown members are ignored where they are.
/// </summary>
internal sealed class SwaggerExamples : ISchemaFilter
{
    private const string Citations = """[{"n": 1, "documentId": "persona", "title": "About Ada Lovelace", "quote": "I was born on 10 December 1815."}]""";
    private const string Profile =
        """{"name": "Ada Lovelace", "headline": "Mathematician", "greeting": "Good day.", "suggestions": ["Who was your father?"], "accent": "#2f5d50"}""";

    private const string Version =
        $$"""{"version": 2, "me": "I am Ada Lovelace.", "profile": {{Profile}}, "createdAt": "2026-11-21T09:00:00Z", "restoredFrom": null}""";

    private const string Document =
        """{"documentId": "d-7hQm2kqEo9TzqWn4Lg3vYx", "title": "Opening hours", "mediaType": "text/plain", "status": "ready", "passages": 1, "bytes": 38, "createdAt": "2026-11-21T09:00:00Z"}""";

    private const string Job =
        """{"jobId": "j-2kqEo9TzqWn4Lg3vYx0dJm", "kind": "transcript", "state": "ready", "attempts": 0, "createdAt": "2026-11-21T09:00:00Z", "dueAt": "2026-11-21T09:10:00Z", "finishedAt": null, "reason": null}""";

    private const string Session =
        """ "sessionId": "s-3vYx0dJm2kqEo9TzqWn4Lg", "title": "When were you born?", "createdAt": "2026-11-21T09:00:00Z", "lastActiveAt": "2026-11-21T09:00:00Z" """;

    private const string Turn =
        $$"""{"turnId": "s-3vYx0dJm2kqEo9TzqWn4Lg.1", "sequence": 1, "status": "answered", "question": "When were you born?", "answer": "I was born on 10 December 1815. [1]", "citations": {{Citations}}, "suggestions": [], "agent": "twin", "engine": "extractive", "createdAt": "2026-11-21T09:00:00Z", "feedback": null}""";

    private static readonly Dictionary<string, string> ByType = new()
    {
        ["ChatRequest"] = """{"message": "What did you write about Bernoulli numbers?", "clientMessageId": "m-1"}""",
        ["ChatAnswer"] =
            $$"""{"turnId": "s-3vYx0dJm2kqEo9TzqWn4Lg.1", "sessionId": "s-3vYx0dJm2kqEo9TzqWn4Lg", "status": "answered", "answer": "I was born on 10 December 1815. [1]", "citations": {{Citations}}, "suggestions": [], "agent": "twin", "engine": "extractive", "createdAt": "2026-11-21T09:00:00Z"}""",
        ["FeedbackRequest"] = """{"rating": "up", "comment": "Just what I wanted to know."}""",
        ["SessionList"] = $$"""{"items": [{{{Session}}, "turnCount": 1}], "nextCursor": null}""",
        ["SessionDetail"] = $$"""{{{Session}}, "turnCount": 1, "items": [{{Turn}}], "nextCursor": null}""",
        ["EraseReceipt"] =
            """{"receiptId": "e-0dJm2kqEo9TzqWn4Lg3vYx", "erasedAt": "2026-11-21T09:00:00Z", "erased": {"sessions": 1, "turns": 4, "transcripts": 1, "items": 7}}""",
        ["NewDocument"] = """{"title": "Opening hours", "text": "We are open from 9 to 17 on weekdays.", "mediaType": "text/plain"}""",
        ["KnowledgeDocument"] = Document,
        ["KnowledgeDocumentList"] = $$"""{"items": [{{Document}}], "nextCursor": null}""",
        ["KnowledgeQuery"] = """{"query": "When are you open?", "top": 5}""",
        ["KnowledgeHitList"] =
            """{"items": [{"documentId": "d-7hQm2kqEo9TzqWn4Lg3vYx", "title": "Opening hours", "heading": "", "text": "We are open from 9 to 17 on weekdays.", "score": 7.25}]}""",
        ["PersonaProfile"] = Profile,
        ["PersonaUpdate"] = $$"""{"me": "I am Ada Lovelace.", "profile": {{Profile}}}""",
        ["PersonaVersion"] = Version,
        ["PersonaVersionList"] = """{"items": [{"version": 1, "name": "Ada Lovelace", "createdAt": "2026-11-21T09:00:00Z", "restoredFrom": null}], "nextCursor": null}""",
        ["JobView"] = Job,
        ["JobList"] = $$"""{"items": [{{Job}}], "nextCursor": null}""",
        ["LiveStatus"] = """{"status": "live"}""",
        ["ReadyStatus"] = """{"status": "ready", "engines": ["extractive"]}""",
        ["ProblemBody"] = """{"title": "The request is not valid", "status": 400, "detail": "'message' must not be empty.", "code": "validation", "errors": {"message": ["'message' must not be empty."]}}""",
    };

    /// <summary>What a visitor takes along.</summary>
    public static JsonNode Export => JsonNode.Parse(
        $$"""{"visitorId": "v-Eo9TzqWn4Lg3vYx0dJm2kq", "exportedAt": "2026-11-21T09:00:00Z", "sessions": [{{{Session}}, "turns": [{{Turn}}]}]}""")!;

    public void Apply(IOpenApiSchema schema, SchemaFilterContext context)
    {
        if (schema is not OpenApiSchema concrete)
        {
            return;
        }

        concrete.AdditionalPropertiesAllowed =
            context.Type.GetCustomAttribute<JsonUnmappedMemberHandlingAttribute>()?.UnmappedMemberHandling is not JsonUnmappedMemberHandling.Disallow;
        if (ByType.TryGetValue(context.Type.Name, out var example))
        {
            concrete.Examples = [JsonNode.Parse(example)!];
        }
    }
}
