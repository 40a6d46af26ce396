using DigitalTwin.Storage;

namespace DigitalTwin.Jobs;

/// <summary>What the owner sees of the jobs, and may do about them.</summary>
internal sealed class JobControl(ITable table, JobKinds kinds, IJobBell bell, TimeProvider clock)
{
    /// <summary>The jobs of a state: those still to come in the order of their time, those that ended with the last one first.</summary>
    public async ValueTask<JobList> ListAsync(JobState state, PageRequest page, CancellationToken cancellationToken)
    {
        var descending = state is JobState.Done or JobState.Failed;
        var found = new List<(TableItem Item, string Sort)>();
        for (var shard = 0; shard < JobKeys.Shards; shard++)
        {
            var query = new TableQuery
            {
                Partition = JobKeys.Partition(state, shard),
                Index = TableIndex.Gsi1,
                Descending = descending,
                Limit = page.Limit + 1,
                After = page.After,
            };
            found.AddRange((await table.QueryAsync(query, cancellationToken)).Items.Select(item => (item, item.Gsi1!.Value.SK)));
        }

        // The sort key ends with the id, so a position means the same in every shard.
        found.Sort((a, b) => string.CompareOrdinal(a.Sort, b.Sort) * (descending ? -1 : 1));
        var shown = found.Take(page.Limit).ToList();
        var next = found.Count > page.Limit ? new TableCursor(shown[^1].Sort, shown[^1].Item.Key).ToString() : null;
        return new JobList([.. shown.Select(entry => StoredJob.Of(entry.Item).View)], next);
    }

    /// <summary>Makes a failed or waiting job due now, with all of its tries before it.</summary>
    public async ValueTask<JobChange> RetryAsync(string id)
    {
        while (await FindAsync(id) is { } job)
        {
            if (job.Record.State is not (JobState.Failed or JobState.Ready))
            {
                return new JobChange.Refused(job.View);
            }

            var ready = job.Next(job.Record with { State = JobState.Ready, DueAt = clock.GetUtcNow(), Attempts = 0, FinishedAt = null });
            if ((await table.WriteAsync(new[] { ready.Replace() })).Committed)
            {
                await bell.RingAsync(id, ready.Record.DueAt);
                return new JobChange.Made(ready.View);
            }
        }

        return JobChange.Missing;
    }

    /// <summary>Removes a job that is not running; its handler first clears up what only the job would have seen to.</summary>
    public async ValueTask<JobChange> DropAsync(string id, CancellationToken cancellationToken)
    {
        while (await FindAsync(id) is { } job)
        {
            if (job.Record.State is JobState.Running)
            {
                return new JobChange.Refused(job.View);
            }

            var handler = job.Record.State is JobState.Done ? null : kinds.Handler(job.Record.Kind);
            var writes = handler is null ? [] : await handler.DropAsync(job.Run, cancellationToken);
            if ((await table.WriteAsync(new[] { job.Delete() }.Concat(writes).ToArray(), CancellationToken.None)).Committed)
            {
                return new JobChange.Made(job.View);
            }
        }

        return JobChange.Missing;
    }

    private async ValueTask<StoredJob?> FindAsync(string id) =>
        JobKeys.IsId(id) && await table.GetAsync(JobKeys.Job(id)) is { } item ? StoredJob.Of(item) : null;
}

internal abstract record JobChange
{
    private JobChange()
    {
    }

    public static JobChange Missing { get; } = new Absent();

    public sealed record Made(JobView Job) : JobChange;

    /// <summary>The job is in a state that does not allow it.</summary>
    public sealed record Refused(JobView Job) : JobChange;

    private sealed record Absent : JobChange;
}
