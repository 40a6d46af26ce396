namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// Brings the table back from its files: the snapshot, then the segments from the snapshot's number on. Nothing on the disk is
/// changed before all of it was read and found good.
/// </summary>
internal sealed partial class Recovery(LogFolder folder, RowStore rows, EmbeddedTableOptions options, ILogger logger)
{
    private long lastSequence;
    private long bytes;

    public RecoveredLog Run()
    {
        var first = ReadSnapshot();
        var numbers = folder.Segments().Where(number => number >= first).ToList();
        CheckComplete(first, numbers);
        if (numbers.Count == 0)
        {
            return new RecoveredLog(SegmentFile.Create(folder, first, options), lastSequence, 0);
        }

        TornSegment? end = null;
        foreach (var number in numbers)
        {
            end = ReadSegment(number, isLast: number == numbers[^1]);
        }

        RemoveLeftovers(first);
        return new RecoveredLog(Resume(end!.Value), lastSequence, bytes);
    }

    private long ReadSnapshot()
    {
        if (!File.Exists(folder.Snapshot))
        {
            return 1;
        }

        var cut = SnapshotFile.Read(folder.Snapshot, rows);
        lastSequence = cut.Sequence;
        return cut.Segment;
    }

    private void CheckComplete(long first, List<long> numbers)
    {
        // A snapshot is put in place only after the segment behind it exists, so that one is never rightly missing.
        var expected = first;
        foreach (var number in numbers)
        {
            if (number != expected++)
            {
                throw new StorageCorruptException($"'{folder.Segment(expected - 1)}' is missing, though a later segment is there. Nothing was changed.");
            }
        }

        if (numbers.Count == 0 && File.Exists(folder.Snapshot))
        {
            throw new StorageCorruptException($"'{folder.Segment(first)}' is missing, though the snapshot needs it. Nothing was changed.");
        }
    }

    private TornSegment ReadSegment(long number, bool isLast)
    {
        var path = folder.Segment(number);
        using var file = DataFolder.OpenRead(path);
        var length = RandomAccess.GetLength(file.SafeFileHandle);
        if (ReadHeader(file, path, isLast && length <= LogFileHeader.Size) is not { } header)
        {
            return new TornSegment(number, Header: null, Length: 0, Torn: length);
        }

        var reader = new FrameReader(file.SafeFileHandle, path, header, mayBeTorn: isLast);
        RowPipe.Run(
            reader.Read(lastSequence).Select(frame => FrameReader.ReadRows(frame.Payload.Span, frame.Header.Transactions)),
            rows.Replay);
        lastSequence = reader.LastSequence;
        bytes += reader.Position;
        return new TornSegment(number, header, reader.Position, reader.TornBytes);
    }

    /// <summary>A segment's header is flushed before its first frame: torn, it is the whole file.</summary>
    private static LogFileHeader? ReadHeader(FileStream file, string path, bool mayBeTorn)
    {
        var bytes = new byte[LogFileHeader.Size];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return LogFileHeader.TryRead(bytes.AsSpan(0, read), LogFileHeader.SegmentMagic) ?? (mayBeTorn
            ? null
            : throw new StorageCorruptException($"'{path}' is damaged at offset 0: it does not begin as a log segment does. Nothing was changed."));
    }

    private SegmentFile Resume(TornSegment end)
    {
        if (end.Torn > 0)
        {
            Log.DroppedTail(logger, folder.Segment(end.Number), end.Length, end.Torn);
        }

        return end.Header is { } header
            ? SegmentFile.Resume(folder, header, end.Length, options)
            : SegmentFile.Create(folder, end.Number, options);
    }

    private void RemoveLeftovers(long first)
    {
        if (File.Exists(folder.UnfinishedSnapshot))
        {
            File.Delete(folder.UnfinishedSnapshot);
        }

        if (folder.Segments().Any(number => number < first))
        {
            folder.DeleteSegmentsBefore(first);
        }
    }

    private readonly record struct TornSegment(long Number, LogFileHeader? Header, long Length, long Torn);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "{File} ended in an incomplete record, which was never acknowledged: dropped {Bytes} bytes at offset {Offset}")]
        public static partial void DroppedTail(ILogger logger, string file, long offset, long bytes);
    }
}

/// <param name="Segment">The segment to go on with.</param>
/// <param name="Bytes">The log's size since the snapshot.</param>
internal readonly record struct RecoveredLog(SegmentFile Segment, long LastSequence, long Bytes);
