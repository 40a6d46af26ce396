using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Metadata;

namespace DigitalTwin;

/// <summary>
/// An error a client can act on, as RFC 9457 <c>application/problem+json</c> with a stable <c>code</c>. The whole list of codes is here.
/// </summary>
public sealed class TwinProblem : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    private TwinProblem(int status, string title, string code, string detail) =>
        Body = new ProblemBody(title, status, detail, code);

    public ProblemBody Body { get; private init; }

    /// <summary>Whole seconds a client should wait; sent as <c>Retry-After</c>.</summary>
    public int? RetryAfterSeconds { get; private init; }

    public int? StatusCode => Body.Status;

    public static TwinProblem Validation(string detail, IReadOnlyDictionary<string, string[]>? errors = null)
    {
        var problem = new TwinProblem(400, "The request is not valid", "validation", detail);
        return errors is null ? problem : new TwinProblem(400, problem.Body.Title, "validation", detail) { Body = problem.Body with { Errors = errors } };
    }

    public static TwinProblem NotFound() => new(404, "Not found", "not_found", "There is nothing here, or it is not yours.");

    public static TwinProblem NoRoute() => new(404, "Not found", "not_found", "There is no such route. The routes are listed at /swagger.");

    public static TwinProblem MethodNotAllowed() => new(405, "Method not allowed", "validation", "This route does not take this method; see the Allow header.");

    public static TwinProblem Unauthorized() => new(401, "Not signed in", "unauthorized", "This route needs 'Authorization: Bearer <owner key>'.");

    public static TwinProblem ForeignOrigin() => new(403, "Foreign origin", "unauthorized", "This origin may not change anything here.");

    public static TwinProblem RateLimited(int retryAfterSeconds) =>
        new(429, "Too many requests", "rate_limited", $"Try again in {retryAfterSeconds} seconds.") { RetryAfterSeconds = retryAfterSeconds };

    public static TwinProblem PayloadTooLarge(string detail) => new(413, "The body is too large", "payload_too_large", detail);

    public static TwinProblem UnsupportedMediaType(string detail) => new(415, "Unsupported media type", "unsupported_media_type", detail);

    public static TwinProblem TurnInProgress() =>
        new(409, "A turn is running", "turn_in_progress", "This session is still answering. Wait for the answer, or stop it.");

    public static TwinProblem IdempotencyConflict() =>
        new(409, "Idempotency conflict", "idempotency_conflict", "This clientMessageId was used with another message.");

    public static TwinProblem Conflict(string detail) => new(409, "Conflict", "conflict", detail);

    public static TwinProblem PreconditionFailed(string detail) => new(412, "Changed meanwhile", "conflict", detail);

    public static TwinProblem Unavailable() =>
        new(503, "Not available", "upstream_unavailable", "The store cannot be reached or written now. Nothing was kept; try again.") { RetryAfterSeconds = 5 };

    public static TwinProblem OutOfTime() =>
        new(504, "Out of time", "upstream_unavailable", "The request took longer than the server may work on it. Please try again.");

    public static TwinProblem AnswerTooLong(int mostBytes) => new(
        500, "The answer is too long", "payload_too_large", $"The answer is longer than the {mostBytes} bytes that this server can send. Ask for less at a time.");

    public static TwinProblem Internal() => new(500, "Something broke", "internal", "An error of ours. It was logged; please try again.");

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = Body.Status;
        if (RetryAfterSeconds is { } seconds)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return httpContext.Response.WriteAsJsonAsync(Body, ProblemJson.Readable.ProblemBody, "application/problem+json", CancellationToken.None);
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status400BadRequest, typeof(ProblemBody), ["application/problem+json"]));
}

/// <param name="Detail">What is wrong and what to do, for a person.</param>
/// <param name="Code">What is wrong, for a program.</param>
public sealed record ProblemBody(string Title, int Status, string Detail, string Code)
{
    /// <summary>Messages by member of the request, for code <c>validation</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext
{
    /// <summary>Leaves the quotes around a member's name as they are: the body never stands inside HTML.</summary>
    public static ProblemJson Readable { get; } =
        new(new JsonSerializerOptions(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
