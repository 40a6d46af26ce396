using System.Security.Cryptography;
using DigitalTwin.Storage;

namespace DigitalTwin.Jobs;

/// <summary>One try at one job: take it, do it, write down how it ended. Every step is a write under the version of the one before.</summary>
internal sealed partial class JobTries(
    ITable table, JobKinds kinds, RunningJobs running, IJobBell bell, JobSettings settings, TimeProvider clock, ILogger<JobTries> logger)
{
    private const string NotToTheEnd = "The last try did not come to its end.";
    private const string NoHandler = "This version does not know such jobs.";
    private const string TooLong = "It took longer than its lease.";
    private const string Overtaken = "What it was to change was changed meanwhile.";

    public async Task<JobRunResult> TryAsync(string jobId, CancellationToken stopping)
    {
        if (!JobKeys.IsId(jobId) || await table.GetAsync(JobKeys.Job(jobId), CancellationToken.None) is not { } item)
        {
            return JobRunResult.Missing;
        }

        var job = StoredJob.Of(item);
        var now = clock.GetUtcNow();
        if (stopping.IsCancellationRequested || !job.IsDue(now))
        {
            return JobRunResult.NotDue;
        }

        return job.Record.Attempts < JobRetries.MostAttempts
            ? await TakeAsync(job, now, stopping)
            : await SettleAsync(job, Fail(job, NotToTheEnd), []) ?? JobRunResult.Lost;
    }

    private async Task<JobRunResult> TakeAsync(StoredJob job, DateTimeOffset now, CancellationToken stopping)
    {
        var lease = kinds.Lease(job.Record.Kind) ?? settings.Lease;
        using var over = new CancellationTokenSource(lease, clock);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(over.Token, stopping);
        // Entered before it is taken, so that whoever finds it taken finds it here.
        var here = running.Enter(job.Id, cancellation);
        try
        {
            var taken = job.Next(job.Record with { State = JobState.Running, Attempts = job.Record.Attempts + 1, LeaseUntil = now + lease });
            if (!(await table.WriteAsync(new[] { taken.Replace() }, CancellationToken.None)).Committed)
            {
                return JobRunResult.NotDue;
            }

            var outcome = await DoAsync(taken, here, over.Token, stopping);
            return await FinishAsync(taken, outcome);
        }
        finally
        {
            running.Leave(here);
        }
    }

    /// <summary>Null when the job is to be given back.</summary>
    private async ValueTask<JobOutcome?> DoAsync(StoredJob job, RunningJob here, CancellationToken over, CancellationToken stopping)
    {
        try
        {
            return kinds.Handler(job.Record.Kind) is { } handler
                ? await handler.RunAsync(job.Run, here.Cancellation.Token)
                : JobOutcome.Retry(NoHandler);
        }
        catch (OperationCanceledException) when (here.IsWithdrawn || stopping.IsCancellationRequested)
        {
            return null;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return JobOutcome.Retry(TooLong);
        }
        catch (Exception e)
        {
            Log.Broke(logger, job.Record.Kind, job.Id, job.Record.Attempts, e);
            return JobOutcome.Retry(e.GetType().Name);
        }
    }

    private async ValueTask<JobRunResult> FinishAsync(StoredJob job, JobOutcome? outcome)
    {
        var settled = outcome switch
        {
            null => await SettleAsync(job, GiveBack(job), []) is null ? JobRunResult.Lost : JobRunResult.Released,
            JobOutcome.Finished { AgainAt: { } dueAt, Writes: var writes } => await SettleAsync(job, Again(job, dueAt), writes),
            JobOutcome.Finished { Writes: var writes } => await SettleAsync(job, Done(job), writes),
            JobOutcome.Failure { IsFinal: true, Reason: var reason } => await SettleAsync(job, Fail(job, reason), []),
            JobOutcome.Failure failure => await SettleAsync(job, Retry(job, failure.Reason), []),
            _ => throw new InvalidOperationException("An outcome without an end."),
        };
        return settled ?? await SettleAsync(job, Retry(job, Overtaken), []) ?? Lost(job);
    }

    /// <summary>Null when the writes' conditions, or the job's own, did not hold.</summary>
    private async ValueTask<JobRunResult?> SettleAsync(StoredJob job, JobRecord record, IReadOnlyList<TableWrite> writes)
    {
        var settled = job.Next(record with { LeaseUntil = null });
        if (!(await table.WriteAsync(new[] { settled.Replace() }.Concat(writes).ToArray())).Committed)
        {
            return null;
        }

        switch (record.State)
        {
            case JobState.Ready:
                await bell.RingAsync(job.Id, record.DueAt);
                return JobRunResult.Again;
            case JobState.Failed:
                Log.Failed(logger, record.Kind, job.Id, record.Reason ?? "");
                return JobRunResult.Failed;
            default:
                return JobRunResult.Done;
        }
    }

    private JobRunResult Lost(StoredJob job)
    {
        Log.Lost(logger, job.Record.Kind, job.Id);
        return JobRunResult.Lost;
    }

    /// <summary>The payload is not needed any more and goes at once.</summary>
    private JobRecord Done(StoredJob job) => job.Record with { State = JobState.Done, FinishedAt = clock.GetUtcNow(), Payload = "", Reason = null };

    private static JobRecord Again(StoredJob job, DateTimeOffset dueAt) =>
        job.Record with { State = JobState.Ready, DueAt = dueAt, Attempts = 0, Reason = null };

    private JobRecord GiveBack(StoredJob job) =>
        job.Record with { State = JobState.Ready, DueAt = clock.GetUtcNow(), Attempts = job.Record.Attempts - 1 };

    private JobRecord Fail(StoredJob job, string reason) =>
        job.Record with { State = JobState.Failed, FinishedAt = clock.GetUtcNow(), Reason = reason };

    private JobRecord Retry(StoredJob job, string reason)
    {
        if (job.Record.Attempts >= JobRetries.MostAttempts)
        {
            return Fail(job, reason);
        }

        var roll = RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;
        var dueAt = clock.GetUtcNow() + JobRetries.DelayAfter(job.Record.Attempts, roll);
        return job.Record with { State = JobState.Ready, DueAt = dueAt, Reason = reason };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Try {Attempt} of the {Kind} job {JobId} failed.")]
        public static partial void Broke(ILogger logger, string kind, string jobId, int attempt, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "The {Kind} job {JobId} was given up: {Reason}")]
        public static partial void Failed(ILogger logger, string kind, string jobId, string reason);

        [LoggerMessage(3, LogLevel.Information, "The {Kind} job {JobId} was replaced or taken over while it ran; its end was not written.")]
        public static partial void Lost(ILogger logger, string kind, string jobId);
    }
}
