using System.Globalization;
using System.Text;
using DigitalTwin.CrashWriter;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using Microsoft.Extensions.Logging.Abstractions;

// Writes to a table for a test that kills this process, or that lets its disk run full. A line goes to the console only
// after what it says is durable.
var output = Console.OpenStandardOutput();
var printing = new Lock();
if (args[1] == "jobs")
{
    await JobsMode.RunAsync(args[0], int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture), Print);
    return;
}

var full = args[1] == "fill";
var options = new EmbeddedTableOptions { Folder = args[0], CompactAtBytes = full ? long.MaxValue : 64 << 10, CompactAtRatio = 0.5 };
await using var table = EmbeddedTable.Open(options, TimeProvider.System, NullLogger<EmbeddedTable>.Instance);
Print("open");
await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() => full ? FillAsync(writer) : WriteAsync(writer))));
await table.ScrubAsync();
await table.WriteAsync(new[] { TableWrite.Put(new TableItem { Key = new("AFTER", "AFTER") }) });
Print("after");

async Task WriteAsync(int writer)
{
    for (var i = (await table.GetAsync(new("COUNT", $"{writer}")))?.Counter ?? 0; ; i++)
    {
        var key = new ItemKey($"WRITER#{writer}", $"{i:D8}");
        var result = await table.WriteAsync(new[]
        {
            TableWrite.Put(new TableItem { Key = key, Gsi1 = new("ALL", $"{i}") }, WriteCondition.Absent),
            TableWrite.Put(new TableItem { Key = new($"PAIR#{writer}", key.SK), Body = Encoding.UTF8.GetBytes(new string('x', 200)) }, WriteCondition.Absent),
            TableWrite.Put(new TableItem { Key = new("LAST", $"{writer}"), Body = Encoding.UTF8.GetBytes($"{i}") }),
            TableWrite.Add(new("COUNT", $"{writer}"), 1),
            TableWrite.Add(new("COUNT", "all"), 1),
        });
        Print(result.Committed ? $"{writer} {i}" : $"refused {writer} {i} {result.FailedWrite}");
    }
}

async Task FillAsync(int writer)
{
    try
    {
        for (var i = 0; ; i++)
        {
            var item = new TableItem { Key = new($"WRITER#{writer}", $"{i % 4}"), Version = i, Body = new byte[1000] };
            await table.WriteAsync(new[] { TableWrite.Put(item), TableWrite.Add(new("COUNT", $"{writer}"), 1) });
            Print($"{writer} {i}");
        }
    }
    catch (StorageUnavailableException e)
    {
        Print($"full {writer} {e.Message}");
    }
}

void Print(string line)
{
    lock (printing)
    {
        output.Write(Encoding.UTF8.GetBytes(line + "\n"));
    }
}
