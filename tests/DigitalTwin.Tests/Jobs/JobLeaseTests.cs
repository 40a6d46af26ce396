using DigitalTwin.Jobs;
using DigitalTwin.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Jobs;

/// <summary>Who has a job, and who had it: leases, fences, several workers on one table.</summary>
public sealed class JobLeaseTests : IAsyncDisposable
{
    private static readonly ItemKey Effect = new("EFFECT", "1");
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private readonly JobsHost host = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_worker_that_overstays_its_lease_can_write_nothing_any_more()
    {
        var (entered, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Work = async (job, _) =>
        {
            if (job.Attempt == 1)
            {
                entered.SetResult();
                await go.Task;
            }

            return JobOutcome.Done(TableWrite.Add(Effect, job.Attempt));
        };
        var second = host.NewWorker().GetRequiredService<JobRunner>();
        var id = await host.LeaveAsync();
        var overstaying = host.RunAsync(id);
        await entered.Task;

        host.Clock.Advance(Lease - TimeSpan.FromTicks(1));
        var early = await second.RunAsync(id, Cancel);
        host.Clock.Advance(TimeSpan.FromTicks(1));
        var sweep = await second.SweepAsync(Cancel);
        go.SetResult();

        Assert.Equal(JobRunResult.NotDue, early);
        Assert.Equal(1, sweep.Ran);
        Assert.Equal(JobRunResult.Lost, await overstaying);
        Assert.Equal(2, await host.CountAsync(Effect));
        Assert.Equal((JobState.Done, 2), ((await host.RecordAsync(id)).State, (await host.RecordAsync(id)).Attempts));
    }

    [Fact]
    public async Task A_worker_that_overstays_its_lease_does_not_end_the_try_of_the_next()
    {
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        var entered = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        host.Work = async (job, _) =>
        {
            entered[job.Attempt - 1].SetResult();
            await gates[job.Attempt - 1].Task;
            return JobOutcome.Retry($"{job.Attempt}");
        };
        var second = host.NewWorker().GetRequiredService<JobRunner>();
        var id = await host.LeaveAsync();
        var first = host.RunAsync(id);
        await entered[0].Task;
        host.Clock.Advance(Lease);
        var next = second.RunAsync(id, Cancel);
        await entered[1].Task;

        gates[0].SetResult();
        Assert.Equal(JobRunResult.Lost, await first);
        var meanwhile = await host.RecordAsync(id);
        gates[1].SetResult();

        Assert.Equal(JobRunResult.Again, await next);
        Assert.Equal((JobState.Running, null), (meanwhile.State, meanwhile.Reason));
        Assert.Equal("2", (await host.RecordAsync(id)).Reason);
    }

    [Fact]
    public async Task A_handler_is_told_when_its_lease_is_over_and_is_tried_again()
    {
        var entered = new TaskCompletionSource();
        host.Work = async (_, cancellation) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return JobOutcome.Done();
        };
        var id = await host.LeaveAsync();
        var run = host.RunAsync(id);
        await entered.Task;

        host.Clock.Advance(Lease);

        Assert.Equal(JobRunResult.Again, await run);
        Assert.Equal(("It took longer than its lease.", 1), ((await host.RecordAsync(id)).Reason, (await host.RecordAsync(id)).Attempts));
    }

    [Fact]
    public async Task A_job_that_ends_its_process_each_time_fails_in_the_end()
    {
        host.Work = (_, _) => throw new InvalidOperationException("not reached");
        var id = await host.LeaveAsync();
        for (var attempt = 1; attempt <= 8; attempt++)
        {
            // What a killed process leaves behind: taken, and never finished.
            var job = (await host.FindAsync(id))!;
            var taken = job.Next(job.Record with { State = JobState.Running, Attempts = attempt, LeaseUntil = host.Clock.GetUtcNow() + Lease });
            Assert.True(await host.WriteAsync(taken.Replace()));
            Assert.Equal(JobRunResult.NotDue, await host.RunAsync(id));
            host.Clock.Advance(Lease);
        }

        var sweep = await host.SweepAsync();

        var record = await host.RecordAsync(id);
        Assert.Equal((1, JobState.Failed, "The last try did not come to its end."), (sweep.Ran, record.State, record.Reason));
        Assert.Empty(host.Tries);
    }

