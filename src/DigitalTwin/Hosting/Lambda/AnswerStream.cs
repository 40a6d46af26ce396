using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>
/// An answer on its way to the Runtime API in chunks. When the reader leaves, <see cref="ReaderLeft"/> is cancelled and the rest goes
/// nowhere.
/// </summary>
internal sealed class AnswerStream : IDisposable
{
    public const string ErrorBodyTrailer = "Lambda-Runtime-Function-Error-Body";

    private readonly RuntimeApi api;
    private readonly RuntimeConnection connection;
    private readonly CancellationTokenSource left = new();
    private readonly ArrayBufferWriter<byte> chunk = new();
    private readonly Task<RuntimeReply?> reply;
    private bool ended;

    public AnswerStream(RuntimeApi api, RuntimeConnection connection, ReadOnlySpan<byte> head)
    {
        (this.api, this.connection) = (api, connection);
        chunk.Write(head);
        reply = WatchAsync();
    }

    public CancellationToken ReaderLeft => left.Token;

    /// <summary>Sends the bytes at once, as one chunk.</summary>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty || left.IsCancellationRequested)
        {
            return;
        }

        Write(bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n");
        chunk.Write(bytes.Span);
        Write("\r\n");
        await SendChunkAsync();
    }

    /// <summary>Ends the answer: well, or with the reason why it broke off. Returns whether the Runtime API has taken it.</summary>
    public async ValueTask<bool> EndAsync(ErrorReport? error = null)
    {
        if (!left.IsCancellationRequested)
        {
            ended = true;
            Write("0\r\n");
            if (error is not null)
            {
                Write($"Lambda-Runtime-Function-Error-Type: {error.Type}\r\n{ErrorBodyTrailer}: {Convert.ToBase64String(error.ToJson())}\r\n");
            }

            Write("\r\n");
            await SendChunkAsync();
        }

        return await reply is { Status: < 300 };
    }

    public void Dispose()
    {
        if (!ended || !reply.IsCompletedSuccessfully || reply.Result is null)
        {
            api.Drop();
        }

        left.Dispose();
    }

    /// <summary>The Runtime API answers when it has the whole; if it answers or hangs up before, nobody reads any more.</summary>
    private async Task<RuntimeReply?> WatchAsync()
    {
        try
        {
            var read = await connection.ReadAsync(CancellationToken.None);
            if (!ended)
            {
                await left.CancelAsync();
            }

            return read;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            await left.CancelAsync();
            return null;
        }
    }

    private async ValueTask SendChunkAsync()
    {
        try
        {
            await connection.SendAsync(chunk.WrittenMemory);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // The reply will not come either.
            api.Drop();
            await left.CancelAsync();
        }
        finally
        {
            chunk.ResetWrittenCount();
        }
    }

    private void Write(string text) => Encoding.ASCII.GetBytes(text, chunk);
}
