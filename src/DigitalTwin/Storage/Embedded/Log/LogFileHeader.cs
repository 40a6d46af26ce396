using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// The first 32 bytes of every file: magic (8), format version (4), salt (4), number (8), reserved (4), CRC-32C (4). The salt, new
/// for each file, goes into the checksum of its frames, so that bytes left over from another file are never taken for frames.
/// </summary>
internal readonly record struct LogFileHeader(uint Salt, long Number)
{
    public const int Size = 32;

    private const int FormatVersion = 1;

    public static ReadOnlySpan<byte> SegmentMagic => "DTWINLOG"u8;

    public static ReadOnlySpan<byte> SnapshotMagic => "DTWINSNP"u8;

    public static LogFileHeader New(long number) => new(BinaryPrimitives.ReadUInt32LittleEndian(RandomNumberGenerator.GetBytes(4)), number);

    public byte[] ToBytes(ReadOnlySpan<byte> magic)
    {
        var bytes = new byte[Size];
        magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), Salt);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Number);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(28), Checksum(bytes));
        return bytes;
    }

    /// <summary>Null for bytes that are not a whole, valid header.</summary>
    public static LogFileHeader? TryRead(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> magic) =>
        bytes.Length >= Size
        && bytes.StartsWith(magic)
        && BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]) == FormatVersion
        && BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]) == Checksum(bytes)
            ? new LogFileHeader(BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]))
            : null;

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var checksum = ~0u;
        foreach (var single in bytes[..28])
        {
            checksum = BitOperations.Crc32C(checksum, single);
        }

        return ~checksum;
    }
}
