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
                        TableComparison.AssertSame(model.Get(get.Key, now), await table.GetAsync(get.Key));
                        break;
                    case TableOperation.Query query:
                        TableComparison.AssertSame(query.Value, model.Query(query.Value, now), await TableComparison.PagesAsync(table, query.Value));
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
}
