using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Tests.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DigitalTwin.Tests.Storage.Embedded;

public sealed class EmbeddedTablePropertyTests
{
    /// <summary>The histories are the same in every run; a failure prints the shrunken one.</summary>
    [Fact]
    public void A_random_history_with_reopenings_reads_as_the_model_says()
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(250).WithEndSize(120).WithReplay(17, 4711);

        Prop.ForAll(TableOperations.Histories, history => RunAsync(history).GetAwaiter().GetResult()).Check(config);
    }

    private static async Task RunAsync(TableOperation[] history)
    {
        using var folder = new TempFolder();
        var time = new ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(TableOperations.Start));
        var model = new TableModel();
        var table = Open();
        try
        {
            foreach (var operation in history)
            {
                var now = time.GetUtcNow().ToUnixTimeSeconds();
                switch (operation)
                {
                    case TableOperation.Write write:
                        Assert.Equal(model.Write(write.Writes, now), await table.WriteAsync(write.Writes.ToArray()));
                        break;
                    case TableOperation.Get get:
                        AssertSame(model.Get(get.Key, now), await table.GetAsync(get.Key));
                        break;
                    case TableOperation.Query query:
                        AssertSame(query.Value, model.Query(query.Value, now), await PagesAsync(table, query.Value));
                        break;
                    case TableOperation.Wait wait:
                        time.Advance(TimeSpan.FromSeconds(wait.Seconds));
                        break;
                    case TableOperation.Scrub:
                        await table.ScrubAsync();
                        break;
                    default:
                        await table.DisposeAsync();
                        table = Open();
                        break;
                }
            }
        }
        finally
        {
            await table.DisposeAsync();
        }

        EmbeddedTable Open() => EmbeddedTable.Open(new EmbeddedTableOptions { Folder = folder.Path }, time, NullLogger<EmbeddedTable>.Instance);
    }

    private static async Task<List<TableItem>> PagesAsync(EmbeddedTable table, TableQuery query)
    {
        var items = new List<TableItem>();
        for (var next = query; ;)
        {
            var page = await table.QueryAsync(next);
            Assert.True(page.Items.Count <= query.Limit);
            items.AddRange(page.Items);
            if (page.Next is null)
            {
                return items;
            }

            next = query with { After = page.Next };
        }
    }

    /// <summary>The port leaves open in which order items with the same index sort key come.</summary>
    private static void AssertSame(TableQuery query, List<TableItem> expected, List<TableItem> actual)
    {
        Assert.Equal(expected.Select(Sort), actual.Select(Sort));
        foreach (var (one, other) in expected.OrderBy(Tie).Zip(actual.OrderBy(Tie)))
        {
            AssertSame(one, other);
        }

        string Sort(TableItem item) => query.Index switch
        {
            TableIndex.Gsi1 => item.Gsi1!.Value.SK,
            TableIndex.Gsi2 => item.Gsi2!.Value.SK,
            _ => item.Key.SK,
        };

        static (string, string) Tie(TableItem item) => (item.Key.PK, item.Key.SK);
    }

    private static void AssertSame(TableItem? expected, TableItem? actual)
    {
        Assert.Equal(expected is null ? null : expected with { Body = default }, actual is null ? null : actual with { Body = default });
        Assert.Equal(expected?.Body.ToArray(), actual?.Body.ToArray());
    }
}
