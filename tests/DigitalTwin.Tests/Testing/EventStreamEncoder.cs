using System.Buffers.Binary;
using System.Text;

namespace DigitalTwin.Tests.Testing;

/// <summary>
/// Writes <c>application/vnd.amazon.eventstream</c> messages. It shares nothing with the application's decoder, not even the checksum,
/// which is computed bit by bit.
/// </summary>
public static class EventStreamEncoder
{
    private const byte TextType = 7;

    public static byte[] Encode((string Name, string Value)[] headers, string payload)
    {
        using var block = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            var nameBytes = Encoding.UTF8.GetBytes(name);
            var valueBytes = Encoding.UTF8.GetBytes(value);
            block.WriteByte((byte)nameBytes.Length);
            block.Write(nameBytes);
            block.WriteByte(TextType);
            block.WriteByte((byte)(valueBytes.Length >> 8));
            block.WriteByte((byte)valueBytes.Length);
            block.Write(valueBytes);
        }

        return Encode(block.ToArray(), Encoding.UTF8.GetBytes(payload));
    }

    public static byte[] Encode(byte[] headers, byte[] payload)
    {
        byte[] message = [.. Prelude((uint)(12 + headers.Length + payload.Length + 4), (uint)headers.Length), .. headers, .. payload];
        return [.. message, .. Number(Checksum(message))];
    }

    /// <summary>The first twelve bytes of a message, with a right checksum however wrong the lengths.</summary>
    public static byte[] Prelude(uint length, uint headers)
    {
        byte[] lengths = [.. Number(length), .. Number(headers)];
        return [.. lengths, .. Number(Checksum(lengths))];
    }

    private static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>CRC-32 as polynomial division, without a table.</summary>
    private static uint Checksum(byte[] bytes)
    {
        var rest = uint.MaxValue;
        foreach (var one in bytes)
        {
            rest ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                rest = (rest >> 1) ^ (0xEDB88320 & (uint)-(int)(rest & 1));
            }
        }

        return ~rest;
    }
}
