using System.Collections.Concurrent;

namespace DigitalTwin.Memory;

/// <summary>
/// The turns that this process is answering now, at most one a session. A turn that is stored as running, is not here and has no lease of
/// another process (<see cref="TurnLeases"/>) was interrupted.
/// </summary>
public sealed class LiveTurns
{
    private readonly ConcurrentDictionary<string, LiveTurn> bySession = new(StringComparer.Ordinal);

    /// <summary>Claims the session for one turn; false when another turn has it.</summary>
    public bool TryEnter(string sessionId, LiveTurn turn) => bySession.TryAdd(sessionId, turn);

    public void Leave(string sessionId, LiveTurn turn) => bySession.TryRemove(KeyValuePair.Create(sessionId, turn));

    /// <summary>Whether this very turn is being answered; another one of its session does not count.</summary>
    public bool IsLive(TurnId id) => bySession.TryGetValue(id.SessionId, out var turn) && turn.Id == id;

    /// <summary>The session's running turn, or null.</summary>
    public LiveTurn? Find(string sessionId) => bySession.GetValueOrDefault(sessionId);

    /// <summary>Asks the session's running turn to end; nothing happens when there is none.</summary>
    public void Stop(string sessionId)
    {
        if (bySession.TryGetValue(sessionId, out var turn))
        {
            turn.Stop();
        }
    }
}

/// <summary>What the rest of the house may do to a running turn.</summary>
public abstract class LiveTurn
{
    /// <summary>Set once the session is claimed and read, before the turn is stored.</summary>
    public TurnId Id { get; internal set; }

    /// <summary>Ends the answer; returns at once.</summary>
    public abstract void Stop();
}
