using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// The Lambda Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html) of version 2018-06-01, over one connection
/// that is opened again when it was lost. One call at a time.
/// </summary>
internal sealed class RuntimeApi(string address) : IDisposable
{
    private const string Version = "/2018-06-01/runtime/";
    private const string ErrorTypeHeader = "Lambda-Runtime-Function-Error-Type";

    private readonly EndPoint endPoint = EndPointOf(address);
    private RuntimeConnection? connection;

    /// <summary>Waits for the next event, as long as it takes. Throws <see cref="RuntimeGoneException"/> when there will be none.</summary>
    public async ValueTask<Invocation> NextAsync(CancellationToken cancellationToken)
    {
        var reply = await CallAsync("GET", "invocation/next", "", ReadOnlyMemory<byte>.Empty, cancellationToken);
        return reply.Status == 200 && reply.Headers.TryGetValue("Lambda-Runtime-Aws-Request-Id", out var id)
            ? new Invocation(
                id,
                DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(reply.Headers["Lambda-Runtime-Deadline-Ms"], CultureInfo.InvariantCulture)),
                reply.Headers.GetValueOrDefault("Lambda-Runtime-Trace-Id"),
                reply.Body)
            : throw new RuntimeGoneException($"The Lambda Runtime API answered {reply.Status} when it was asked for the next event.");
    }

    /// <summary>After the snapshot was taken this waits until it is restored.</summary>
    public async ValueTask RestoreAsync(CancellationToken cancellationToken) => await CallAsync("GET", "restore/next", "", ReadOnlyMemory<byte>.Empty, cancellationToken);

    /// <summary>The whole answer to an event. Returns the status by which the Runtime API took it: 202 when all is well.</summary>
    public async ValueTask<int> RespondAsync(Invocation invocation, ReadOnlyMemory<byte> answer, CancellationToken cancellationToken) =>
        (await CallAsync("POST", $"invocation/{invocation.Id}/response", "Content-Type: application/json\r\n", answer, cancellationToken)).Status;

    public async ValueTask FailAsync(Invocation invocation, ErrorReport error, CancellationToken cancellationToken) =>
        await CallAsync("POST", $"invocation/{invocation.Id}/error", HeadersOf(error), error.ToJson(), cancellationToken);

    public async ValueTask FailStartAsync(ErrorReport error, CancellationToken cancellationToken) =>
        await CallAsync("POST", "init/error", HeadersOf(error), error.ToJson(), cancellationToken);

    /// <summary>Begins an answer that is sent piece by piece.</summary>
    public async ValueTask<AnswerStream> BeginAnswerAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var head = Head("POST", $"invocation/{invocation.Id}/response", $"""
            Content-Type: application/vnd.awslambda.http-integration-response
            Lambda-Runtime-Function-Response-Mode: streaming
            Transfer-Encoding: chunked
            Trailer: {ErrorTypeHeader}, {AnswerStream.ErrorBodyTrailer}

            """.ReplaceLineEndings("\r\n"));
        var opened = connection ??= await OpenAsync(cancellationToken);
        return new AnswerStream(this, opened, head);
    }

    /// <summary>The connection broke; the next call opens another one.</summary>
    public void Drop()
    {
        connection?.Dispose();
        connection = null;
    }

    public void Dispose() => Drop();

    private static string HeadersOf(ErrorReport error) => $"Content-Type: application/vnd.aws.lambda.error+json\r\n{ErrorTypeHeader}: {error.Type}\r\n";

    /// <summary>A connection that was left open may have been closed meanwhile, above all while the process was frozen: then it is tried anew, once.</summary>
    private async ValueTask<RuntimeReply> CallAsync(string method, string path, string headers, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var head = Head(method, path, method == "POST" ? $"{headers}Content-Length: {body.Length}\r\n" : headers);
        var request = new ArrayBufferWriter<byte>(head.Length + body.Length);
        request.Write(head);
        request.Write(body.Span);
        if (connection is not null)
        {
            try
            {
                return await ExchangeAsync(connection, request.WrittenMemory, cancellationToken);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                Drop();
            }
        }

        connection = await OpenAsync(cancellationToken);
        try
        {
            return await ExchangeAsync(connection, request.WrittenMemory, cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new RuntimeGoneException("The Lambda Runtime API went away.", e);
        }
    }

    private async ValueTask<RuntimeReply> ExchangeAsync(RuntimeConnection open, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        await open.SendAsync(request, cancellationToken);
        var reply = await open.ReadAsync(cancellationToken);
        if (reply.Headers.TryGetValue("Connection", out var kept) && kept.Equals("close", StringComparison.OrdinalIgnoreCase))
        {
            Drop();
        }

        // "Container error. Non-recoverable state. Runtime should exit promptly."
        return reply.Status < 500 ? reply : throw new RuntimeGoneException($"The Lambda Runtime API answered {reply.Status}.");
    }

    private async ValueTask<RuntimeConnection> OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await RuntimeConnection.OpenAsync(endPoint, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new RuntimeGoneException("The Lambda Runtime API cannot be reached.", e);
        }
    }

    private byte[] Head(string method, string path, string headers) => Encoding.ASCII.GetBytes(
        $"{method} {Version}{path} HTTP/1.1\r\nHost: {address}\r\nUser-Agent: DigitalTwin\r\n{headers}\r\n");

    private static EndPoint EndPointOf(string address)
    {
        if (IPEndPoint.TryParse(address, out var ip))
        {
            return ip;
        }

        var colon = address.LastIndexOf(':');
        return new DnsEndPoint(address[..colon], int.Parse(address.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }
}

/// <summary>One event that Lambda wants an answer to.</summary>
/// <param name="Deadline">When Lambda stops waiting and ends the process.</param>
/// <param name="TraceId">The X-Ray trace header, when there is one.</param>
internal sealed record Invocation(string Id, DateTimeOffset Deadline, string? TraceId, ReadOnlyMemory<byte> Event);

/// <summary>There is no Runtime API (any more): no event will come, and no answer can be given.</summary>
internal sealed class RuntimeGoneException(string message, Exception? inner = null) : Exception(message, inner);
