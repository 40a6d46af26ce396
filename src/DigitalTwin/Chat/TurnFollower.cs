using DigitalTwin.Memory;
using DigitalTwin.Storage;

namespace DigitalTwin.Chat;

/// <summary>Follows a turn that another process answers, by what that leaves in the table.</summary>
public sealed class TurnFollower(SessionStore sessions, TimeProvider clock)
{
    private static readonly TimeSpan Interval = TurnLeases.Beat / 2;

    /// <summary>The turn as if it were answered here, until the reader goes away.</summary>
    public RunningTurn Follow(StoredTurn stored, CancellationToken aborted)
    {
        var turn = new RunningTurn(stored.Record.Question) { Id = stored.Id, CreatedAt = stored.Record.CreatedAt, Attempt = stored.Record.Attempt };
        _ = FollowAsync(turn, stored.Record, aborted);
        return turn;
    }

    private async Task FollowAsync(RunningTurn turn, TurnRecord seen, CancellationToken aborted)
    {
        try
        {
            var said = 0;
            while (seen.Attempt == turn.Attempt)
            {
                if (seen.Answer.Length > said)
                {
                    turn.Append(seen.Answer[said..]);
                    said = seen.Answer.Length;
                }

                if (seen.Status is not TurnStatus.Running)
                {
                    turn.Finish(seen);
                    return;
                }

                await Task.Delay(Interval, clock, aborted);
                seen = (await sessions.FindTurnAsync(turn.Id, aborted))?.Record ?? throw new StorageUnavailableException("The turn was deleted.");
            }

            // It is being answered anew: this answer ended where the reader is.
            turn.GiveUp(seen);
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            turn.Fail(e);
        }
    }
}
