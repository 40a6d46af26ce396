using System.Buffers.Text;
using System.Text;

namespace DigitalTwin.Benchmarks.Load;

/// <summary>Reads one HTTP/1.1 response at a time: the status, the visitor's cookie and the body. Allocates nothing after its making.</summary>
internal sealed class ResponseReader
{
    private const int LongestHead = 16 << 10;
    private const int LongestBody = 256 << 10;

    private readonly byte[] head = new byte[LongestHead];
    private readonly byte[] body = new byte[LongestBody];
    private ChunkDecoder chunks;
    private int headLength;
    private int bodyLength;
    private int contentLength;
    private bool inBody;
    private (int Start, int Length) cookie;

    public int Status { get; private set; }

    /// <summary>Whether a whole server-sent event is there.</summary>
    public bool HasEvent { get; private set; }

    public ReadOnlySpan<byte> Body => body.AsSpan(0, bodyLength);

    /// <summary>The cookie that the response sets, as <c>name=value</c>; empty when it sets none.</summary>
    public ReadOnlySpan<byte> Cookie => head.AsSpan(cookie.Start, cookie.Length);

    public void Clear()
    {
        (headLength, bodyLength, inBody, Status, HasEvent, cookie) = (0, 0, false, 0, false, default);
        chunks = default;
    }

    /// <summary>Takes what arrived. True when the response is complete.</summary>
    public bool Read(ReadOnlySpan<byte> received)
    {
        if (!inBody)
        {
            var searched = Math.Max(0, headLength - 3);
            var before = headLength;
            received[..Math.Min(received.Length, LongestHead - headLength)].CopyTo(head.AsSpan(headLength));
            headLength = Math.Min(headLength + received.Length, LongestHead);
            var end = head.AsSpan(searched, headLength - searched).IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                return headLength == LongestHead ? throw new InvalidDataException("The response has too many headers.") : false;
            }

            headLength = searched + end + 4;
            received = received[(headLength - before)..];
            ReadHead();
            inBody = true;
        }

        var complete = ReadBody(received);
        HasEvent = HasEvent || Body.IndexOf("\n\n"u8) >= 0;
        return complete;
    }

    private bool ReadBody(ReadOnlySpan<byte> received)
    {
        if (bodyLength + received.Length > LongestBody)
        {
            throw new InvalidDataException("The response has too long a body.");
        }

        if (contentLength < 0)
        {
            return chunks.Decode(received, body, ref bodyLength);
        }

        received.CopyTo(body.AsSpan(bodyLength));
        bodyLength += received.Length;
        return bodyLength >= contentLength;
    }

    private void ReadHead()
    {
        var text = head.AsSpan(0, headLength);
        if (!text.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(text["HTTP/1.1 ".Length..], out int status, out _))
        {
            throw new InvalidDataException("The response does not begin with a status line.");
        }

        Status = status;
        contentLength = status is 204 ? 0 : -2;
        for (var at = text.IndexOf((byte)'\n') + 1; at < headLength - 2;)
        {
            var length = text[at..].IndexOf((byte)'\r');
            ReadLine(at, length);
            at += length + 2;
        }

        if (contentLength == -2)
        {
            throw new InvalidDataException("The response says neither how long its body is nor that it is chunked.");
        }
    }

    private void ReadLine(int at, int length)
    {
        var line = head.AsSpan(at, length);
        switch (line.IndexOf((byte)':'))
        {
            case 10 when Is(line, "set-cookie:"u8):
                var value = "set-cookie: ".Length;
                var end = line.IndexOf((byte)';');
                cookie = (at + value, (end < 0 ? length : end) - value);
                break;
            case 14 when Is(line, "content-length:"u8):
                _ = Utf8Parser.TryParse(line["content-length: ".Length..], out contentLength, out _);
                break;
            case 17 when Is(line, "transfer-encoding:"u8):
                contentLength = -1;
                break;
        }
    }

    private static bool Is(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(line[..name.Length], name);
}
