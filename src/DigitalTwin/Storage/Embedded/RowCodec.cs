using System.Text;

namespace DigitalTwin.Storage.Embedded;

/// <summary>Turns items and keys into rows, and rows into items.</summary>
internal static class RowCodec
{
    public static Row Encode(TableItem item)
    {
        var utf8 = TableGuard.Utf8;
        var length = KeyBytes(item.Key.PK, item.Key.SK) + KeyBytes(item.Gsi1?.PK, item.Gsi1?.SK) + KeyBytes(item.Gsi2?.PK, item.Gsi2?.SK);
        var bytes = new byte[Row.HeaderBytes + length + item.Body.Length];
        var row = new Row(bytes)
        {
            Version = item.Version,
            Counter = item.Counter,
            ExpiresAt = item.ExpiresAt,
        };
        row.Flags |= (byte)((item.Gsi1 is null ? 0 : Row.Gsi1Flag) | (item.Gsi2 is null ? 0 : Row.Gsi2Flag));
        var rest = bytes.AsSpan(Row.HeaderBytes);
        WriteText(row, 0, item.Key.PK, ref rest);
        WriteText(row, 1, item.Key.SK, ref rest);
        WriteText(row, 2, item.Gsi1?.PK, ref rest);
        WriteText(row, 3, item.Gsi1?.SK, ref rest);
        WriteText(row, 4, item.Gsi2?.PK, ref rest);
        WriteText(row, 5, item.Gsi2?.SK, ref rest);
        item.Body.Span.CopyTo(rest);
        return row;

        int KeyBytes(string? pk, string? sk) => pk is null ? 0 : utf8.GetByteCount(pk) + utf8.GetByteCount(sk!);
    }

    /// <summary>A row that says only which key is meant: a deletion in the log, or a key to look for.</summary>
    public static Row EncodeDeletion(ItemKey key)
    {
        var row = Encode(new TableItem { Key = key });
        row.Flags = Row.DeletedFlag;
        return row;
    }

    /// <summary>The counter that <paramref name="write"/> would start.</summary>
    public static Row EncodeCounter(TableWrite write) =>
        Encode(new TableItem { Key = write.Key, Counter = write.Amount, ExpiresAt = write.ExpiresAt });

    /// <param name="pk">The primary partition key when the caller has it as a text already, which saves a copy an item.</param>
    public static TableItem Decode(Row row, string? pk = null) => new()
    {
        Key = new ItemKey(pk ?? Text(row.PK), Text(row.SK)),
        Gsi1 = row.Has(Row.Gsi1Flag) ? new IndexKey(Text(row.Text(2)), Text(row.Text(3))) : null,
        Gsi2 = row.Has(Row.Gsi2Flag) ? new IndexKey(Text(row.Text(4)), Text(row.Text(5))) : null,
        Version = row.Version,
        ExpiresAt = row.ExpiresAt,
        Counter = row.Counter,
        Body = row.Body,
    };

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static void WriteText(Row row, int ordinal, string? text, ref Span<byte> rest)
    {
        if (text is not null)
        {
            var written = TableGuard.Utf8.GetBytes(text, rest);
            row.SetLength(ordinal, written);
            rest = rest[written..];
        }
    }
}
