using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>
/// All live rows in one file, in frames like the log's, ended by an empty frame that counts them. The header's number is the
/// first segment to replay on top. Rows may be newer than that segment's beginning; replaying it brings them to the same state.
/// </summary>
internal sealed class SnapshotFile : IDisposable
{
    private const int FrameBytes = 256 << 10;

    /// <summary>Flushing a little at a time keeps the log's own flushes, on the same disk, from waiting for all of the snapshot.</summary>
    private const int FlushBytes = 2 << 20;

    private readonly LogFolder folder;
    private readonly LogCut cut;
    private readonly FileStream file;
    private readonly LogFileHeader header;
    private readonly FrameBuffer frame = new();
    private readonly Action<SafeFileHandle> flush;
    private long position = LogFileHeader.Size;
    private long flushed;
    private long frames;
    private long count;
    private int rowsInFrame;
    private bool committed;

    /// <summary>Begins a snapshot under a temporary name.</summary>
    public SnapshotFile(LogFolder folder, LogCut cut, Action<SafeFileHandle> flush)
    {
        (this.folder, this.cut, this.flush) = (folder, cut, flush);
        file = DataFolder.Open(folder.UnfinishedSnapshot, FileMode.Create);
        header = LogFileHeader.New(cut.Segment);
        RandomAccess.Write(file.SafeFileHandle, header.ToBytes(LogFileHeader.SnapshotMagic), 0);
    }

    public void Add(Row row)
    {
        frame.StartTransaction(rows: 1);
        frame.Add(row);
        count++;
        rowsInFrame++;
        if (frame.Length >= FrameBytes)
        {
            WriteFrame();
        }
    }

    /// <summary>Makes the snapshot durable and puts it in the place of the old one.</summary>
    public void Commit()
    {
        if (rowsInFrame > 0)
        {
            WriteFrame();
        }

        frame.Add(count);
        frame.Add(cut.Sequence);
        WriteFrame();
        flush(file.SafeFileHandle);
        File.Move(folder.UnfinishedSnapshot, folder.Snapshot, overwrite: true);
        committed = true;
        DataFolder.Flush(folder.Path);
    }

    /// <summary>What was not committed is removed: on a full disk its room is needed.</summary>
    public void Dispose()
    {
        file.Dispose();
        if (!committed)
        {
            File.Delete(folder.UnfinishedSnapshot);
        }
    }

    /// <summary>Loads a snapshot into empty rows and says where the log goes on.</summary>
    /// <exception cref="StorageCorruptException">Any byte of it is wrong.</exception>
    public static LogCut Read(string path, RowStore rows)
    {
        using var file = DataFolder.OpenRead(path);
        var bytes = new byte[LogFileHeader.Size];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var header = LogFileHeader.TryRead(bytes.AsSpan(0, read), LogFileHeader.SnapshotMagic)
            ?? throw new StorageCorruptException($"'{path}' is damaged at offset 0: it does not begin as a snapshot does. Nothing was changed.");
        var reader = new FrameReader(file.SafeFileHandle, path, header, mayBeTorn: false);
        long count = 0;
        (long Count, long Sequence)? end = null;
        RowPipe.Run(Decode(), row =>
        {
            rows.Replace(default, row, sequence: 0);
            count++;
        });

        return end is { } last && last.Count == count
            ? new LogCut(header.Number, last.Sequence)
            : throw new StorageCorruptException($"'{path}' is damaged at offset {reader.Position}: it ends too early. Nothing was changed.");

        IEnumerable<List<Row>> Decode()
        {
            foreach (var (frame, payload) in reader.Read(0))
            {
                if (frame.Transactions == 0)
                {
                    end = (BinaryPrimitives.ReadInt64LittleEndian(payload.Span), BinaryPrimitives.ReadInt64LittleEndian(payload.Span[sizeof(long)..]));
                    continue;
                }

                yield return FrameReader.ReadRows(payload.Span, frame.Transactions);
            }
        }
    }

    private void WriteFrame()
    {
        // Frames are numbered by the rows before them, so that a lost one shows.
        RandomAccess.Write(file.SafeFileHandle, frame.Seal(header.Salt, ++frames, rowsInFrame), position);
        position += frame.Length;
        frames += rowsInFrame;
        rowsInFrame = 0;
        frame.Clear();
        if (position - flushed >= FlushBytes)
        {
            flush(file.SafeFileHandle);
            flushed = position;
        }
    }
}
