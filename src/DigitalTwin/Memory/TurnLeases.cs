using DigitalTwin.Storage;

namespace DigitalTwin.Memory;

/// <summary>
/// Turns that one of several processes answers, on a table that they share. The process that answers says every second that it is alive, and
/// how far the answer is; the others read that, and may ask it to stop. When it is not heard of for <see cref="Lease"/>, the turn was
/// interrupted, and whoever claims it may answer it anew.
/// </summary>
public sealed class TurnLeases(ITable table, TimeProvider clock)
{
    /// <summary>How often the answering process says that it is alive.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Long enough for a table that is slow or throttled for a while.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>False where one process has the table to itself.</summary>
    public bool AreNeeded { get; } = table.IsShared;

    /// <summary>What a new turn's record says; null where no lease is needed.</summary>
    public DateTimeOffset? Begin(DateTimeOffset now) => AreNeeded ? now + Lease : null;

    /// <summary>
    /// Keeps the turn for another lease and notes the answer so far. False when the answer is to end: it was stopped, its session was
    /// deleted, or another process has taken the turn over.
    /// </summary>
    public ValueTask<bool> RenewAsync(TurnId id, string? attempt, string answer) => ChangeAsync(
        id, turn => turn.Attempt != attempt || turn.StopRequested ? null : turn with { Answer = answer, LeaseUntil = Begin(clock.GetUtcNow()) });

    /// <summary>Asks the process that answers the turn to stop; nothing happens when none does.</summary>
    public async ValueTask StopAsync(TurnId id) => await ChangeAsync(id, turn => turn.StopRequested ? null : turn with { StopRequested = true });

    /// <summary>Takes an interrupted turn over for one more attempt; false when another process was first.</summary>
    public ValueTask<bool> ClaimAsync(TurnId id, string attempt) => ChangeAsync(id, turn => turn.IsLeased(clock.GetUtcNow())
        ? null
        : turn with { Attempt = attempt, Answer = "", StopRequested = false, LeaseUntil = Begin(clock.GetUtcNow()) });

    /// <summary>Writes the answer if the turn still is this attempt's, together with a check that must hold.</summary>
    internal ValueTask<bool> CompleteAsync(TurnId id, TurnRecord answered, long expires, TableWrite check) =>
        ChangeAsync(id, turn => turn.Attempt == answered.Attempt ? answered : null, expires, check);

    /// <summary>Changes a running turn; false when it is not running any more, or the change is null, or the check does not hold.</summary>
    private async ValueTask<bool> ChangeAsync(TurnId id, Func<TurnRecord, TurnRecord?> change, long? expires = null, TableWrite? check = null)
    {
        while (await table.GetAsync(MemoryKeys.Turn(id.SessionId, id.Sequence)) is { } item)
        {
            var turn = item.Read(MemoryRecordsJson.Default.TurnRecord);
            if (turn.Status is not TurnStatus.Running || change(turn) is not { } changed)
            {
                return false;
            }

            var body = StoredBody.From(changed, MemoryRecordsJson.Default.TurnRecord);
            var put = TableWrite.Put(
                item with { Version = item.Version + 1, ExpiresAt = expires ?? item.ExpiresAt, Body = body }, WriteCondition.VersionIs(item.Version));
            TableWrite[] writes = check is null ? [put] : [put, check];
            var result = await table.WriteAsync(writes);
            if (result.Committed || result.FailedWrite == 1)
            {
                return result.Committed;
            }
        }

        return false;
    }
}
