using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// The unit of the log and of the snapshot: what one flush made durable. All transactions of a frame stand behind one checksum, so
/// a crash in the middle of writing it takes all of them or none, in whatever order the disk wrote its pages.
/// </summary>
/// <remarks>
/// 24 bytes of header, little endian: payload length (4), CRC-32C (4) of the rest of the header and the payload, first
/// sequence (8), number of transactions (4), reserved (4). The payload is, for each transaction, its number of rows (4) and, for
/// each row, its length (4) and its bytes.
/// </remarks>
internal readonly record struct FrameHeader(int Length, uint Checksum, long FirstSequence, int Transactions)
{
    public const int Size = 24;

    private const int ChecksumAt = 4;
    private const int ChecksumEnd = 8;

    public long LastSequence => FirstSequence + Transactions - 1;

    public static FrameHeader Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt32LittleEndian(bytes),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[ChecksumEnd..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[(ChecksumEnd + 8)..]));

    /// <summary>Fills in the header of a whole frame, whose payload is there already.</summary>
    public static void Seal(Span<byte> frame, uint salt, long firstSequence, int transactions)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - Size);
        BinaryPrimitives.WriteInt64LittleEndian(frame[ChecksumEnd..], firstSequence);
        BinaryPrimitives.WriteInt32LittleEndian(frame[(ChecksumEnd + 8)..], transactions);
        BinaryPrimitives.WriteInt32LittleEndian(frame[(ChecksumEnd + 12)..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[ChecksumAt..], ComputeChecksum(frame, salt));
    }

    /// <summary>Whether the header could be one that follows <paramref name="lastSequence"/> with this much of the file left.</summary>
    public bool IsPlausible(long lastSequence, long bytesLeft)
    {
        // Rolled-back transactions leave gaps in the numbers; nothing leaves one of this size.
        const long maxGap = 1L << 40;
        return Length >= 0 && Length <= bytesLeft - Size && Transactions >= 0
            && FirstSequence > lastSequence && FirstSequence < lastSequence + maxGap;
    }

    public static uint ComputeChecksum(ReadOnlySpan<byte> frame, uint salt)
    {
        var checksum = BitOperations.Crc32C(~salt, BinaryPrimitives.ReadUInt32LittleEndian(frame));
        var rest = frame[ChecksumEnd..];
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(rest))
        {
            checksum = BitOperations.Crc32C(checksum, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var single in rest[(rest.Length & ~7)..])
        {
            checksum = BitOperations.Crc32C(checksum, single);
        }

        return ~checksum;
    }
}
