using System.Globalization;
using System.Text;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using Xunit;

namespace DigitalTwin.Tests.Storage.Embedded;

public sealed class EmbeddedTableCrashTests : IDisposable
{
    private const int Writers = 8;
    private const int Kills = 9;
    private const int TimeoutMilliseconds = 120_000;

    private readonly TableFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Theory(Timeout = TimeoutMilliseconds)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_killed_process_loses_nothing_acknowledged_and_leaves_no_half_transaction(int seed)
    {
        var random = new Random(seed);
        var acknowledged = new long[Writers];
        for (var kill = 0; kill < Kills; kill++)
        {
            await WriteAndKillAsync(acknowledged, afterLines: random.Next(4) == 0 ? random.Next(20) : random.Next(3000));

            await using var table = folder.Open();
            await CheckAsync(table, acknowledged);
        }
    }

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task A_full_disk_is_a_clear_error_loses_nothing_and_ends_with_room()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The limit on file sizes is a Unix one.");
        var last = new Dictionary<(string Writer, long Slot), long>();
        var refusals = new List<string>();
        using var writer = CrashWriter.StartOnFullDisk(folder.Path, blocks: 512);
        var process = writer.Process;
        while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            if (line.StartsWith("full ", StringComparison.Ordinal))
            {
                refusals.Add(line);
            }
            else if (line is not ("open" or "after"))
            {
                var (name, number) = Parse(line);
                last[($"{name}", number % 4)] = number;
            }
        }

        await process.WaitForExitAsync(Cancel);

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(Writers, refusals.Count);
        Assert.All(refusals, refusal => Assert.Contains("could not be stored", refusal, StringComparison.Ordinal));
        await using var table = folder.Open();
        Assert.NotNull(await table.GetAsync(new("AFTER", "AFTER"), Cancel));
        foreach (var ((name, slot), number) in last)
        {
            Assert.Equal(number, (await table.GetAsync(new($"WRITER#{name}", $"{slot}"), Cancel))!.Version);
        }

        foreach (var numbers in last.GroupBy(entry => entry.Key.Writer))
        {
            Assert.Equal(numbers.Max(entry => entry.Value) + 1, (await table.GetAsync(new("COUNT", numbers.Key), Cancel))!.Counter);
        }
    }

    /// <summary>Kills at once after so many lines; what was printed by then still comes through the pipe.</summary>
    private async Task WriteAndKillAsync(long[] acknowledged, int afterLines)
    {
        using var writing = CrashWriter.Start(folder.Path);
        var process = writing.Process;
        var lines = 0;
        while (await process.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            if (lines++ == afterLines)
            {
                process.Kill();
            }

            if (line != "open")
            {
                var (writer, number) = Parse(line);
                Assert.Equal(acknowledged[writer], number);
                acknowledged[writer]++;
            }
        }

        await process.WaitForExitAsync(Cancel);
        Assert.NotEqual(0, process.ExitCode);
    }

    private static (int Writer, long Number) Parse(string line)
    {
        var parts = line.Split(' ');
        Assert.Equal(2, parts.Length);
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    private static async Task CheckAsync(EmbeddedTable table, long[] acknowledged)
    {
        long total = 0;
        for (var writer = 0; writer < Writers; writer++)
        {
            var sorts = await SortsAsync(table, new TableQuery { Partition = $"WRITER#{writer}", Limit = 1000 });
            var expected = Enumerable.Range(0, sorts.Count).Select(i => $"{i:D8}");

            // Each writer had one write in flight, which may or may not have become durable before the kill.
            Assert.InRange(sorts.Count, acknowledged[writer], acknowledged[writer] + 1);
            Assert.Equal(expected, sorts);
            Assert.Equal(sorts, await SortsAsync(table, new TableQuery { Partition = $"PAIR#{writer}", Limit = 1000 }));
            Assert.Equal(sorts.Count, (await table.GetAsync(new("COUNT", $"{writer}"), Cancel))?.Counter ?? 0);
            var last = await table.GetAsync(new("LAST", $"{writer}"), Cancel);
            Assert.Equal(sorts.Count - 1, last is null ? -1 : long.Parse(Encoding.UTF8.GetString(last.Body.Span), CultureInfo.InvariantCulture));
            acknowledged[writer] = sorts.Count;
            total += sorts.Count;
        }

        Assert.Equal(total, (await table.GetAsync(new("COUNT", "all"), Cancel))?.Counter ?? 0);
        Assert.Equal(total, (await SortsAsync(table, new TableQuery { Partition = "ALL", Index = TableIndex.Gsi1, Limit = 1000 })).Count);
    }

    private static async Task<List<string>> SortsAsync(EmbeddedTable table, TableQuery query)
    {
        var sorts = new List<string>();
        for (TableQuery? next = query; next is not null;)
        {
            var page = await table.QueryAsync(next, Cancel);
            sorts.AddRange(page.Items.Select(item => item.Key.SK));
            next = page.Next is { } after ? query with { After = after } : null;
        }

        return sorts;
    }
}
