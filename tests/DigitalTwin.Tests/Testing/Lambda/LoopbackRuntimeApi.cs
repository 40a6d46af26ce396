using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DigitalTwin.Tests.Testing.Lambda;

/// <summary>
/// The Lambda Runtime API on the loopback. Events are handed to whichever process asks next; several processes are several execution
/// environments. It needs nothing but ASP.NET Core, so that other test projects can link the file.
/// </summary>
public sealed class LoopbackRuntimeApi : IAsyncDisposable
{
    private const string Root = "/2018-06-01/runtime/";

    private readonly WebApplication app;
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<LambdaCall> waiting = Channel.CreateUnbounded<LambdaCall>();
    private readonly Dictionary<string, LambdaCall> running = [];
    private readonly TaskCompletionSource<LambdaError> initError = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource restore = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource restoreAsked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int calls;
    private int nextAsked;

    private LoopbackRuntimeApi()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        app = builder.Build();
        app.Run(HandleAsync);
    }

    /// <summary>What Lambda puts into <c>AWS_LAMBDA_RUNTIME_API</c>.</summary>
    public string Address => new Uri(app.Urls.Single()).Authority;

    /// <summary>Done when a start was reported as failed.</summary>
    public Task<LambdaError> InitError => initError.Task;

    /// <summary>Done when a process waits to be restored from its snapshot.</summary>
    public Task RestoreAsked => restoreAsked.Task;

    /// <summary>How often the next event was asked for.</summary>
    public int NextAsked => Volatile.Read(ref nextAsked);

    public static async Task<LoopbackRuntimeApi> StartAsync()
    {
        var api = new LoopbackRuntimeApi();
        await api.app.StartAsync();
        return api;
    }

    /// <summary>Sends an event to the next process that asks for one.</summary>
    /// <param name="timeout">What is left until the deadline when it is handed over; half a minute by default.</param>
    public LambdaCall Invoke(string eventJson, TimeSpan? timeout = null, string? traceId = null)
    {
        var number = Interlocked.Increment(ref calls);
        var call = new LambdaCall($"00000000-0000-4000-8000-{number:D12}", eventJson, timeout ?? TimeSpan.FromSeconds(30), traceId);
        waiting.Writer.TryWrite(call);
        return call;
    }

    /// <summary>Lets the processes that wait at <c>restore/next</c> go on.</summary>
    public void Restore() => restore.TrySetResult();

    /// <summary>Closes at once, as when the environment is taken down; whoever waits is cut off.</summary>
    public async Task GoAsync()
    {
        if (!stopping.IsCancellationRequested)
        {
            await stopping.CancelAsync();
            await app.StopAsync(stopping.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GoAsync();
        await app.DisposeAsync();
        stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (!path.StartsWith(Root, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var parts = path[Root.Length..].Split('/');
        switch (context.Request.Method, parts)
        {
            case ("GET", ["invocation", "next"]):
                await NextAsync(context);
                break;
            case ("GET", ["restore", "next"]):
                restoreAsked.TrySetResult();
                await restore.Task.WaitAsync(context.RequestAborted);
                break;
            case ("POST", ["init", "error"]):
                initError.TrySetResult(await ErrorAsync(context));
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                break;
            case ("POST", ["invocation", var id, "response"]) when Take(id) is { } call:
                await TakeAnswerAsync(context, call);
                break;
            case ("POST", ["invocation", var id, "error"]) when Take(id) is { } call:
                call.Fail(await ErrorAsync(context));
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                break;
            default:
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                break;
        }
    }

    private async Task NextAsync(HttpContext context)
    {
        Interlocked.Increment(ref nextAsked);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping.Token);
        LambdaCall call;
        try
        {
            call = await waiting.Reader.ReadAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            return;
        }

        lock (running)
        {
            running[call.Id] = call;
        }

        var headers = context.Response.Headers;
        headers["Lambda-Runtime-Aws-Request-Id"] = call.Id;
        headers["Lambda-Runtime-Deadline-Ms"] =
            (TimeProvider.System.GetUtcNow() + call.Timeout).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:eu-central-1:123456789012:function:digital-twin-chat-dev-api";
        if (call.TraceId is not null)
        {
            headers["Lambda-Runtime-Trace-Id"] = call.TraceId;
        }

        context.Response.ContentType = "application/json";
        var body = Encoding.UTF8.GetBytes(call.Event);
        // As the real one does, longer events come in chunks.
        context.Response.ContentLength = body.Length < 2048 ? body.Length : null;
        await context.Response.Body.WriteAsync(body, CancellationToken.None);
    }

    private static async Task TakeAnswerAsync(HttpContext context, LambdaCall call)
    {
        var request = context.Request;
        if (request.Headers["Lambda-Runtime-Function-Response-Mode"] != "streaming")
        {
            using var answer = new MemoryStream();
            await request.Body.CopyToAsync(answer, context.RequestAborted);
            call.Complete(Encoding.UTF8.GetString(answer.GetBuffer(), 0, (int)answer.Length));
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return;
        }

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, call.ReaderLeft);
        try
        {
            call.Stream(request.ContentType ?? "");
            var buffer = new byte[64 * 1024];
            for (int read; (read = await request.Body.ReadAsync(buffer, gone.Token)) > 0;)
            {
                call.Piece(buffer.AsSpan(0, read));
            }

            var trailers = context.Features.Get<IHttpRequestTrailersFeature>()!.Trailers;
            call.EndStream(trailers.TryGetValue("Lambda-Runtime-Function-Error-Type", out var type)
                ? new LambdaError(type!, Encoding.UTF8.GetString(Convert.FromBase64String(trailers["Lambda-Runtime-Function-Error-Body"]!)))
                : null);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            call.EndStream(new LambdaError("Cut", e.GetType().Name));
            context.Abort();
        }
    }

    private static async Task<LambdaError> ErrorAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body, Encoding.UTF8);
        return new LambdaError(context.Request.Headers["Lambda-Runtime-Function-Error-Type"].ToString(), await body.ReadToEndAsync(context.RequestAborted));
    }

    private LambdaCall? Take(string id)
    {
        lock (running)
        {
            return running.Remove(id, out var call) ? call : null;
        }
    }
}

