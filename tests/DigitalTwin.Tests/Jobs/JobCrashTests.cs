using System.Globalization;
using System.Text;
using DigitalTwin.Jobs;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Embedded;
using DigitalTwin.Storage.Embedded.Objects;
using DigitalTwin.Tests.Storage.Embedded;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DigitalTwin.Tests.Jobs;

/// <summary>SIGKILL at every step of the life of a job: before and after each of its writes, and in the middle of its work.</summary>
public sealed class JobCrashTests
{
    private const int TimeoutMilliseconds = 300_000;
    private const int Killed = 137;
    private static readonly string[] Effects = ["0", "1", "2", "3"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task Whatever_the_step_every_job_has_its_effect_once_after_the_restart()
    {
        var kills = 0;
        for (var step = 1; ; step++)
        {
            using var folder = new TempFolder();
            if (await RunAsync(folder, killAt: step, start: 0) == 0)
            {
                break;
            }

            kills++;
            // And again at an early step of the second life, where leases that ran out are taken over.
            var again = await RunAsync(folder, killAt: 1 + (step % 9), start: 1);
            Assert.Contains(again, new[] { 0, Killed });
            Assert.Equal(0, await RunAsync(folder, killAt: 0, start: 2));
            await CheckAsync(folder, step);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"killed at {kills} steps"));
        Assert.InRange(kills, 30, 60);
    }

    private static async Task<int> RunAsync(TempFolder folder, int killAt, int start)
    {
        using var writer = CrashWriter.StartOnJobs(folder.Path, killAt, start);
        var output = await writer.Process.StandardOutput.ReadToEndAsync(Cancel);
        await writer.Process.WaitForExitAsync(Cancel);
        Assert.True(writer.Process.ExitCode is 0 or Killed, $"It ended with {writer.Process.ExitCode}: {output}");
        Assert.Equal(writer.Process.ExitCode == 0, output.Contains("done", StringComparison.Ordinal));
        return writer.Process.ExitCode;
    }

    private static async Task CheckAsync(TempFolder folder, int step)
    {
        await using var table = EmbeddedTable.Open(
            new EmbeddedTableOptions { Folder = folder.File("table") }, TimeProvider.System, NullLogger<EmbeddedTable>.Instance);
        using var objects = FileObjectStore.Open(folder.File("objects"), TimeProvider.System);
        foreach (var effect in Effects)
        {
            var counter = await table.GetAsync(new ItemKey("EFFECT", effect), Cancel);
            Assert.True(counter?.Counter == 1, $"Killed at step {step}: effect {effect} happened {counter?.Counter ?? 0} times.");
            Assert.Equal(effect, Encoding.UTF8.GetString((await objects.GetAsync($"effects/{effect}", cancellationToken: Cancel))!.Content.Span));
        }

        Assert.Equal(1, (await table.GetAsync(new ItemKey("FIRST", "2"), Cancel))!.Counter);
        foreach (var state in Enum.GetValues<JobState>())
        {
            Assert.Equal(state is JobState.Done ? Effects.Length : 0, await CountAsync(table, state));
        }
    }

    private static async Task<int> CountAsync(EmbeddedTable table, JobState state)
    {
        var count = 0;
        for (var shard = 0; shard < JobKeys.Shards; shard++)
        {
            var query = new TableQuery { Partition = JobKeys.Partition(state, shard), Index = TableIndex.Gsi1, Limit = 100 };
            count += (await table.QueryAsync(query, Cancel)).Items.Count;
        }

        return count;
    }
}
