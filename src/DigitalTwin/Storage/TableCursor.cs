using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace DigitalTwin.Storage;

/// <summary>
/// A position in a partition: the sort key last read and the item's primary key. As text it is base64url and opaque; a cursor names
/// no partition, so one made for another query only moves the position within this query's own partition.
/// </summary>
public sealed record TableCursor(string Sort, ItemKey Key)
{
    private const char Separator = '\n';

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Join(Separator, Sort, Key.PK, Key.SK)));

    /// <summary>False for a text that <see cref="ToString"/> did not make.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out TableCursor? cursor)
    {
        cursor = null;
        if (text is null or { Length: 0 or > 4096 } || !Base64Url.IsValid(text))
        {
            return false;
        }

        try
        {
            var parts = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Base64Url.DecodeFromChars(text)).Split(Separator);
            cursor = parts.Length == 3 && parts.All(TableGuard.IsKey)
                ? new TableCursor(parts[0], new ItemKey(parts[1], parts[2]))
                : null;
            return cursor is not null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return false;
        }
    }
}