/// <summary>An error as a function reported it; the body is JSON.</summary>
public sealed record LambdaError(string Type, string Body);

/// <summary>A piece of a streamed answer, with the time (<see cref="Stopwatch.GetTimestamp"/>) at which it came.</summary>
public sealed record LambdaPiece(byte[] Bytes, long At);

/// <summary>One event and what became of it.</summary>
public sealed class LambdaCall(string id, string eventJson, TimeSpan timeout, string? traceId) : IDisposable
{
    private readonly TaskCompletionSource<string> whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> streamed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<LambdaError?> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<LambdaPiece> pieces = Channel.CreateUnbounded<LambdaPiece>();
    private readonly CancellationTokenSource readerLeft = new();

    public string Id { get; } = id;

    public string Event { get; } = eventJson;

    public TimeSpan Timeout { get; } = timeout;

    public string? TraceId { get; } = traceId;

    /// <summary>The answer of a function that sent it whole. Throws <see cref="LambdaFailedException"/> when it reported an error.</summary>
    public Task<string> Answer => whole.Task;

    /// <summary>The content type of a streamed answer, when it has begun.</summary>
    public Task<string> Streamed => streamed.Task;

    /// <summary>The pieces of a streamed answer as they come.</summary>
    public ChannelReader<LambdaPiece> Pieces => pieces.Reader;

    /// <summary>The end of a streamed answer: null when it ended well, else what the trailers say.</summary>
    public Task<LambdaError?> Ended => ended.Task;

    internal CancellationToken ReaderLeft => readerLeft.Token;

    /// <summary>The reader of a streamed answer goes away.</summary>
    public void Leave() => readerLeft.Cancel();

    public void Dispose() => readerLeft.Dispose();

    internal void Complete(string answer) => whole.TrySetResult(answer);

    internal void Fail(LambdaError error)
    {
        whole.TrySetException(new LambdaFailedException(error));
        streamed.TrySetException(new LambdaFailedException(error));
        _ = (whole.Task.Exception, streamed.Task.Exception);
    }

    internal void Stream(string contentType) => streamed.TrySetResult(contentType);

    internal void Piece(ReadOnlySpan<byte> bytes) => pieces.Writer.TryWrite(new LambdaPiece(bytes.ToArray(), Stopwatch.GetTimestamp()));

    internal void EndStream(LambdaError? error)
    {
        pieces.Writer.TryComplete();
        ended.TrySetResult(error);
    }
}

public sealed class LambdaFailedException(LambdaError error) : Exception($"{error.Type}: {error.Body}")
{
    public LambdaError Error { get; } = error;
}
