using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DigitalTwin.Storage.Embedded.Objects;

/// <summary>
/// One version of one object as a file that needs no other to be understood: lines of text that describe it, then the content. A
/// version without content marks a deletion.
/// </summary>
/// <param name="IsDeletion">Whether the object is absent from this version on.</param>
internal sealed record ObjectFile(string Path, ObjectInfo Info, bool IsDeletion)
{
    private const string Magic = "DTWINOBJ 1";
    private const int MaxHeaderBytes = 4096;
    private const int Lines = 7;

    public static string ETagOf(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Writes the version beside its final name, flushes it, and moves it there: it is there whole or not at all.</summary>
    public void Write(ReadOnlySpan<byte> content)
    {
        var unfinished = Path + FileObjectStore.UnfinishedSuffix;
        try
        {
            using (var file = DataFolder.Open(unfinished, FileMode.Create))
            {
                file.Write(Header());
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, Path);
            DataFolder.Flush(System.IO.Path.GetDirectoryName(Path)!);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Reads what the file says of itself.</summary>
    /// <exception cref="StorageCorruptException">It is no such file.</exception>
    public static ObjectFile ReadInfo(string path)
    {
        using var file = DataFolder.OpenRead(path);
        var bytes = new byte[MaxHeaderBytes];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var header = HeaderLength(bytes.AsSpan(0, read));
        var lines = Encoding.UTF8.GetString(bytes, 0, header).Split('\n');
        return lines.Length == Lines + 1 && lines[0] == Magic
            && long.TryParse(lines[4], CultureInfo.InvariantCulture, out var size)
            && long.TryParse(lines[5], CultureInfo.InvariantCulture, out var storedAt)
            && RandomAccess.GetLength(file.SafeFileHandle) == header + size
                ? new ObjectFile(
                    path,
                    new ObjectInfo(lines[1], System.IO.Path.GetFileName(path), lines[3], lines[2], size, DateTimeOffset.FromUnixTimeMilliseconds(storedAt)),
                    lines[6] == "deleted")
                : throw Damaged(path);
    }

    /// <exception cref="StorageCorruptException">The content is not what was stored.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadContentAsync(CancellationToken cancellationToken)
    {
        var bytes = await File.ReadAllBytesAsync(Path, cancellationToken);
        var header = HeaderLength(bytes);
        var content = bytes.AsMemory(header);
        return content.Length == Info.Size && ETagOf(content.Span) == Info.ETag ? content : throw Damaged(Path);
    }

    private static int HeaderLength(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        for (var line = 0; line < Lines; line++)
        {
            var end = bytes[length..].IndexOf((byte)'\n');
            if (end < 0)
            {
                return 0;
            }

            length += end + 1;
        }

        return length;
    }

    private static StorageCorruptException Damaged(string path) => new($"The object file '{path}' is damaged.");

    private byte[] Header() => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{Magic}\n{Info.Key}\n{Info.MediaType}\n{Info.ETag}\n{Info.Size}\n{Info.StoredAt.ToUnixTimeMilliseconds()}\n{(IsDeletion ? "deleted" : "stored")}\n"));
}
