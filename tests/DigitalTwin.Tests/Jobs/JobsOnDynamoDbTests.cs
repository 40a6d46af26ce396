using Amazon.DynamoDBv2;
using DigitalTwin.Jobs;
using DigitalTwin.Storage;
using DigitalTwin.Storage.Aws;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace DigitalTwin.Tests.Jobs;

/// <summary>Jobs on the table that several processes share, in the emulator.</summary>
[Collection(OneMoto.Name)]
public sealed class JobsOnDynamoDbTests(MotoServer moto) : IAsyncLifetime
{
    private const int Count = 12;
    private static readonly ItemKey Effect = new("EFFECT", "all");
    private readonly JobsHost host = new();
    private AmazonDynamoDBClient client = null!;
    private DynamoDbTable table = null!;
    private IServiceProvider here = null!;
    private IServiceProvider there = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var name = TwinId.New("table-");
        client = moto.Gate.DynamoDb();
        await AwsStorage.CreateTableAsync(client, name);
        table = new DynamoDbTable(client, name, host.Clock, NullLogger<DynamoDbTable>.Instance);
        (here, there) = (host.NewWorker(table), host.NewWorker(table));
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        client?.Dispose();
    }

    [Fact(Timeout = 60_000)]
    public async Task Processes_share_the_jobs_and_do_each_once()
    {
        host.Work = (job, _) => new(JobOutcome.Done(TableWrite.Add(new("EFFECT", job.Payload), 1), TableWrite.Add(Effect, 1)));
        for (var i = 0; i < Count; i++)
        {
            await LeaveAsync($"e{i}");
        }

        var sweeps = await Task.WhenAll(RunnerOf(here).SweepAsync(Cancel), RunnerOf(there).SweepAsync(Cancel));

        // Transactions that meet at one counter are refused now and then; such a job is tried again.
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await RunnerOf(here).SweepAsync(Cancel);
        Assert.InRange(sweeps.Sum(sweep => sweep.Ran), Count, Count * 2);
        Assert.Equal(Count, (await table.GetAsync(Effect, Cancel))!.Counter);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refused_write_of_the_outcome_is_told_from_a_lost_fence()
    {
        host.Work = (_, _) => new(JobOutcome.Done(TableWrite.Check(new("NEVER", "THERE"), WriteCondition.Present)));
        var refused = await LeaveAsync("refused");
        Assert.Equal(JobRunResult.Again, await RunnerOf(here).RunAsync(refused, Cancel));

        host.Work = async (job, _) =>
        {
            await LeaveAsync("newer", job.Payload);
            return JobOutcome.Done();
        };
        var replaced = await LeaveAsync("k", "k");
        Assert.Equal(JobRunResult.Lost, await RunnerOf(here).RunAsync(replaced, Cancel));
        Assert.True(await here.GetRequiredService<JobBoard>().WithdrawAsync(JobsHost.Kind, "k"));
        Assert.Equal(JobRunResult.Missing, await RunnerOf(there).RunAsync(replaced, Cancel));
    }

    private static JobRunner RunnerOf(IServiceProvider process) => process.GetRequiredService<JobRunner>();

    private async Task<string> LeaveAsync(string payload, string? key = null)
    {
        var job = here.GetRequiredService<JobBoard>().Prepare(JobsHost.Kind, payload, key: key);
        Assert.True((await table.WriteAsync(new[] { job.Write }, Cancel)).Committed);
        return job.Id;
    }
}
