using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DigitalTwin.Tests.Testing;

/// <summary>
/// An OpenAI-compatible server on the loopback over real HTTP, scripted per request. Requests take the scripted replies in order,
/// then what <see cref="Otherwise"/> makes; one that nothing was scripted for gets 418.
/// </summary>
public sealed class OpenAiServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<OpenAiReply> _replies = new();
    private readonly ConcurrentQueue<OpenAiRequest> _requests = new();

    private OpenAiServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>What to set as <c>Twin:Engines:OpenAI:BaseUrl</c>.</summary>
    public string BaseUrl => $"{_app.Urls.Single()}/v1";

    public IReadOnlyList<OpenAiRequest> Requests => [.. _requests];

    public Func<OpenAiRequest, OpenAiReply>? Otherwise { get; set; }

    public static async Task<OpenAiServer> StartAsync()
    {
        var server = new OpenAiServer();
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Scripts the next request; returns the reply, to be fed while it runs.</summary>
    public OpenAiReply Next(OpenAiReply reply)
    {
        _replies.Enqueue(reply);
        return reply;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _app.StopAsync(_stop.Token);
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: _stop.Token);
        var request = new OpenAiRequest(context.Request.Path, context.Request.Headers.Authorization.ToString(), body.RootElement.Clone());
        _requests.Enqueue(request);
        if (context.Request.Path != "/v1/chat/completions" || !_replies.TryDequeue(out var reply) && (reply = Otherwise?.Invoke(request)) is null)
        {
            context.Response.StatusCode = StatusCodes.Status418ImATeapot;
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stop.Token);
        reply.Start();
        try
        {
            await SendAsync(context, request, reply, end.Token);
        }
        catch (OperationCanceledException)
        {
            reply.Leave();
        }
    }

    private static async Task SendAsync(HttpContext context, OpenAiRequest request, OpenAiReply reply, CancellationToken cancellationToken)
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
