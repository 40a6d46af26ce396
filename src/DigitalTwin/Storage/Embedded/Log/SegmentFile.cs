namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// The log segment that is written to. <see cref="DurableLength"/> is the truth: what lies behind it was never acknowledged, and
/// the next write overwrites it.
/// </summary>
internal sealed class SegmentFile : IDisposable
{
    private readonly FileStream file;
    private readonly EmbeddedTableOptions options;
    private readonly uint salt;

    private SegmentFile(FileStream file, EmbeddedTableOptions options, LogFileHeader header, long length)
    {
        this.file = file;
        this.options = options;
        salt = header.Salt;
        Number = header.Number;
        DurableLength = length;
    }

    public long Number { get; }

    public long DurableLength { get; private set; }

    /// <summary>A new, durable, empty segment.</summary>
    public static SegmentFile Create(LogFolder folder, long number, EmbeddedTableOptions options)
    {
        var path = folder.Segment(number);
        var file = DataFolder.Open(path, FileMode.Create);
        try
        {
            var header = LogFileHeader.New(number);
            RandomAccess.Write(file.SafeFileHandle, header.ToBytes(LogFileHeader.SegmentMagic), 0);
            options.Flush(file.SafeFileHandle);
            DataFolder.Flush(folder.Path);
            return new SegmentFile(file, options, header, LogFileHeader.Size);
        }
        catch
        {
            file.Dispose();
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Opens the last segment to go on behind its last good frame; what is behind that is cut off.</summary>
    public static SegmentFile Resume(LogFolder folder, LogFileHeader header, long length, EmbeddedTableOptions options)
    {
        var segment = new SegmentFile(DataFolder.Open(folder.Segment(header.Number), FileMode.Open), options, header, length);
        try
        {
            if (segment.file.Length > length)
            {
                segment.Truncate();
            }

            return segment;
        }
        catch (Exception e) when (DataFolder.IsFileError(e))
        {
            segment.Dispose();
            throw;
        }
    }

    public void Write(FrameBuffer frame, long firstSequence, int transactions) =>
        RandomAccess.Write(file.SafeFileHandle, frame.Seal(salt, firstSequence, transactions), DurableLength);

    /// <summary>Makes <paramref name="written"/> more bytes durable.</summary>
    public void Flush(int written)
    {
        options.Flush(file.SafeFileHandle);
        DurableLength += written;
    }

    /// <summary>Takes back a write that was not flushed.</summary>
    public void Truncate()
    {
        RandomAccess.SetLength(file.SafeFileHandle, DurableLength);
        options.Flush(file.SafeFileHandle);
    }

    public void Dispose() => file.Dispose();
}
