using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace DigitalTwin.Aws.EventStreams;

/// <summary>
/// Reads <c>application/vnd.amazon.eventstream</c>, fed in any pieces. A message is its length, its headers' length and a checksum of
/// both, each in four bytes, most significant first; then headers, payload, and a checksum of all before it. Whatever does not hold
/// is an <see cref="InvalidDataException"/>, after which the decoder must not be used.
/// </summary>
internal sealed class EventStreamDecoder
{
    private const int PreludeLength = 12;
    private const int ChecksumLength = 4;
    private const int LargestHeaders = 128 * 1024;
    private const int LargestMessage = 24 * 1024 * 1024;
    private const int ReadSize = 16 * 1024;

    private byte[] _buffer = new byte[ReadSize];
    private int _start;
    private int _end;

    /// <summary>Whether a message has begun that is not whole yet.</summary>
    public bool IsInsideMessage => _end > _start;

    /// <summary>The messages as they arrive. A stream that ends inside a message is an <see cref="EndOfStreamException"/>.</summary>
    public static async IAsyncEnumerable<EventStreamMessage> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var decoder = new EventStreamDecoder();
        var piece = new byte[ReadSize];
        while (await stream.ReadAsync(piece, cancellationToken) is var read && read > 0)
        {
            decoder.Append(piece.AsSpan(0, read));
            while (decoder.TryRead() is { } message)
            {
                yield return message;
            }
        }

        if (decoder.IsInsideMessage)
        {
            throw new EndOfStreamException("The event stream ends inside a message.");
        }
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_buffer.Length - _end < bytes.Length)
        {
            MakeRoom(bytes.Length);
        }

        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>The next whole message, or null until there is more.</summary>
    public EventStreamMessage? TryRead()
    {
        var bytes = _buffer.AsSpan(_start, _end - _start);
        if (bytes.Length < PreludeLength)
        {
            return null;
        }

        // The lengths are believed only after their own checksum, else a flipped bit would have us wait for gigabytes.
        var (length, headers) = Prelude(bytes);
        if (bytes.Length < length)
        {
            return null;
        }

        var message = bytes[..length];
        Check(message[..^ChecksumLength], message[^ChecksumLength..]);
        var read = new EventStreamMessage(
            Headers(message.Slice(PreludeLength, headers)), message[(PreludeLength + headers)..^ChecksumLength].ToArray());
        _start += length;
        if (_start == _end)
        {
            _start = _end = 0;
        }

        return read;
    }

    private static (int Length, int Headers) Prelude(ReadOnlySpan<byte> bytes)
    {
        Check(bytes[..8], bytes[8..PreludeLength]);
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var headers = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        return length <= LargestMessage && headers <= LargestHeaders && length >= PreludeLength + headers + ChecksumLength
            ? ((int)length, (int)headers)
            : throw new InvalidDataException("The event stream has a message of impossible length.");
    }

    private static void Check(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> checksum)
    {
        if (Crc32.Of(bytes) != BinaryPrimitives.ReadUInt32BigEndian(checksum))
        {
            throw new InvalidDataException("The event stream is damaged: a checksum does not hold.");
        }
    }

    private static Dictionary<string, string> Headers(ReadOnlySpan<byte> bytes)
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!bytes.IsEmpty)
        {
            var name = Encoding.UTF8.GetString(Take(ref bytes, Take(ref bytes, 1)[0]));
            var type = Take(ref bytes, 1)[0];
            var value = Take(ref bytes, ValueLength(type, ref bytes));
            if (type == (byte)HeaderType.Text)
            {
                headers[name] = Encoding.UTF8.GetString(value);
            }
        }

        return headers;
    }

    private static int ValueLength(byte type, ref ReadOnlySpan<byte> bytes) => (HeaderType)type switch
    {
        HeaderType.True or HeaderType.False => 0,
        HeaderType.Byte => 1,
        HeaderType.Short => 2,
        HeaderType.Integer => 4,
        HeaderType.Long or HeaderType.Timestamp => 8,
        HeaderType.Bytes or HeaderType.Text => BinaryPrimitives.ReadUInt16BigEndian(Take(ref bytes, 2)),
        HeaderType.Uuid => 16,
        _ => throw new InvalidDataException("The event stream has a header of an unknown type."),
    };

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        if (bytes.Length < count)
        {
            throw new InvalidDataException("The event stream has a header that is longer than the headers.");
        }

        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private void MakeRoom(int count)
    {
        var held = _end - _start;
        var buffer = held + count <= _buffer.Length ? _buffer : new byte[Math.Max(_buffer.Length * 2, held + count)];
        Buffer.BlockCopy(_buffer, _start, buffer, 0, held);
        (_buffer, _start, _end) = (buffer, 0, held);
    }

    private enum HeaderType : byte
    {
        True,
        False,
        Byte,
        Short,
        Integer,
        Long,
        Bytes,
        Text,
        Timestamp,
        Uuid,
    }
}
