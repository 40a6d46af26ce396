using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Amazon.DynamoDBv2;
using Amazon.Runtime;
using Amazon.S3;
using DigitalTwin.Storage.Aws;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace DigitalTwin.Tests.Testing;

/// <summary>
/// What a client meets in place of the emulator: it adds what the emulator lacks (requests one at a time, since its transactions are not
/// safe from each other, and the token by which a repeated transaction does nothing twice), and the failures that a test asks for.
/// </summary>
public sealed class AwsGate : IAsyncDisposable
{
    public const string Region = "eu-central-1";

    private static readonly TimeSpan Slowness = TimeSpan.FromMilliseconds(300);

    private readonly WebApplication app;
    private readonly Uri emulator;
    private readonly SemaphoreSlim turn;
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly ConcurrentDictionary<string, Reply> byToken = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Operation, AwsFault Fault)> seen = new();

    private AwsGate(Uri emulator, SemaphoreSlim turn)
    {
        (this.emulator, this.turn) = (emulator, turn);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(HandleAsync);
    }

    /// <summary>What becomes of an operation: a DynamoDB one by its name, one of S3 by its method, such as <c>PUT</c>.</summary>
    public Func<string, AwsFault> Faults { get; set; } = _ => AwsFault.None;

    /// <summary>Every operation that arrived, with what became of it.</summary>
    public IReadOnlyCollection<(string Operation, AwsFault Fault)> Seen => seen;

    public string Address => app.Urls.Single();

    /// <param name="emulator">Where the emulator is.</param>
    /// <param name="turn">Held while the emulator works; all gates of one emulator share it.</param>
    public static async Task<AwsGate> StartAsync(Uri emulator, SemaphoreSlim turn)
    {
        var gate = new AwsGate(emulator, turn);
        await gate.app.StartAsync();
        return gate;
    }

    public AmazonDynamoDBClient DynamoDb()
    {
        var config = AwsClients.TableConfig();
        (config.ServiceURL, config.AuthenticationRegion) = (Address, Region);
        return new AmazonDynamoDBClient(new BasicAWSCredentials("test", "test"), config);
    }

    public AmazonS3Client S3()
    {
        var config = AwsClients.BucketConfig();
        (config.ServiceURL, config.AuthenticationRegion, config.ForcePathStyle) = (Address, Region, true);
        return new AmazonS3Client(new BasicAWSCredentials("test", "test"), config);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        client.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var operation = context.Request.Headers["X-Amz-Target"].ToString() is { Length: > 0 } target ? target.Split('.')[1] : context.Request.Method;
        var fault = Faults(operation);
        seen.Enqueue((operation, fault));
        if (MayBeBehind(operation, body.ToArray()))
        {
            await RefuseAsync(context, 400, "com.amazonaws.dynamodb.v20120810#ReadThatMayBeBehindException");
            return;
        }

        switch (fault)
        {
            case AwsFault.Throttled:
                await RefuseAsync(context, 400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException");
                return;
            case AwsFault.ServerError:
                await RefuseAsync(context, 500, "com.amazonaws.dynamodb.v20120810#InternalServerError");
                return;
            // What was committed is not cancelled when it is asked for again.
            case AwsFault.Conflict or AwsFault.ThrottledInside when operation == "TransactWriteItems" && !byToken.ContainsKey(Token(body.ToArray()) ?? ""):
                await CancelAsync(context, body.ToArray(), fault is AwsFault.Conflict ? "TransactionConflict" : "ThrottlingError");
                return;
            case AwsFault.ResetBefore:
                context.Abort();
                return;
            case AwsFault.Slow:
                await Task.Delay(Slowness);
                break;
        }

        var reply = await ForwardOnceAsync(context.Request, operation, body.ToArray());
        if (fault == AwsFault.ErrorAfter)
        {
            await RefuseAsync(context, 500, "com.amazonaws.dynamodb.v20120810#InternalServerError");
            return;
        }

        if (fault == AwsFault.ResetAfter)
        {
            context.Abort();
            return;
        }

        await SendAsync(context.Response, reply);
    }

    private static Task RefuseAsync(HttpContext context, int status, string type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.0";
        return context.Response.WriteAsync($$"""{"__type":"{{type}}","message":"A test asked for this."}""");
    }

    /// <summary>What the service says of a transaction whose last item it could not take now; the others had nothing against it.</summary>
    private static Task CancelAsync(HttpContext context, byte[] body, string code)
    {
        using var json = JsonDocument.Parse(body);
        var others = string.Concat(Enumerable.Repeat("""{"Code":"None"},""", json.RootElement.GetProperty("TransactItems").GetArrayLength() - 1));
        context.Response.StatusCode = 400;
        context.Response.ContentType = "application/x-amz-json-1.0";
        return context.Response.WriteAsync(
            "{\"__type\":\"com.amazonaws.dynamodb.v20120810#TransactionCanceledException\",\"Message\":\"A test asked for this.\","
            + $"\"CancellationReasons\":[{others}{{\"Code\":\"{code}\",\"Message\":\"A test asked for this.\"}}]}}");
    }

    /// <summary>The emulator always reads what was written last; the service does so by primary key only, and only when it is asked to.</summary>
    private static bool MayBeBehind(string operation, byte[] body)
    {
        if (operation is not ("GetItem" or "Query"))
        {
            return false;
        }

        using var json = JsonDocument.Parse(body);
        return !json.RootElement.TryGetProperty("IndexName", out _)
            && !(json.RootElement.TryGetProperty("ConsistentRead", out var consistent) && consistent.GetBoolean());
    }

    private async Task<Reply> ForwardOnceAsync(HttpRequest request, string operation, byte[] body)
    {
        await turn.WaitAsync();
        try
        {
            var token = operation == "TransactWriteItems" ? Token(body) : null;
            if (token is not null && byToken.TryGetValue(token, out var known))
            {
                return known;
            }

            var reply = await ForwardAsync(request, body);
            if (token is not null && reply.Status == HttpStatusCode.OK)
            {
                byToken[token] = reply;
            }

            return reply;
        }
        finally
        {
            turn.Release();
        }
    }

    private static string? Token(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.TryGetProperty("ClientRequestToken", out var token) ? token.GetString() : null;
    }

    private async Task<Reply> ForwardAsync(HttpRequest request, byte[] body)
    {
        using var forwarded = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(emulator, request.Path.ToUriComponent() + request.QueryString));
        forwarded.Content = new ByteArrayContent(body);
        foreach (var (name, values) in request.Headers)
        {
            if (name is not ("Host" or "Content-Length" or "Transfer-Encoding" or "Expect")
                && !forwarded.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                forwarded.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        using var response = await client.SendAsync(forwarded);
        var headers = response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Connection"));
        return new Reply(response.StatusCode, [.. headers], await response.Content.ReadAsByteArrayAsync());
    }

    private static async Task SendAsync(HttpResponse response, Reply reply)
    {
        response.StatusCode = (int)reply.Status;
        foreach (var (name, values) in reply.Headers)
        {
            response.Headers[name] = values.ToArray();
        }

        if (reply.Body.Length > 0)
        {
            await response.Body.WriteAsync(reply.Body);
        }
    }

    private sealed record Reply(HttpStatusCode Status, List<KeyValuePair<string, IEnumerable<string>>> Headers, byte[] Body);
}

/// <summary>What may become of a request on its way.</summary>
public enum AwsFault
{
    None,

    /// <summary>Refused: too many requests.</summary>
    Throttled,

    /// <summary>A transaction that met another one; nothing was done.</summary>
    Conflict,

    /// <summary>A transaction of which one item was throttled; nothing was done.</summary>
    ThrottledInside,

    /// <summary>500, and nothing done.</summary>
    ServerError,

    /// <summary>The connection breaks, and nothing was done.</summary>
    ResetBefore,

    /// <summary>It was done, but the connection breaks before the answer.</summary>
    ResetAfter,

    /// <summary>500, though it was done. Unlike a broken connection it is nothing that the HTTP client tries again by itself.</summary>
    ErrorAfter,

    /// <summary>Done, after a while.</summary>
    Slow,
}
