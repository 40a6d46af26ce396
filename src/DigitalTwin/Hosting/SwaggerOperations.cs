using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace DigitalTwin.Hosting;

/// <summary>
/// Gives each operation what its metadata does not say: the problem responses, bodies without a type of ours, headers that a route reads
/// itself, and the owner's key where one is needed.
/// </summary>
internal sealed class SwaggerOperations : IOperationFilter
{
    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var problem = context.SchemaGenerator.GenerateSchema(typeof(ProblemBody), context.SchemaRepository);
        operation.Responses ??= [];
        void Add(string status, string description) => operation.Responses.TryAdd(status, new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, IOpenApiMediaType> { ["application/problem+json"] = new OpenApiMediaType { Schema = problem } },
        });

        DescribeBodies(operation, context.ApiDescription.ActionDescriptor.EndpointMetadata);
        operation.Responses.Remove("400");
        Add("400", "The request is not valid; `detail` says why.");
        if (context.ApiDescription.ActionDescriptor.EndpointMetadata.OfType<IAuthorizeData>().Any())
        {
            Add("401", "The owner key is missing or wrong.");
            Add("429", "Too many wrong keys from this address; see Retry-After.");
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference("ownerKey", context.Document)] = [] }];
        }

        if (context.ApiDescription.HttpMethod is not "GET")
        {
            Add("403", "A page of another origin may not change anything.");
        }

        if (operation.Parameters?.Any(p => p.In == ParameterLocation.Path) ?? false)
        {
            Add("404", "Missing, or not yours.");
        }

        if (operation.RequestBody is not null)
        {
            Add("413", "The body is too large.");
            Add("415", "The body has another media type.");
        }

        var path = context.ApiDescription.RelativePath!.TrimEnd('/');
        if (path is "api/chat" or "api/chat/stream")
        {
            Add("404", "The session is missing, or not yours.");
            Add("409", "A turn of this session is running, or the clientMessageId was used with another message.");
        }

        if (path is "api/chat/turns/{turnId}/stream")
        {
            AddHeader(operation, "Last-Event-ID", "The last event that was read; the stream goes on behind it.");
        }

        if (path.StartsWith("api/owner/persona", StringComparison.Ordinal) && context.ApiDescription.HttpMethod is "PUT" or "POST")
        {
            AddHeader(operation, "If-Match", "The ETag of the version that the change is for.");
            Add("412", "The persona was changed meanwhile.");
        }

        Add("503", "The store cannot be reached or written now.");
    }

    /// <summary>Answers that are written by hand have a media type only, and the form's file is bound by hand.</summary>
    private static void DescribeBodies(OpenApiOperation operation, IEnumerable<object> metadata)
    {
        foreach (var produced in metadata.OfType<IProducesResponseTypeMetadata>().Where(m => m.Type is null || m.Type == typeof(void)))
        {
            if (operation.Responses!.TryGetValue($"{produced.StatusCode}", out var found) && found is OpenApiResponse response && produced.ContentTypes.FirstOrDefault() is { } type)
            {
                var schema = new OpenApiSchema { Type = type.StartsWith("text/", StringComparison.Ordinal) ? JsonSchemaType.String : JsonSchemaType.Object };
                response.Content = new Dictionary<string, IOpenApiMediaType> { [type] = new OpenApiMediaType { Schema = schema } };
            }
        }

        if (operation.RequestBody?.Content is { } content && content.TryGetValue("multipart/form-data", out var body) && body is OpenApiMediaType form)
        {
            form.Schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "file" },
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                    ["title"] = new OpenApiSchema { Type = JsonSchemaType.String },
                },
            };
        }
    }

    private static void AddHeader(OpenApiOperation operation, string name, string description) => (operation.Parameters ??= []).Add(new OpenApiParameter
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    });
}

/// <summary>
/// One example for each body, so that Swagger's "try it out" starts with something that works, and the word that unknown members are
/// ignored where they are.
/// </summary>
internal sealed class SwaggerExamples : ISchemaFilter
{
    private static readonly Dictionary<string, string> ByType = new()
    {
        ["ChatRequest"] = """{"message": "What did you write about Bernoulli numbers?", "clientMessageId": "m-1"}""",
        ["FeedbackRequest"] = """{"rating": "up", "comment": "Just what I wanted to know."}""",
        ["NewDocument"] = """{"title": "Opening hours", "text": "We are open from 9 to 17 on weekdays.", "mediaType": "text/plain"}""",
        ["KnowledgeQuery"] = """{"query": "When are you open?", "top": 5}""",
        ["PersonaUpdate"] =
            """{"me": "I am Ada Lovelace.", "profile": {"name": "Ada Lovelace", "headline": "Mathematician", "greeting": "Good day.", "suggestions": ["Who was your father?"], "accent": "#2f5d50"}}""",
        ["ProblemBody"] = """{"title": "The request is not valid", "status": 400, "detail": "'message' must not be empty.", "code": "validation", "errors": {"message": ["'message' must not be empty."]}}""",
        ["ChatAnswer"] =
            """{"turnId": "s-3vYx0dJm2kqEo9TzqWn4Lg.1", "sessionId": "s-3vYx0dJm2kqEo9TzqWn4Lg", "status": "answered", "answer": "I was born on 10 December 1815. [1]", "citations": [{"n": 1, "documentId": "persona", "title": "About Ada Lovelace", "quote": "I was born on 10 December 1815."}], "suggestions": [], "agent": "twin", "engine": "extractive", "createdAt": "2026-11-21T09:00:00Z"}""",
    };

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
