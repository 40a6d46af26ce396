using DigitalTwin.Storage;

namespace DigitalTwin.Jobs;

/// <summary>
/// Does the jobs of one kind. A job may run more than once (after a crash, or when its lease ran out), so a handler repeats its effects
/// without harm, and what must happen once belongs into the writes of its outcome.
/// </summary>
public interface IJobHandler
{
    /// <summary>
    /// Does the job. The token ends with the lease, with the process, and when the job is taken back; a handler then ends soon, by
    /// <see cref="OperationCanceledException"/>. Any other exception counts as a failed try, with its type's name as the reason.
    /// </summary>
    ValueTask<JobOutcome> RunAsync(JobRun job, CancellationToken cancellationToken);

    /// <summary>
    /// The owner gives a waiting or failed job up. Removes what only this job would have taken care of; the writes are committed together
    /// with the job's removal.
    /// </summary>
    ValueTask<IReadOnlyList<TableWrite>> DropAsync(JobRun job, CancellationToken cancellationToken) => new([]);
}

/// <summary>One try at a job.</summary>
/// <param name="Payload">As the feature gave it to <see cref="JobBoard.Prepare"/>.</param>
/// <param name="Attempt">1 for the first try.</param>
public sealed record JobRun(string Id, string Kind, string Payload, int Attempt);

/// <summary>How a try ended. Reasons are shown to the owner, and hold no personal data.</summary>
public abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>
    /// The job is done. The writes are committed with that, or not at all when another worker has the job by now; when only a condition
    /// of theirs fails, the job is tried again.
    /// </summary>
    public static JobOutcome Done(params IReadOnlyList<TableWrite> writes) => new Finished(null, writes);

    /// <summary>Nothing failed, and the job has to run again at that time. Its tries are counted from the start.</summary>
    public static JobOutcome Again(DateTimeOffset dueAt, params IReadOnlyList<TableWrite> writes) => new Finished(dueAt, writes);

    /// <summary>This try failed; there is another one unless it was the last.</summary>
    public static JobOutcome Retry(string reason) => new Failure(reason, IsFinal: false);

    /// <summary>The job fails for good; trying again would not help.</summary>
    public static JobOutcome Fail(string reason) => new Failure(reason, IsFinal: true);

    internal sealed record Finished(DateTimeOffset? AgainAt, IReadOnlyList<TableWrite> Writes) : JobOutcome;

    internal sealed record Failure(string Reason, bool IsFinal) : JobOutcome;
}
