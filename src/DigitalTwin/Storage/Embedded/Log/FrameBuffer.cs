using System.Buffers.Binary;

namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>A frame in the making: room for the header, then rows as they are added.</summary>
internal sealed class FrameBuffer
{
    /// <summary>More than this is never kept between frames, so that one large transaction does not cost memory for ever.</summary>
    private const int MaxKept = 1 << 20;

    private byte[] bytes = [];
    private int length = FrameHeader.Size;

    public int Length => length;

    public bool IsEmpty => length == FrameHeader.Size;

    public void StartTransaction(int rows) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), rows);

    public void Add(Row row)
    {
        var stored = row.Stored;
        var room = Take(sizeof(int) + stored.Length);
        BinaryPrimitives.WriteInt32LittleEndian(room, stored.Length);
        stored.CopyTo(room[sizeof(int)..]);
    }

    public void Add(long number) => BinaryPrimitives.WriteInt64LittleEndian(Take(sizeof(long)), number);

    /// <summary>The finished frame; good until the buffer is used again.</summary>
    public ReadOnlySpan<byte> Seal(uint salt, long firstSequence, int transactions)
    {
        if (IsEmpty)
        {
            length = 0;
            Take(FrameHeader.Size);
        }

        var frame = bytes.AsSpan(0, length);
        FrameHeader.Seal(frame, salt, firstSequence, transactions);
        return frame;
    }

    public void Clear()
    {
        length = FrameHeader.Size;
        if (bytes.Length > MaxKept)
        {
            bytes = [];
        }
    }

    private Span<byte> Take(int count)
    {
        if (bytes.Length - length < count)
        {
            const int smallest = 4096;
            var grown = GC.AllocateUninitializedArray<byte>(Math.Max(smallest, checked(Math.Max(bytes.Length * 2, length + count))));
            bytes.CopyTo(grown, 0);
            bytes = grown;
        }

        length += count;
        return bytes.AsSpan(length - count, count);
    }
}
