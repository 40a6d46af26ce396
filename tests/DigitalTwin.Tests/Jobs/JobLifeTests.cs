using DigitalTwin.Jobs;
using DigitalTwin.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Jobs;

/// <summary>The life of one job, step by step on a clock of the test's own.</summary>
public sealed class JobLifeTests : IAsyncDisposable
{
    private static readonly ItemKey Effect = new("EFFECT", "1");
    private readonly JobsHost host = new();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Fact]
    public async Task A_job_and_its_cause_are_written_together_or_not_at_all()
    {
        var refused = host.Board.Prepare(JobsHost.Kind, "p");
        var made = host.Board.Prepare(JobsHost.Kind, "p");

        await host.WriteAsync(TableWrite.Check(Effect, WriteCondition.Present), refused.Write);
        await host.WriteAsync(TableWrite.Add(Effect, 1), made.Write);
        await host.SweepAsync();

        Assert.Null(await host.FindAsync(refused.Id));
        Assert.Equal(made.Id, Assert.Single(host.Tries).Id);
    }

    [Fact]
    public async Task A_finished_job_keeps_no_payload_and_is_forgotten_after_a_day()
    {
        var id = await host.LeaveAsync("of-somebody");

        Assert.Equal(JobRunResult.Done, await host.RunAsync(id));
        var done = await host.RecordAsync(id);
        host.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        var kept = await host.FindAsync(id);
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((JobState.Done, "", 1), (done.State, done.Payload, done.Attempts));
        Assert.NotNull(kept);
        Assert.Null(await host.FindAsync(id));
        Assert.Equal("of-somebody", Assert.Single(host.Tries).Payload);
    }

    [Fact]
    public async Task A_job_that_has_time_waits_for_it_however_often_a_bell_rings()
    {
        var id = await host.LeaveAsync(dueAt: host.Clock.GetUtcNow() + TimeSpan.FromHours(2));

        Assert.Equal(JobRunResult.NotDue, await host.RunAsync(id));
        var sweep = await host.SweepAsync();
        host.Clock.Advance(TimeSpan.FromHours(2) - TimeSpan.FromTicks(1));
        Assert.Equal(JobRunResult.NotDue, await host.RunAsync(id));
        host.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(JobRunResult.Done, await host.RunAsync(id));

        Assert.Equal((0, (await host.RecordAsync(id)).DueAt), (sweep.Ran, sweep.NextDueAt!.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("j-")]
    [InlineData("j-AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("j-AAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("s-AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("../../etc/passwd")]
    public async Task A_bell_for_what_is_no_job_is_for_nothing(string id) => Assert.Equal(JobRunResult.Missing, await host.RunAsync(id));

    [Fact]
    public async Task Duplicate_bells_run_a_job_once()
    {
        host.Work = (job, _) => new(JobOutcome.Done(TableWrite.Add(Effect, 1)));
        var id = await host.LeaveAsync();

        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => host.RunAsync(id))));

        Assert.Equal(JobRunResult.Done, Assert.Single(results, result => result != JobRunResult.NotDue));
        Assert.Single(host.Tries);
        Assert.Equal(1, await host.CountAsync(Effect));
    }

    [Fact]
    public async Task Retries_come_within_their_growing_caps_and_the_eighth_failure_is_the_last()
    {
        host.Work = (_, _) => new(JobOutcome.Retry("The other side is down."));
        var id = await host.LeaveAsync();
        var caps = new List<double>();

        for (var attempt = 1; attempt < 8; attempt++)
        {
            var before = host.Clock.GetUtcNow();
            Assert.Equal(JobRunResult.Again, await host.RunAsync(id));
            var record = await host.RecordAsync(id);
            caps.Add(JobRetries.Cap(attempt).TotalSeconds);
            Assert.Equal((JobState.Ready, attempt, "The other side is down."), (record.State, record.Attempts, record.Reason));
            Assert.InRange(record.DueAt, before, before + TimeSpan.FromSeconds(Math.Min(900, 30 * Math.Pow(2, attempt - 1))));
            host.Clock.Advance(record.DueAt - before);
        }

        Assert.Equal(JobRunResult.Failed, await host.RunAsync(id));
        var failed = await host.RecordAsync(id);
        host.Clock.Advance(TimeSpan.FromDays(400));
        await host.SweepAsync();

        Assert.Equal([30, 60, 120, 240, 480, 900, 900], caps);
        Assert.Equal((JobState.Failed, 8, "The other side is down."), (failed.State, failed.Attempts, failed.Reason));
        Assert.Equal(Enumerable.Range(1, 8), host.Tries.Select(run => run.Attempt));
        Assert.NotNull(await host.FindAsync(id));
    }

    [Fact]
    public void Delays_fill_the_whole_range_under_the_cap()
    {
        Assert.Equal(TimeSpan.Zero, JobRetries.DelayAfter(3, 0));
        Assert.Equal(TimeSpan.FromSeconds(60), JobRetries.DelayAfter(3, 0.5));
        Assert.Equal(TimeSpan.FromSeconds(450), JobRetries.DelayAfter(8, 0.5));
    }

    [Fact]
    public async Task An_exception_is_a_failed_try_and_its_text_goes_nowhere()
    {
        host.Work = (_, _) => throw new HttpRequestException("+4912345678 is unreachable");
        var id = await host.LeaveAsync();

        await host.RunAsync(id);

        Assert.Equal("HttpRequestException", (await host.RecordAsync(id)).Reason);
    }

    [Fact]
    public async Task A_failure_for_good_is_not_tried_again()
    {
        host.Work = (_, _) => new(JobOutcome.Fail("The number is not on WhatsApp."));
        var id = await host.LeaveAsync();

        Assert.Equal(JobRunResult.Failed, await host.RunAsync(id));
        Assert.Equal("The number is not on WhatsApp.", (await host.RecordAsync(id)).Reason);
    }

    [Fact]
    public async Task A_job_that_runs_again_of_its_own_wish_has_all_of_its_tries()
    {
        var later = host.Clock.GetUtcNow() + TimeSpan.FromMinutes(10);
        host.Work = (job, _) => new(job.Attempt == 1 ? JobOutcome.Retry("once") : JobOutcome.Again(later, TableWrite.Add(Effect, 1)));
        var id = await host.LeaveAsync();

        await host.RunAsync(id);
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(JobRunResult.Again, await host.RunAsync(id));

        var record = await host.RecordAsync(id);
        Assert.Equal((JobState.Ready, 0, null, later), (record.State, record.Attempts, record.Reason, record.DueAt));
        Assert.Equal(1, await host.CountAsync(Effect));
    }

    [Fact]
    public async Task A_job_whose_writes_are_refused_is_tried_again_and_writes_nothing()
    {
        host.Work = (_, _) => new(JobOutcome.Done(TableWrite.Add(new("EFFECT", "2"), 1), TableWrite.Check(Effect, WriteCondition.Present)));
        var id = await host.LeaveAsync();

        Assert.Equal(JobRunResult.Again, await host.RunAsync(id));
        Assert.Equal(0, await host.CountAsync(new("EFFECT", "2")));
        await host.WriteAsync(TableWrite.Add(Effect, 1));
        host.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(JobRunResult.Done, await host.RunAsync(id));
        Assert.Equal(1, await host.CountAsync(new("EFFECT", "2")));
    }

    [Fact]
    public async Task A_kind_that_nobody_knows_is_tried_like_any_other_and_fails_with_its_reason()
    {
        var id = await host.LeaveAsync(kind: "of-tomorrow");
        for (var i = 0; i < 8; i++)
        {
            await host.RunAsync(id);
            host.Clock.Advance(TimeSpan.FromSeconds(900));
        }

        var record = await host.RecordAsync(id);
        Assert.Equal((JobState.Failed, "This version does not know such jobs."), (record.State, record.Reason));
    }

    [Fact]
    public async Task With_a_key_there_is_one_job_which_moves()
    {
        var first = await host.LeaveAsync("1", host.Clock.GetUtcNow() + TimeSpan.FromMinutes(1), "k");
        var second = await host.LeaveAsync("2", host.Clock.GetUtcNow() + TimeSpan.FromMinutes(2), "k");
        var other = await host.LeaveAsync("3", host.Clock.GetUtcNow() + TimeSpan.FromMinutes(2), "other");
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, (await host.SweepAsync()).Ran);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.SweepAsync();

        Assert.Equal(first, second);
        Assert.NotEqual(first, other);
        Assert.DoesNotContain("k", first[2..], StringComparison.Ordinal);
        Assert.Equal(["2", "3"], host.Tries.Select(run => run.Payload).Order());
    }

    [Fact]
    public async Task A_cause_that_comes_while_its_job_runs_makes_it_run_again()
    {
        host.Work = async (job, _) =>
        {
            if (host.Tries.Count == 1)
            {
                await host.LeaveAsync("2", key: "k");
            }

            return JobOutcome.Done(TableWrite.Add(Effect, 1));
        };
        var id = await host.LeaveAsync("1", key: "k");

        Assert.Equal(JobRunResult.Lost, await host.RunAsync(id));
        Assert.Equal(JobRunResult.Done, await host.RunAsync(id));

        Assert.Equal(["1", "2"], host.Tries.Select(run => run.Payload));
        Assert.Equal(1, await host.CountAsync(Effect));
    }

    [Fact]
    public async Task A_sweep_takes_more_than_a_page_and_each_job_once()
    {
        var due = host.Clock.GetUtcNow();
        for (var i = 0; i < 400; i++)
        {
            await host.LeaveAsync($"{i % 2 * 1000 + i:D4}", due + TimeSpan.FromSeconds(i % 2 * 1000 + i));
        }

        host.Clock.Advance(TimeSpan.FromSeconds(399));
        var first = await host.SweepAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(1000));
        var second = await host.SweepAsync();

        Assert.Equal((200, due + TimeSpan.FromSeconds(1001)), (first.Ran, first.NextDueAt));
        Assert.Equal((200, null), (second.Ran, second.NextDueAt));
        Assert.Equal(400, host.Tries.Select(run => run.Id).Distinct().Count());
    }

    [Fact]
    public async Task What_a_lagging_index_still_shows_is_not_run_again()
    {
        var table = new LaggingIndex(host.Table);
        var worker = host.NewWorker(table);
        await host.LeaveAsync("done");
        await table.FreezeAsync();
        await host.SweepAsync();
        await host.LeaveAsync("new");

        var stale = await worker.GetRequiredService<JobRunner>().SweepAsync(TestContext.Current.CancellationToken);
        table.Thaw();
        var fresh = await worker.GetRequiredService<JobRunner>().SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal((0, 1), (stale.Ran, fresh.Ran));
        Assert.Equal(["done", "new"], host.Tries.Select(run => run.Payload));
    }

    [Fact]
    public async Task Behind_all_that_a_lagging_index_still_shows_what_is_due_is_found()
    {
        var table = new LaggingIndex(host.Table);
        var worker = host.NewWorker(table);
        for (var i = 0; i < 400; i++)
        {
            await host.LeaveAsync($"{i}");
        }

        await host.LeaveAsync("later", host.Clock.GetUtcNow() + TimeSpan.FromSeconds(1));
        await table.FreezeAsync();
        await host.SweepAsync();
        host.Clock.Advance(TimeSpan.FromSeconds(1));

        var stale = await worker.GetRequiredService<JobRunner>().SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal((1, "later"), (stale.Ran, host.Tries[^1].Payload));
    }

    /// <summary>A table whose indexes show what they did when they were frozen.</summary>
    private sealed class LaggingIndex(ITable inner) : ITable
    {
        private Dictionary<string, TablePage>? frozen;

        public bool WritesInOrder => inner.WritesInOrder;

        public bool IsShared => inner.IsShared;

        public async Task FreezeAsync()
        {
            var pages = new Dictionary<string, TablePage>();
            foreach (var partition in from state in Enum.GetValues<JobState>() from shard in Enumerable.Range(0, JobKeys.Shards) select JobKeys.Partition(state, shard))
            {
                pages[partition] = await inner.QueryAsync(new TableQuery { Partition = partition, Index = TableIndex.Gsi1, Limit = 1000 });
            }

            frozen = pages;
        }

        public void Thaw() => frozen = null;

        public ValueTask<TableItem?> GetAsync(ItemKey key, CancellationToken cancellationToken) => inner.GetAsync(key, cancellationToken);

        public ValueTask<TablePage> QueryAsync(TableQuery query, CancellationToken cancellationToken) =>
            frozen is { } pages ? new(PageOf(pages[query.Partition].Items, query)) : inner.QueryAsync(query, cancellationToken);

        public ValueTask<WriteResult> WriteAsync(ReadOnlyMemory<TableWrite> writes, CancellationToken cancellationToken) =>
            inner.WriteAsync(writes, cancellationToken);

        public ValueTask ScrubAsync(CancellationToken cancellationToken) => inner.ScrubAsync(cancellationToken);

        private static TablePage PageOf(IReadOnlyList<TableItem> all, TableQuery query)
        {
            var rest = all.SkipWhile(item => query.After is { } after && string.CompareOrdinal(item.Gsi1!.Value.SK, after.Sort) <= 0).ToList();
            var page = rest.Take(query.Limit).ToList();
            return new TablePage(page, page.Count < rest.Count ? new TableCursor(page[^1].Gsi1!.Value.SK, page[^1].Key) : null);
        }
    }
}
