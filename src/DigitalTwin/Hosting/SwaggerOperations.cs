using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace DigitalTwin.Hosting;

/// <summary>
/// Gives each operation what its metadata does not say: the problem responses, what its parameters are, bodies without a type of ours,
/// headers that a route reads itself, and the owner's key where one is needed.
/// </summary>
internal sealed class SwaggerOperations : IOperationFilter
{
    /// <summary>What the parameters are; an <c>id</c> is that of what its route is about.</summary>
    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["turnId"] = "A turn, as an answer or a session names it: the session's id, a dot and a number.",
        ["api/memory/sessions/{id}"] = "A session, as an answer or the list of sessions names it.",
        ["api/owner/knowledge/documents/{id}"] = "A document, as the list of documents names it.",
        ["api/owner/jobs/{id}"] = "A job, as the list of jobs names it.",
        ["api/owner/jobs/{id}/retry"] = "A job, as the list of jobs names it.",
        ["version"] = "The number of a version.",
        ["limit"] = $"How many at most, 1 to {PageRequest.MaxLimit}.",
        ["cursor"] = "`nextCursor` of the page before; absent for the first page.",
        ["order"] = "`asc` for the oldest turn first, `desc` for the newest.",
        ["state"] = "`ready`, `running`, `done` or `failed`.",
        ["v"] = "The version of the style sheet: its ETag without quotes.",
    };

    /// <summary>What is answered without a type of ours, by its media type.</summary>
    private static readonly Dictionary<string, string> Written = new()
    {
        ["text/event-stream"] =
            """
            id: 1.0
            data: {"type":"start","messageId":"s-3vYx0dJm2kqEo9TzqWn4Lg.1"}

            id: 4.36
            data: {"type":"text-delta","id":"answer","delta":"I was born on 10 December 1815. [1]"}

            data: [DONE]
            """,
        ["text/css"] = ":root{--accent:#2f5d50;--accent-ink:#ffffff}",
    };

    public void Apply(OpenApiOperation operation, OperationFilterContext context)
    {
        var problem = context.SchemaGenerator.GenerateSchema(typeof(ProblemBody), context.SchemaRepository);
        operation.Responses ??= [];
        void Add(string status, string description) => operation.Responses.TryAdd(status, new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, IOpenApiMediaType> { ["application/problem+json"] = new OpenApiMediaType { Schema = problem } },
        });

        var path = context.ApiDescription.RelativePath!.TrimEnd('/');
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            parameter.Description = Parameters[parameter.Name == "id" ? path : parameter.Name!];
        }

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

        if (path.StartsWith("api/owner/jobs", StringComparison.Ordinal) && context.ApiDescription.HttpMethod is not "GET")
        {
            Add("409", "The job is in a state that does not allow it.");
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
                var isText = Written.TryGetValue(type, out var text);
                response.Content = new Dictionary<string, IOpenApiMediaType>
                {
                    [type] = new OpenApiMediaType
                    {
                        Schema = new OpenApiSchema { Type = isText ? JsonSchemaType.String : JsonSchemaType.Object },
                        Example = isText ? JsonValue.Create(text) : SwaggerExamples.Export,
                    },
                };
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
