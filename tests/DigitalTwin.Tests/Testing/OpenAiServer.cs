using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DigitalTwin.Tests.Testing;

/// <summary>An OpenAI-compatible server.</summary>
public sealed class OpenAiServer : ScriptedServer<OpenAiRequest, OpenAiReply>
{
    private OpenAiServer()
        : base(0)
    {
    }

    /// <summary>What to set as <c>Twin:Engines:OpenAI:BaseUrl</c>.</summary>
    public string BaseUrl => $"{Address}/v1";

    public static async Task<OpenAiServer> StartAsync()
    {
        var server = new OpenAiServer();
        await server.ListenAsync();
        return server;
    }

    protected override async Task<OpenAiRequest> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: cancellationToken);
        return new OpenAiRequest(context.Request.Path, context.Request.Headers.Authorization.ToString(), body.RootElement.Clone());
    }

    protected override bool TakesReply(OpenAiRequest request) => request.Path == "/v1/chat/completions";

    protected override async Task SendAsync(HttpContext context, OpenAiRequest request, OpenAiReply reply, CancellationToken cancellationToken)
    {
        var response = context.Response;
        if (reply.ErrorStatus is { } status)
        {
            response.StatusCode = status;
            response.ContentType = "application/json";
            if (reply.RetryAfter is { } retryAfter)
            {
                response.Headers.RetryAfter = retryAfter;
            }

            await response.WriteAsync(reply.ErrorBody, cancellationToken);
            return;
        }

        response.ContentType = "text/event-stream";
        await foreach (var step in reply.Steps.ReadAllAsync(cancellationToken))
        {
            switch (step.Kind)
            {
                case OpenAiReply.StepKind.Cut:
                    // What was written before must reach the client before the reset does.
                    await response.Body.FlushAsync(cancellationToken);
                    context.Abort();
                    return;
                case OpenAiReply.StepKind.Pause:
                    await Task.Delay(step.Time, cancellationToken);
                    break;
                case OpenAiReply.StepKind.Usage when !request.WantsUsage:
                    break;
                case OpenAiReply.StepKind.Headers:
                    await response.Body.FlushAsync(cancellationToken);
                    break;
                default:
                    await response.WriteAsync($"data: {step.Data}\n\n", cancellationToken);
                    await response.Body.FlushAsync(cancellationToken);
                    break;
            }
        }
    }
}

/// <summary>A request as it arrived.</summary>
public sealed record OpenAiRequest(string Path, string Authorization, JsonElement Body)
{
    public bool WantsUsage =>
        Body.TryGetProperty("stream_options", out var options) && options.TryGetProperty("include_usage", out var usage) && usage.GetBoolean();

    /// <summary>The prompt: roles and texts in order.</summary>
    public IReadOnlyList<(string Role, string Text)> Messages =>
        [.. Body.GetProperty("messages").EnumerateArray().Select(message => (message.GetProperty("role").GetString()!, Text(message.GetProperty("content"))))];

    private static string Text(JsonElement content) => content.ValueKind == JsonValueKind.Array
        ? string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()))
        : content.GetString() ?? "";
}
