using DigitalTwin.Storage;

namespace DigitalTwin.Jobs;

/// <summary>
/// Runs jobs: one that a bell rang for, or all that are due. Any number of processes may do so at once on one table.
/// </summary>
/// <remarks>
/// Due jobs are found in an index, which may lag behind. It only says where to look: whether a job is due, and whose it is, its item
/// says.
/// </remarks>
public sealed class JobRunner : IDisposable
{
    private const int Hands = 4;
    private const int PageSize = 25;

    private readonly ITable table;
    private readonly JobTries tries;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim hands = new(Hands);

    internal JobRunner(ITable table, JobTries tries, TimeProvider clock) => (this.table, this.tries, this.clock) = (table, tries, clock);

    /// <summary>
    /// Runs this job if it is due and nobody else has it. That it fails is no exception: its item then holds the reason and the next try.
    /// When the token is cancelled the job is given back, and the try does not count. Throws <see cref="StorageUnavailableException"/>
    /// when the table cannot be read or written.
    /// </summary>
    public Task<JobRunResult> RunAsync(string jobId, CancellationToken cancellationToken) => tries.TryAsync(jobId, cancellationToken);

    /// <summary>
    /// Runs every due job, and those whose worker let its lease run out, a few at a time, until there is none or the token is cancelled;
    /// what is left, the next sweep finds. Throws <see cref="StorageUnavailableException"/>.
    /// </summary>
    public async Task<JobSweep> SweepAsync(CancellationToken cancellationToken)
    {
        var runs = new List<Task<JobRunResult>>();
        await StartDueAsync(runs.Add, cancellationToken);
        var results = await Task.WhenAll(runs);
        var left = await FindAsync([]);
        return new JobSweep(
            results.Count(result => result is JobRunResult.Done or JobRunResult.Again or JobRunResult.Failed), left.Count == 0 ? null : left[0].At);
    }

    public void Dispose() => hands.Dispose();

    /// <summary>
    /// Starts the due jobs one after the other, each when a hand is free, and each once. Returns when none is left to start, with the time
    /// at which the next one is due or a lease ends.
    /// </summary>
    internal async Task<DateTimeOffset?> StartDueAsync(Action<Task<JobRunResult>> started, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            var now = clock.GetUtcNow();
            var jobs = await FindAsync(seen);
            var due = jobs.FindAll(job => job.IsDue(now) && seen.Add(job.Id));
            if (due.Count == 0)
            {
                return jobs.Find(job => !job.IsDue(now))?.At;
            }

            foreach (var job in due)
            {
                if (cancellationToken.IsCancellationRequested)
                {
                    return null;
                }

                // A hand is free soon after the token is cancelled: the tries end with it.
                await hands.WaitAsync(CancellationToken.None);
                started(WithHandAsync(job.Id, cancellationToken));
            }
        }
    }

    private async Task<JobRunResult> WithHandAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await tries.TryAsync(id, cancellationToken);
        }
        finally
        {
            hands.Release();
        }
    }

    /// <summary>
    /// The first jobs of each part of the index, in the order of their times. A part that begins with a page of jobs that were all seen,
    /// which an index that lags behind still shows, is read on.
    /// </summary>
    private async ValueTask<List<StoredJob>> FindAsync(HashSet<string> seen)
    {
        var jobs = new List<StoredJob>();
        foreach (var state in new[] { JobState.Ready, JobState.Running })
        {
            for (var shard = 0; shard < JobKeys.Shards; shard++)
            {
                var query = new TableQuery { Partition = JobKeys.Partition(state, shard), Index = TableIndex.Gsi1, Limit = PageSize };
                TablePage page;
                do
                {
                    page = await table.QueryAsync(query);
                    jobs.AddRange(page.Items.Select(StoredJob.Of));
                    query = query with { After = page.Next };
                }
                while (page.Next is not null && page.Items.All(item => seen.Contains(JobKeys.IdOf(item.Key))));
            }
        }

        jobs.Sort((a, b) => a.At.CompareTo(b.At));
        return jobs;
    }
}

/// <summary>What became of a request to run a job. After each of them a message that asked for it has served.</summary>
public enum JobRunResult
{
    Done,

    /// <summary>It runs again at a later time: of its own wish, or because this try failed.</summary>
    Again,

    /// <summary>It was given up.</summary>
    Failed,

    /// <summary>It was given back because the process ends.</summary>
    Released,

    /// <summary>It was replaced, withdrawn or taken over meanwhile; the end of this run was not written.</summary>
    Lost,

    /// <summary>It has time, or somebody else has it.</summary>
    NotDue,

    /// <summary>There is no such job any more.</summary>
    Missing,
}

/// <param name="Ran">How many jobs came to an end of their try.</param>
/// <param name="NextDueAt">When the next job is due, or the lease of somebody else's ends; null when there is none.</param>
public sealed record JobSweep(int Ran, DateTimeOffset? NextDueAt);