    [Fact(Timeout = 60_000)]
    public async Task Workers_on_one_table_share_the_jobs_and_do_each_once()
    {
        host.Work = async (job, _) =>
        {
            await Task.Yield();
            return JobOutcome.Done(TableWrite.Add(new("EFFECT", job.Payload), 1), TableWrite.Add(Effect, 1));
        };
        for (var i = 0; i < 500; i++)
        {
            await host.LeaveAsync($"e{i}");
        }

        var runners = Enumerable.Range(0, 4).Select(_ => host.NewWorker().GetRequiredService<JobRunner>()).ToList();
        var sweeps = await Task.WhenAll(runners.Select(runner => Task.Run(() => runner.SweepAsync(Cancel))));

        Assert.Equal(500, sweeps.Sum(sweep => sweep.Ran));
        Assert.Equal(500, host.Tries.Count);
        Assert.Equal(500, await host.CountAsync(Effect));
    }

    [Fact]
    public async Task A_job_that_is_given_back_runs_at_once_elsewhere_and_the_try_does_not_count()
    {
        host.Work = async (_, cancellation) =>
        {
            await Task.Delay(host.Tries.Count == 1 ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, cancellation);
            return JobOutcome.Done();
        };
        var id = await host.LeaveAsync();
        using var stop = new CancellationTokenSource();
        var run = host.Runner.RunAsync(id, stop.Token);

        await stop.CancelAsync();

        Assert.Equal(JobRunResult.Released, await run);
        Assert.Equal((JobState.Ready, 0), ((await host.RecordAsync(id)).State, (await host.RecordAsync(id)).Attempts));
        Assert.Equal(1, (await host.SweepAsync()).Ran);
        Assert.Equal([1, 1], host.Tries.Select(job => job.Attempt));
    }

    [Fact]
    public async Task A_sweep_that_is_cancelled_takes_no_more_and_throws_nothing()
    {
        using var stop = new CancellationTokenSource();
        host.Work = async (_, cancellation) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
            return JobOutcome.Done();
        };
        for (var i = 0; i < 20; i++)
        {
            await host.LeaveAsync();
        }

        var sweep = await host.Runner.SweepAsync(stop.Token);
        host.Work = (_, _) => new(JobOutcome.Done());

        Assert.Equal(0, sweep.Ran);
        Assert.InRange(host.Tries.Count, 1, 4);
        Assert.Equal(20, (await host.SweepAsync()).Ran);
    }

    [Fact]
    public async Task A_job_that_is_taken_back_while_it_waits_is_gone()
    {
        var id = await host.LeaveAsync(key: "k");

        Assert.True(await host.Board.WithdrawAsync(JobsHost.Kind, "k"));
        Assert.False(await host.Board.WithdrawAsync(JobsHost.Kind, "k"));

        Assert.Equal(JobRunResult.Missing, await host.RunAsync(id));
        Assert.Empty(host.Tries);
    }

    [Fact]
    public async Task A_run_here_is_over_when_its_job_has_been_taken_back()
    {
        var (entered, ended) = (new TaskCompletionSource(), false);
        host.Work = async (_, cancellation) =>
        {
            entered.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellation);
            }
            finally
            {
                ended = true;
            }

            return JobOutcome.Done();
        };
        var id = await host.LeaveAsync(key: "k");
        var run = host.RunAsync(id);
        await entered.Task;

        Assert.True(await host.Board.WithdrawAsync(JobsHost.Kind, "k"));

        Assert.True(ended);
        Assert.Null(await host.FindAsync(id));
        Assert.Equal(JobRunResult.Lost, await run);
    }

    [Fact]
    public async Task A_run_elsewhere_cannot_finish_and_the_job_clears_up_after_its_lease()
    {
        var (entered, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        host.Work = async (_, _) =>
        {
            if (host.Tries.Count == 1)
            {
                entered.SetResult();
                await go.Task;
            }

            return JobOutcome.Done(TableWrite.Add(Effect, host.Tries.Count));
        };
        var elsewhere = host.NewWorker().GetRequiredService<JobRunner>();
        var id = await host.LeaveAsync(key: "k");
        var run = elsewhere.RunAsync(id, Cancel);
        await entered.Task;

        Assert.True(await host.Board.WithdrawAsync(JobsHost.Kind, "k"));
        go.SetResult();
        Assert.Equal(JobRunResult.Lost, await run);
        Assert.Equal(JobRunResult.NotDue, await host.RunAsync(id));
        host.Clock.Advance(Lease);
        Assert.Equal(1, (await host.SweepAsync()).Ran);

        Assert.Equal(2, await host.CountAsync(Effect));
    }
}
