using System.Threading.Channels;
using DigitalTwin.Jobs;
using DigitalTwin.Tests.Engines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace DigitalTwin.Tests.Jobs;

/// <summary>The worker in the background of a process: when it wakes, and how it stops.</summary>
public sealed class JobWorkerTests : IAsyncDisposable
{
    private const int TimeoutMilliseconds = 30_000;
    private readonly JobsHost host = new();
    private readonly TimerWatch timers;
    private readonly Channel<JobRun> ran = Channel.CreateUnbounded<JobRun>();
    private readonly IServiceProvider process;
    private readonly IHostedService worker;

    public JobWorkerTests()
    {
        timers = new TimerWatch(host.Clock);
        process = host.NewWorker(clock: timers);
        worker = JobsHost.Background(process);
        host.Work = (job, _) =>
        {
            ran.Writer.TryWrite(job);
            return new(JobOutcome.Done());
        };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private JobBoard Board => process.GetRequiredService<JobBoard>();

    public async ValueTask DisposeAsync()
    {
        await worker.StopAsync(CancellationToken.None);
        await host.DisposeAsync();
    }

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task A_job_that_is_due_runs_as_soon_as_it_is_announced()
    {
        await worker.StartAsync(Cancel);
        Assert.Equal(TimeSpan.FromMinutes(1), await WaitingAsync());

        await LeaveAsync("now", TimeSpan.Zero, announced: true);

        Assert.Equal("now", (await ran.Reader.ReadAsync(Cancel)).Payload);
    }

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task A_job_that_has_time_runs_when_it_is_due_and_not_before()
    {
        await worker.StartAsync(Cancel);
        await WaitingAsync();
        await LeaveAsync("soon", TimeSpan.FromSeconds(20), announced: true);
        Assert.Equal(TimeSpan.FromSeconds(20), await WaitingAsync());

        host.Clock.Advance(TimeSpan.FromSeconds(20) - TimeSpan.FromTicks(1));
        var early = ran.Reader.TryPeek(out _);
        host.Clock.Advance(TimeSpan.FromTicks(1));

        Assert.False(early);
        Assert.Equal("soon", (await ran.Reader.ReadAsync(Cancel)).Payload);
    }

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task A_job_whose_bell_was_lost_runs_with_the_next_sweep()
    {
        await worker.StartAsync(Cancel);
        await WaitingAsync();
        await LeaveAsync("silent", TimeSpan.Zero, announced: false);

        host.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("silent", (await ran.Reader.ReadAsync(Cancel)).Payload);
    }

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task A_job_that_was_left_by_an_earlier_process_runs_at_the_start()
    {
        await LeaveAsync("old", TimeSpan.Zero, announced: false);

        await worker.StartAsync(Cancel);

        Assert.Equal("old", (await ran.Reader.ReadAsync(Cancel)).Payload);
    }

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task A_failed_try_is_repeated_at_its_own_time_without_a_sweep()
    {
        host.Work = (job, _) =>
        {
            ran.Writer.TryWrite(job);
            return new(job.Attempt < 3 ? JobOutcome.Retry("not yet") : JobOutcome.Done());
        };
        await worker.StartAsync(Cancel);
        await WaitingAsync();
        await LeaveAsync("stubborn", TimeSpan.Zero, announced: true);
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            Assert.Equal(attempt, (await ran.Reader.ReadAsync(Cancel)).Attempt);
            // The next timer is at most as far away as the retry's cap, or a sweep.
            while (attempt < 3 && !ran.Reader.TryPeek(out _))
            {
                host.Clock.Advance(await WaitingAsync());
                await Task.Yield();
            }
        }
    }

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task Others_run_while_one_job_takes_its_time()
    {
        var gate = new TaskCompletionSource();
        host.Work = async (job, _) =>
        {
            ran.Writer.TryWrite(job);
            if (job.Payload == "slow")
            {
                await gate.Task;
            }

            return JobOutcome.Done();
        };
        await worker.StartAsync(Cancel);
        await LeaveAsync("slow", TimeSpan.Zero, announced: true);
        Assert.Equal("slow", (await ran.Reader.ReadAsync(Cancel)).Payload);
        await LeaveAsync("quick", TimeSpan.Zero, announced: true);

        Assert.Equal("quick", (await ran.Reader.ReadAsync(Cancel)).Payload);
        gate.SetResult();
    }

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task Stopping_gives_the_job_back_and_takes_no_other()
    {
        host.Work = async (job, cancellation) =>
        {
            ran.Writer.TryWrite(job);
            await Task.Delay(Timeout.Infinite, cancellation);
            return JobOutcome.Done();
        };
        await worker.StartAsync(Cancel);
        var id = await LeaveAsync("long", TimeSpan.Zero, announced: true);
        await ran.Reader.ReadAsync(Cancel);

        await worker.StopAsync(Cancel);
        var other = await LeaveAsync("later", TimeSpan.Zero, announced: true);

        Assert.Equal((JobState.Ready, 0), ((await host.RecordAsync(id)).State, (await host.RecordAsync(id)).Attempts));
        Assert.Equal(JobState.Ready, (await host.RecordAsync(other)).State);
        Assert.False(ran.Reader.TryPeek(out _));
    }

    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task Stopping_waits_for_a_job_that_comes_to_its_end()
    {
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Work = async (job, cancellation) =>
        {
            ran.Writer.TryWrite(job);
            await using var registration = cancellation.Register(asked.SetResult);
            await go.Task;
            return JobOutcome.Done();
        };
        await worker.StartAsync(Cancel);
        var id = await LeaveAsync("ending", TimeSpan.Zero, announced: true);
        await ran.Reader.ReadAsync(Cancel);

        var stopping = worker.StopAsync(Cancel);
        await asked.Task;
        var waited = !stopping.IsCompleted;
        go.SetResult();
        await stopping;

        Assert.True(waited);
        Assert.Equal(JobState.Done, (await host.RecordAsync(id)).State);
    }

    /// <summary>Where the host has no patience, the job is left to the end of its lease.</summary>
    [Fact(Timeout = TimeoutMilliseconds)]
    public async Task Stopping_does_not_wait_for_ever()
    {
        var go = new TaskCompletionSource();
        host.Work = async (job, _) =>
        {
            ran.Writer.TryWrite(job);
            await go.Task;
            return JobOutcome.Done();
        };
        await worker.StartAsync(Cancel);
        var id = await LeaveAsync("deaf", TimeSpan.Zero, announced: true);
        await ran.Reader.ReadAsync(Cancel);

        await worker.StopAsync(new CancellationToken(canceled: true));

        Assert.Equal(JobState.Running, (await host.RecordAsync(id)).State);
        go.SetResult();
    }

    /// <summary>How long the worker will wait; leases have timers too, of exactly a minute.</summary>
    private async Task<TimeSpan> WaitingAsync() => await timers.ArmedAsync();

    private async Task<string> LeaveAsync(string payload, TimeSpan after, bool announced)
    {
        var job = Board.Prepare(JobsHost.Kind, payload, host.Clock.GetUtcNow() + after);
        Assert.True(await host.WriteAsync(job.Write));
        if (announced)
        {
            await Board.AnnounceAsync(job);
        }

        return job.Id;
    }
}
