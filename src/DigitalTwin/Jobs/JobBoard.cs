using DigitalTwin.Storage;

namespace DigitalTwin.Jobs;

/// <summary>Where features leave work behind: durable with its cause, done once.</summary>
public sealed class JobBoard(ITable table, IJobBell bell, RunningJobs running, TimeProvider clock)
{
    /// <summary>
    /// A job to be written in the transaction of its cause, due now unless told otherwise. With a <paramref name="key"/> there is one job
    /// for the kind and the key: a newer one takes the place of the older, waiting, done or failed; a run under way loses its fence, so
    /// that its finishing is refused and the job runs again.
    /// </summary>
    /// <param name="payload">What the handler needs, such as an id; at most a few kilobytes.</param>
    public NewJob Prepare(string kind, string payload, DateTimeOffset? dueAt = null, string? key = null)
    {
        var now = clock.GetUtcNow();
        var job = StoredJob.New(
            key is null ? JobKeys.NewId() : JobKeys.IdOf(kind, key),
            new JobRecord { Kind = kind, Payload = payload, State = JobState.Ready, CreatedAt = now, DueAt = dueAt ?? now });
        return new NewJob(job.Id, job.Record.DueAt, job.Put());
    }

    /// <summary>To be called after the transaction was committed, so that the job need not wait for the next sweep.</summary>
    public ValueTask AnnounceAsync(NewJob job) => bell.RingAsync(job.Id, job.DueAt);

    /// <summary>
    /// Takes the job of that key back; false when there is none. No run of it goes on in this process afterwards. A run in another process
    /// can no longer finish, and the job runs once more after that one's lease, to clear up what it may have left.
    /// </summary>
    public async ValueTask<bool> WithdrawAsync(string kind, string key)
    {
        var id = JobKeys.IdOf(kind, key);
        while (await table.GetAsync(JobKeys.Job(id)) is { } item)
        {
            var job = StoredJob.Of(item);
            var here = running.Find(id);
            var isLeased = job.IsLeased(clock.GetUtcNow());
            if (isLeased && !await TakeAwayAsync(job))
            {
                continue;
            }

            foreach (var run in here)
            {
                await run.EndAsync();
            }

            if (isLeased && here.Count == 0)
            {
                return true;
            }

            if (!isLeased && (await table.WriteAsync(new[] { job.Delete() })).Committed)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Before the run is ended, so that a crash meanwhile leaves a job that clears up; false when the job has changed.</summary>
    private async ValueTask<bool> TakeAwayAsync(StoredJob job)
    {
        var later = job.Next(job.Record with { State = JobState.Ready, DueAt = job.At, LeaseUntil = null });
        if (!(await table.WriteAsync(new[] { later.Replace() })).Committed)
        {
            return false;
        }

        await bell.RingAsync(job.Id, job.At);
        return true;
    }
}

/// <summary>A job that is not there before <paramref name="Write"/> is committed.</summary>
public sealed record NewJob(string Id, DateTimeOffset DueAt, TableWrite Write);
