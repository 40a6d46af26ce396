using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// Reads the frames of one file in order. A frame that fails its checksum is either what a crash left of the last write, when
/// nothing valid is behind it and the file may have such a tail, or damage.
/// </summary>
internal sealed class FrameReader(SafeFileHandle file, string path, LogFileHeader header, bool mayBeTorn)
{
    private readonly long fileLength = RandomAccess.GetLength(file);
    private byte[] buffer = [];

    /// <summary>Where the good frames end; once <see cref="Read"/> is done, the length of the good file.</summary>
    public long Position { get; private set; } = LogFileHeader.Size;

    public long LastSequence { get; private set; }

    /// <summary>Bytes of a torn last write behind <see cref="Position"/>.</summary>
    public long TornBytes => fileLength - Position;

    /// <summary>The frames; the payload is good until the next one is read.</summary>
    /// <param name="sequence">The last sequence before this file.</param>
    /// <exception cref="StorageCorruptException">A bad frame that is no torn tail.</exception>
    public IEnumerable<(FrameHeader Header, ReadOnlyMemory<byte> Payload)> Read(long sequence)
    {
        LastSequence = sequence;
        while (Position < fileLength)
        {
            if (TryReadAt(Position) is not { } frame)
            {
                ThrowUnlessTorn();
                yield break;
            }

            Position += FrameHeader.Size + frame.Length;
            LastSequence = Math.Max(LastSequence, frame.LastSequence);
            yield return (frame, buffer.AsMemory(FrameHeader.Size, frame.Length));
        }
    }

    /// <summary>The rows of a payload, for each transaction in turn, with room for their sequence.</summary>
    public static List<Row> ReadRows(ReadOnlySpan<byte> payload, int transactions)
    {
        var rows = new List<Row>();
        for (; transactions > 0; transactions--)
        {
            var count = TakeInt32(ref payload);
            for (; count > 0; count--)
            {
                var length = TakeInt32(ref payload);
                var bytes = GC.AllocateUninitializedArray<byte>(Row.SequenceBytes + length);
                bytes.AsSpan(0, Row.SequenceBytes).Clear();
                payload[..length].CopyTo(bytes.AsSpan(Row.SequenceBytes));
                payload = payload[length..];
                rows.Add(new Row(bytes));
            }
        }

        return rows;
    }

    private static int TakeInt32(ref ReadOnlySpan<byte> bytes)
    {
        var value = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        bytes = bytes[sizeof(int)..];
        return value;
    }

    private FrameHeader? TryReadAt(long offset)
    {
        if (fileLength - offset < FrameHeader.Size)
        {
            return null;
        }

        Fill(offset, FrameHeader.Size, keep: 0);
        var frame = FrameHeader.Read(buffer);
        if (!frame.IsPlausible(LastSequence, fileLength - offset))
        {
            return null;
        }

        var size = FrameHeader.Size + frame.Length;
        Fill(offset, size, keep: FrameHeader.Size);
        return FrameHeader.ComputeChecksum(buffer.AsSpan(0, size), header.Salt) == frame.Checksum ? frame : null;
    }

    private void Fill(long offset, int size, int keep)
    {
        if (buffer.Length < size)
        {
            var grown = GC.AllocateUninitializedArray<byte>(Math.Max(size, 64 << 10));
            buffer.AsSpan(0, keep).CopyTo(grown);
            buffer = grown;
        }

        for (var filled = keep; filled < size;)
        {
            var read = RandomAccess.Read(file, buffer.AsSpan(filled, size - filled), offset + filled);
            filled += read > 0 ? read : throw new StorageCorruptException($"'{path}' ended while it was read, at offset {offset + filled}.");
        }
    }

    private void ThrowUnlessTorn()
    {
        if (!mayBeTorn || HasValidFrameBehind(Position))
        {
            throw new StorageCorruptException($"'{path}' is damaged at offset {Position}: the record there fails its checksum. Nothing was changed.");
        }
    }

    /// <summary>The damaged frame's length cannot be trusted, so a good frame may begin at any byte behind it.</summary>
    private bool HasValidFrameBehind(long bad)
    {
        const int window = 1 << 20;
        var bytes = new byte[window + FrameHeader.Size];
        for (var start = bad + 1; start < fileLength; start += window)
        {
            var read = ReadFully(bytes, start);
            for (var i = 0; i < window && i + FrameHeader.Size <= read; i++)
            {
                var frame = FrameHeader.Read(bytes.AsSpan(i));
                if (frame.Transactions > 0 && frame.IsPlausible(LastSequence, fileLength - start - i) && TryReadAt(start + i) is not null)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private int ReadFully(byte[] bytes, long offset)
    {
        var filled = 0;
        while (filled < bytes.Length)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(filled), offset + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled;
    }
}
