using System.Text.Json;
using System.Text.Json.Serialization;
using DigitalTwin.Engines;
using DigitalTwin.Persona;
using DigitalTwin.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DigitalTwin.Hosting;

internal static partial class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var health = routes.MapGroup("/health").WithTags("Health");
        health.MapGet("/live", () => TypedResults.Ok(new LiveStatus("live"))).WithSummary("The process answers");
        health.MapGet("/ready", ReadyAsync).WithSummary("Table, objects and an engine can be used");
    }

    private static async Task<Results<Ok<ReadyStatus>, TwinProblem>> ReadyAsync(
        HttpContext context, PersonaStore personas, IObjectStore objects, EngineSettings engines, ILoggerFactory loggers)
    {
        try
        {
            await personas.CurrentAsync(context.RequestAborted);
            await objects.ListAsync("knowledge/", limit: 1, cancellationToken: context.RequestAborted);
            return TypedResults.Ok(new ReadyStatus("ready", engines.Chain));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Log.NotReady(loggers.CreateLogger(typeof(HealthEndpoints)), e);
            return TwinProblem.Unavailable();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Not ready.")]
        public static partial void NotReady(ILogger logger, Exception exception);
    }
}

public sealed record LiveStatus(string Status);

/// <param name="Engines">The engines in the order in which they are asked.</param>
public sealed record ReadyStatus(string Status, IReadOnlyList<string> Engines);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LiveStatus))]
[JsonSerializable(typeof(ReadyStatus))]
internal sealed partial class HostingJson : JsonSerializerContext;
