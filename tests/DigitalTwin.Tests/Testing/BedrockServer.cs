using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DigitalTwin.Tests.Testing;

/// <summary>Amazon Bedrock: Converse, ConverseStream and the Retrieve of knowledge bases. Replies are scripted for conversations.</summary>
public sealed class BedrockServer : ScriptedServer<BedrockRequest, BedrockReply>
{
    private BedrockServer(int port)
        : base(port)
    {
    }

    /// <summary>What to set as <c>AWS_ENDPOINT_URL_BEDROCK_RUNTIME</c> and <c>AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME</c>.</summary>
    public string Endpoint => Address;

    /// <summary>What every knowledge base finds; null for none that can be asked.</summary>
    public IReadOnlyList<BedrockPassage>? Passages { get; set; }

    /// <summary>What a knowledge base waits for before it answers.</summary>
    public Task Retrieval { get; set; } = Task.CompletedTask;

    /// <param name="port">0 for one of the system's choice.</param>
    public static async Task<BedrockServer> StartAsync(int port = 0)
    {
        var server = new BedrockServer(port);
        await server.ListenAsync();
        return server;
    }

    protected override Task<BedrockRequest> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers["x-amzn-RequestId"] = BedrockReply.RequestId;
        return BedrockRequest.ReadAsync(context, cancellationToken);
    }

    protected override bool TakesReply(BedrockRequest request) => request.Operation is "converse" or "converse-stream";

    protected override Task SendAsync(HttpContext context, BedrockRequest request, BedrockReply reply, CancellationToken cancellationToken) =>
        reply.ErrorStatus is { } status ? SendErrorAsync(context.Response, status, reply, cancellationToken)
        : request.Operation == "converse" ? SendWholeAsync(context.Response, reply, cancellationToken)
        : SendStreamAsync(context, reply, cancellationToken);

    protected override async Task<bool> TryAnswerAsync(HttpContext context, BedrockRequest request, CancellationToken cancellationToken)
    {
        if (request.Operation != "retrieve" || Passages is not { } passages)
        {
            return false;
        }

        await Retrieval.WaitAsync(cancellationToken);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(Found(passages).ToJsonString(), cancellationToken);
        return true;
    }

    private static Task SendErrorAsync(HttpResponse response, int status, BedrockReply reply, CancellationToken cancellationToken)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers["x-amzn-ErrorType"] = $"{reply.ErrorCode}:http://internal.amazon.com/coral/com.amazon.bedrock/";
        return response.WriteAsync(new JsonObject { ["message"] = reply.ErrorMessage }.ToJsonString(), cancellationToken);
    }

    private static async Task SendWholeAsync(HttpResponse response, BedrockReply reply, CancellationToken cancellationToken)
    {
        var (text, stopReason, usage) = (new StringBuilder(), "end_turn", default(JsonNode));
        await foreach (var step in reply.Steps.ReadAllAsync(cancellationToken))
        {
            text.Append(step.Text);
            stopReason = step.StopReason ?? stopReason;
            usage = step.Usage?.DeepClone() ?? usage;
        }

        var answer = new JsonObject
        {
            ["output"] = new JsonObject
            {
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(new JsonObject { ["text"] = text.ToString() }) },
            },
            ["stopReason"] = stopReason,
            ["usage"] = usage ?? BedrockReply.UsageOf(0, 0),
            ["metrics"] = new JsonObject { ["latencyMs"] = 1 },
        };
        response.ContentType = "application/json";
        await response.WriteAsync(answer.ToJsonString(), cancellationToken);
    }

    private static async Task SendStreamAsync(HttpContext context, BedrockReply reply, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.ContentType = "application/vnd.amazon.eventstream";
        await foreach (var step in reply.Steps.ReadAllAsync(cancellationToken))
        {
            await Task.Delay(step.Pause, cancellationToken);
            if (step.IsSent)
            {
                // What was written before a reset must reach the client before the reset does.
                await response.Body.WriteAsync(step.Bytes, cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }

            if (step.IsCut)
            {
                context.Abort();
                return;
            }
        }
    }

    private static JsonObject Found(IReadOnlyList<BedrockPassage> passages) => new()
    {
        ["retrievalResults"] = new JsonArray([.. passages.Select(passage => new JsonObject
        {
            ["content"] = new JsonObject { ["text"] = passage.Text, ["type"] = "TEXT" },
            ["location"] = new JsonObject { ["type"] = "S3", ["s3Location"] = new JsonObject { ["uri"] = passage.Uri } },
            ["metadata"] = new JsonObject { ["x-amz-bedrock-kb-source-uri"] = passage.Uri, ["title"] = passage.Title, ["year"] = 1843 },
            ["score"] = passage.Score,
        })]),
    };
}

/// <summary>What a knowledge base finds.</summary>
/// <param name="Uri">Where its document lies: <c>s3://bucket/key</c>.</param>
/// <param name="Title">Kept with the document as metadata, or null.</param>
public sealed record BedrockPassage(string Text, string Uri, double Score, string? Title = null);

/// <summary>A request as it arrived.</summary>
/// <param name="Target">Path and query as they were sent, nothing unescaped.</param>
public sealed record BedrockRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Text)
{
    public JsonElement Body => JsonElement.Parse(Text);

    /// <summary>The last part of the path: <c>converse</c>, <c>converse-stream</c>, <c>retrieve</c>.</summary>
    public string Operation => Target[(Target.LastIndexOf('/') + 1)..];

    public string ModelId => Uri.UnescapeDataString(Target.Split('/')[2]);

    public string System => Body.TryGetProperty("system", out var system) ? Join(system) : "";

    /// <summary>The conversation: roles and texts in order.</summary>
    public IReadOnlyList<(string Role, string Text)> Messages =>
        [.. Body.GetProperty("messages").EnumerateArray().Select(message => (message.GetProperty("role").GetString()!, Join(message.GetProperty("content"))))];

    public string Question => Messages[^1].Text;

    internal static async Task<BedrockRequest> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(context.Request.Body);
        return new BedrockRequest(
            context.Request.Method,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync(cancellationToken));
    }

    private static string Join(JsonElement content) =>
        string.Join('\n', content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));
}
