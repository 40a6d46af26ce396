using DigitalTwin.Jobs;
using DigitalTwin.Storage;

namespace DigitalTwin.Memory;

/// <summary>
/// Looks after the transcript of one session for as long as the session lives: writes it when the session has become quiet, and erases
/// it when the session is gone, deleted or expired.
/// </summary>
/// <remarks>
/// A session says by <see cref="SessionRecord.TranscriptDue"/> whether a job is on its way to a transcript, and its next turn makes one
/// only if not: one small write for a conversation rather than for a turn. The mark is taken back under the session's version, so that no
/// turn falls between.
/// </remarks>
internal sealed class TranscriptJob(SessionStore sessions, TranscriptStore transcripts, MemorySettings settings, TimeProvider clock) : IJobHandler
{
    public const string Kind = "transcript";

    /// <summary>A session disappears within its last second, so a moment later it is gone.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    public async ValueTask<JobOutcome> RunAsync(JobRun job, CancellationToken cancellationToken)
    {
        if (await sessions.FindForUpkeepAsync(job.Payload) is not { } session)
        {
            await transcripts.EraseAsync(job.Payload);
            return JobOutcome.Done();
        }

        if (!session.Record.TranscriptDue)
        {
            return JobOutcome.Again(ExpiryOf(session));
        }

        var quietAt = session.Record.LastActiveAt + settings.TranscriptAfter;
        if (quietAt > clock.GetUtcNow())
        {
            return JobOutcome.Again(quietAt);
        }

        if (!await transcripts.WriteAsync(session, cancellationToken))
        {
            return JobOutcome.Again(clock.GetUtcNow() + settings.TranscriptAfter);
        }

        // An erasure elsewhere takes the session first and the transcript then: either it finds this one, or it is seen here.
        if (await sessions.FindForUpkeepAsync(job.Payload) is null)
        {
            await transcripts.EraseAsync(job.Payload);
            return JobOutcome.Done();
        }

        return JobOutcome.Again(ExpiryOf(session), SessionStore.PutTranscriptMark(session, isDue: false));
    }

    /// <summary>The transcript goes with the job that would erase it one day; the session's next turn makes both anew.</summary>
    public async ValueTask<IReadOnlyList<TableWrite>> DropAsync(JobRun job, CancellationToken cancellationToken)
    {
        await transcripts.EraseAsync(job.Payload);
        return await sessions.FindForUpkeepAsync(job.Payload) is { Record.TranscriptDue: true } session
            ? [SessionStore.PutTranscriptMark(session, isDue: false)]
            : [];
    }

    private DateTimeOffset ExpiryOf(StoredSession session)
    {
        var now = clock.GetUtcNow();
        var expiry = DateTimeOffset.FromUnixTimeSeconds(session.ExpiresAt ?? settings.ExpiryFrom(now));
        return (expiry > now ? expiry : now) + Margin;
    }
}
