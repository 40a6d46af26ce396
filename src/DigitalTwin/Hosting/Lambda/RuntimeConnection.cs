using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// One HTTP/1.1 connection to the Runtime API. <see cref="HttpClient"/> cannot send the trailers that a broken stream ends with, and
/// takes longer to start than all of this.
/// </summary>
internal sealed class RuntimeConnection(Socket socket) : IDisposable
{
    private const int MostHeaderBytes = 64 * 1024;
    private byte[] buffer = new byte[16 * 1024];
    private int start;
    private int end;

    public static async ValueTask<RuntimeConnection> OpenAsync(EndPoint address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
            return new RuntimeConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
        }
    }

    /// <summary>Reads one response. Throws <see cref="IOException"/> when the connection ends before it.</summary>
    public async ValueTask<RuntimeReply> ReadAsync(CancellationToken cancellationToken)
    {
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf("\r\n\r\n"u8)) < 0)
        {
            if (end - start > MostHeaderBytes)
            {
                throw new IOException("The Runtime API sent too long a header.");
            }

            await FillAsync(cancellationToken);
        }

        var lines = Encoding.Latin1.GetString(buffer, start, length).Split("\r\n");
        start += length + 4;
        var status = int.Parse(lines[0].AsSpan(lines[0].IndexOf(' ', StringComparison.Ordinal) + 1, 3), CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(lines.Length, StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.AsSpan(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        var body = headers.TryGetValue("Transfer-Encoding", out var coding) && coding.Contains("chunked", StringComparison.OrdinalIgnoreCase)
            ? await ReadChunksAsync(cancellationToken)
            : headers.TryGetValue("Content-Length", out var count) ? await ReadBytesAsync(int.Parse(count, CultureInfo.InvariantCulture), cancellationToken) : [];
        return new RuntimeReply(status, headers, body);
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask<byte[]> ReadBytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await ReadBytesAsync(bytes, cancellationToken);
        return bytes;
    }

    private async ValueTask ReadBytesAsync(Memory<byte> bytes, CancellationToken cancellationToken)
    {
        var buffered = Math.Min(bytes.Length, end - start);
        buffer.AsMemory(start, buffered).CopyTo(bytes);
        start += buffered;
        for (var read = buffered; read < bytes.Length;)
        {
            var more = await socket.ReceiveAsync(bytes[read..], cancellationToken);
            read += more > 0 ? more : throw Ended();
        }
    }

    /// <summary>RFC 9112 §7.1.</summary>
    private async ValueTask<byte[]> ReadChunksAsync(CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            var size = int.Parse(line.AsSpan(0, line.AsSpan().IndexOf(';') is >= 0 and var at ? at : line.Length), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                break;
            }

            await ReadBytesAsync(body.GetMemory(size)[..size], cancellationToken);
            body.Advance(size);
            await ReadLineAsync(cancellationToken);
        }

        while ((await ReadLineAsync(cancellationToken)).Length > 0)
        {
            // Trailers are not for us.
        }

        return body.WrittenSpan.ToArray();
    }

    private async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        int length;
        while ((length = buffer.AsSpan(start, end - start).IndexOf("\r\n"u8)) < 0)
        {
            await FillAsync(cancellationToken);
        }

        var line = Encoding.Latin1.GetString(buffer, start, length);
        start += length + 2;
        return line;
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = await socket.ReceiveAsync(buffer.AsMemory(end), cancellationToken);
        end += read > 0 ? read : throw Ended();
    }

    private static IOException Ended() => new("The Runtime API closed the connection.");
}

/// <summary>A response of the Runtime API.</summary>
internal sealed record RuntimeReply(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);
