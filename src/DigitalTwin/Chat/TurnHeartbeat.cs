using DigitalTwin.Memory;
using DigitalTwin.Storage;

namespace DigitalTwin.Chat;

/// <summary>
/// Holds a turn's lease while it is being answered, and ends the answer when it is not ours any more. Disposed before the answer is stored.
/// </summary>
internal sealed class TurnHeartbeat : IAsyncDisposable
{
    private readonly CancellationTokenSource ended = new();
    private readonly Task beating;

    private TurnHeartbeat(RunningTurn turn, TurnLeases leases, TimeProvider clock) => beating = BeatAsync(turn, leases, clock);

    /// <summary>Null where no lease is needed.</summary>
    public static TurnHeartbeat? Start(RunningTurn turn, TurnLeases leases, TimeProvider clock) =>
        leases.AreNeeded ? new TurnHeartbeat(turn, leases, clock) : null;

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await beating;
        ended.Dispose();
    }

    private async Task BeatAsync(RunningTurn turn, TurnLeases leases, TimeProvider clock)
    {
        while (true)
        {
            await Task.Delay(TurnLeases.Beat, clock, ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ended.IsCancellationRequested)
            {
                return;
            }

            try
            {
                if (!await leases.RenewAsync(turn.Id, turn.Attempt, turn.Text()))
                {
                    turn.Stop();
                    return;
                }
            }
            catch (StorageUnavailableException)
            {
                // The lease outlasts some lost beats; storing the answer will tell whether the table is back.
            }
        }
    }
}
