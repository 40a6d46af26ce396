using System.Buffers.Binary;

namespace DigitalTwin.Storage.Embedded;

/// <summary>
/// An item, or the deletion of one, as one byte array: what memory keeps, the log writes and the snapshot copies. One array an
/// item keeps a million of them small and cheap for the garbage collector. Never changed once it is in the store.
/// </summary>
/// <remarks>
/// Layout, little endian: 8 bytes of log sequence (memory only), then what is stored: version, counter and expiry of 8 bytes, a
/// byte of flags, six lengths of 2 bytes, the six key texts in UTF-8, and the body to the end.
/// </remarks>
internal readonly struct Row(byte[] bytes)
{
    public const int SequenceBytes = 8;
    public const int HeaderBytes = LengthsAt + (6 * sizeof(ushort));

    public const byte ExpiresFlag = 1;
    public const byte Gsi1Flag = 2;
    public const byte Gsi2Flag = 4;
    public const byte DeletedFlag = 8;

    private const int VersionAt = SequenceBytes;
    private const int CounterAt = VersionAt + 8;
    private const int ExpiresAtAt = CounterAt + 8;
    private const int FlagsAt = ExpiresAtAt + 8;
    private const int LengthsAt = FlagsAt + 1;

    private readonly byte[]? bytes = bytes;

    public bool IsNull => bytes is null;

    /// <summary>The bytes in memory, sequence included.</summary>
    public int Size => bytes!.Length;

    /// <summary>What the log and the snapshot hold of the row.</summary>
    public ReadOnlySpan<byte> Stored => bytes.AsSpan(SequenceBytes);

    /// <summary>The transaction that wrote the row; set once, before the row enters the store.</summary>
    public long Sequence
    {
        get => BinaryPrimitives.ReadInt64LittleEndian(bytes);
        set => BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
    }

    public long Version
    {
        get => Int64At(VersionAt);
        set => BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(VersionAt), value);
    }

    public long Counter
    {
        get => Int64At(CounterAt);
        set => BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(CounterAt), value);
    }

    public long? ExpiresAt
    {
        get => Has(ExpiresFlag) ? Int64At(ExpiresAtAt) : null;
        set
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(ExpiresAtAt), value ?? 0);
            bytes![FlagsAt] |= value is null ? (byte)0 : ExpiresFlag;
        }
    }

    public byte Flags
    {
        get => bytes![FlagsAt];
        set => bytes![FlagsAt] = value;
    }

    public ReadOnlySpan<byte> PK => bytes.AsSpan(HeaderBytes, Length(0));

    public ReadOnlySpan<byte> SK => bytes.AsSpan(HeaderBytes + Length(0), Length(1));

    /// <summary>Aliases the row's own array, which nobody changes.</summary>
    public ReadOnlyMemory<byte> Body => bytes.AsMemory(TextEnd(6));

    public bool IsDeletion => Has(DeletedFlag);

    public bool Has(byte flag) => (bytes![FlagsAt] & flag) != 0;

    /// <summary>Past its expiry at <paramref name="now"/>, in Unix seconds.</summary>
    public bool IsExpired(long now) => Has(ExpiresFlag) && Int64At(ExpiresAtAt) <= now;

    public bool IsIn(TableIndex index) => index switch
    {
        TableIndex.Gsi1 => Has(Gsi1Flag),
        TableIndex.Gsi2 => Has(Gsi2Flag),
        _ => true,
    };

    /// <summary>The partition key in the table or in an index that the row is in.</summary>
    public ReadOnlySpan<byte> PartitionIn(TableIndex index) => Text(2 * (int)index);

    /// <summary>The sort key in the table or in an index that the row is in.</summary>
    public ReadOnlySpan<byte> SortIn(TableIndex index) => Text((2 * (int)index) + 1);

    /// <summary>One of the six key texts: PK, SK, and the two of each index.</summary>
    public ReadOnlySpan<byte> Text(int ordinal) => bytes.AsSpan(TextEnd(ordinal), Length(ordinal));

    public void SetLength(int ordinal, int length) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(LengthsAt + (2 * ordinal)), (ushort)length);

    public Row Copy() => new((byte[])bytes!.Clone());

    private int TextEnd(int count)
    {
        var end = HeaderBytes;
        for (var i = 0; i < count; i++)
        {
            end += Length(i);
        }

        return end;
    }

    private int Length(int ordinal) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(LengthsAt + (2 * ordinal)));

    private long Int64At(int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(offset));
}
