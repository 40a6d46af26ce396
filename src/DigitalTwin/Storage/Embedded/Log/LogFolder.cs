using System.Globalization;

namespace DigitalTwin.Storage.Embedded.Log;

/// <summary>The names of the table's files: one snapshot, and the log segments from the snapshot's number on.</summary>
internal sealed class LogFolder(string path)
{
    private const string SegmentPrefix = "log-";

    public string Path => path;

    public string Snapshot => System.IO.Path.Combine(path, "snapshot");

    /// <summary>A snapshot being written; left behind by a crash, it is nobody's.</summary>
    public string UnfinishedSnapshot => System.IO.Path.Combine(path, "snapshot.new");

    public string Segment(long number) => System.IO.Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{SegmentPrefix}{number:D10}"));

    /// <summary>The numbers of the segments that are there, ascending.</summary>
    public IReadOnlyList<long> Segments() =>
        [.. Directory.EnumerateFiles(path, SegmentPrefix + "*")
            .Select(file => System.IO.Path.GetFileName(file)[SegmentPrefix.Length..])
            .Where(name => name.Length == 10 && name.All(char.IsAsciiDigit))
            .Select(name => long.Parse(name, CultureInfo.InvariantCulture))
            .Order()];

    /// <summary>Removes the segments that a snapshot has made superfluous, for good.</summary>
    public void DeleteSegmentsBefore(long number)
    {
        foreach (var old in Segments().Where(segment => segment < number))
        {
            File.Delete(Segment(old));
        }

        DataFolder.Flush(path);
    }
}
