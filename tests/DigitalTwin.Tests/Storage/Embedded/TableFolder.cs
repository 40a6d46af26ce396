using System.Text;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DigitalTwin.Tests.Storage.Embedded;

/// <summary>A folder with an embedded table in it, opened and reopened by a test.</summary>
internal sealed class TableFolder : IDisposable
{
    private readonly TempFolder folder = new();

    public string Path => folder.Path;

    public ManualTimeProvider Time { get; } = new();

    public string FirstSegment => folder.File("log-0000000001");

    public string Snapshot => folder.File("snapshot");

    public EmbeddedTable Open(HeldFlush? disk = null, ILogger<EmbeddedTable>? logger = null) =>
        EmbeddedTable.Open(Options(disk), Time, logger ?? NullLogger<EmbeddedTable>.Instance);

    public SortedDictionary<string, string> Content() => folder.Content();

    public void Dispose() => folder.Dispose();

    public static TableWrite Put(string sort, string body = "{}", string partition = "P", IndexKey? gsi1 = null) =>
        TableWrite.Put(new TableItem { Key = new(partition, sort), Gsi1 = gsi1, Body = Encoding.UTF8.GetBytes(body) });

    private EmbeddedTableOptions Options(HeldFlush? disk)
    {
        var options = new EmbeddedTableOptions { Folder = folder.Path };
        return disk is null ? options : options with { Flush = disk.Flush };
    }
}
