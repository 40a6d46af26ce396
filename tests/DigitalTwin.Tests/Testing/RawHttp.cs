using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace DigitalTwin.Tests.Testing;

/// <param name="Status">0 when the server closed the connection without an answer.</param>
/// <param name="Head">The status line and the headers, as they came.</param>
internal sealed record RawResponse(int Status, string Head, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Head.Split("\r\n").Skip(1)
        .FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim();
}

/// <summary>Requests byte by byte, as no HTTP library would send them.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static byte[] Request(string head, ReadOnlySpan<byte> body = default)
    {
        var bytes = Encoding.Latin1.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n");
        return [.. bytes, .. body];
    }

    /// <summary>
    /// Sends on a connection of its own and reads until the answer is complete or the server closes. <paramref name="hangUp"/> ends our
    /// side after sending, so that a server which waits for more is told that nothing comes.
    /// </summary>
    public static async Task<RawResponse> SendAsync(Uri address, ReadOnlyMemory<byte> request, bool hangUp = false)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(Patience);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port, timeout.Token);
        var received = new MemoryStream();
        var toHead = request.Span.StartsWith("HEAD "u8);
        try
        {
            await socket.SendAsync(request, timeout.Token);
            if (hangUp)
            {
                socket.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // The server answered and closed before it read everything; the answer may be there all the same.
        }

        var buffer = new byte[16 * 1024];
        try
        {
            while (Parse(received, toHead) is null && await socket.ReceiveAsync(buffer, timeout.Token) is > 0 and var read)
            {
                received.Write(buffer, 0, read);
            }
        }
        catch (SocketException)
        {
            // Reset: what came until then counts.
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No whole answer after {Patience}; so far: {Encoding.Latin1.GetString(received.ToArray())}");
        }

        return Parse(received, headOnly: true) ?? new RawResponse(0, "", []);
    }

    /// <summary>The answer behind any "100 Continue"; null while it is incomplete, or while its head is when no more is to come.</summary>
    private static RawResponse? Parse(MemoryStream received, bool headOnly)
    {
        var all = received.GetBuffer().AsSpan(0, (int)received.Length);
        var end = all.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        var head = Encoding.Latin1.GetString(all[..end]);
        if (head.StartsWith("HTTP/1.1 100", StringComparison.Ordinal))
        {
            var rest = new MemoryStream();
            rest.Write(all[(end + 4)..]);
            return Parse(rest, headOnly);
        }

        var response = new RawResponse(int.Parse(head.Split(' ')[1], CultureInfo.InvariantCulture), head, all[(end + 4)..].ToArray());
        var complete = response.Status is 204 or 304
            || (response.Header("Content-Length") is { } length && response.Body.Length >= int.Parse(length, CultureInfo.InvariantCulture))
            || (response.Header("Transfer-Encoding") is not null && response.Body.AsSpan().EndsWith("0\r\n\r\n"u8));
        return complete || headOnly ? response : null;
    }
}
