using System.Security.Cryptography;
using System.Text;
using DigitalTwin.Memory;

namespace DigitalTwin.Chat;

/// <summary>
/// Opens turns: finds or makes the session, claims it, and writes the question before anything is answered. One session answers one
/// turn at a time; one client message id stands for one turn.
/// </summary>
public sealed class TurnStarter(SessionStore sessions, LiveTurns live, TurnLeases leases, AnswerPipeline pipeline, TimeProvider clock)
{
    public async ValueTask<StartOutcome> StartAsync(string visitorId, ChatRequest request)
    {
        if (await ReplayAsync(visitorId, request) is { } replayed)
        {
            return replayed;
        }

        // Somebody who does not own the session must neither learn that it is busy nor keep its owner out.
        if (request.SessionId is { } asked && await sessions.FindAsync(visitorId, asked) is null)
        {
            return StartOutcome.NotFound;
        }

        var session = request.SessionId is null ? StoredSession.New(visitorId, clock.GetUtcNow()) : null;
        var sessionId = session?.Id ?? request.SessionId!;
        var turn = new RunningTurn(request.Message);
        if (!live.TryEnter(sessionId, turn))
        {
            return await ReplayOpenedAsync(visitorId, request, sessionId) ?? StartOutcome.InProgress;
        }

        var outcome = StartOutcome.NotFound;
        try
        {
            session ??= await sessions.FindAsync(visitorId, sessionId);
            if (session is not null)
            {
                outcome = await BeginAsync(session, turn, request) ? new StartOutcome.Started(turn) : StartOutcome.InProgress;
            }
        }
        finally
        {
            turn.Open();
            if (outcome is not StartOutcome.Started)
            {
                live.Leave(sessionId, turn);
            }
        }

        return outcome == StartOutcome.InProgress ? await ReplayAsync(visitorId, request) ?? outcome : outcome;
    }

    private async ValueTask<bool> BeginAsync(StoredSession session, RunningTurn turn, ChatRequest request)
    {
        turn.Id = new TurnId(session.Id, session.Record.TurnCount + 1);
        turn.CreatedAt = clock.GetUtcNow();
        await pipeline.RecallAsync(turn);
        if (turn.History is [{ Record: var last }, ..] && last.IsLeased(turn.CreatedAt))
        {
            return false;
        }

        while (true)
        {
            var begun = sessions.BeginTurnAsync(
                session, request.Message, request.ClientMessageId, request.ClientMessageId is null ? "" : DigestOf(request.Message));
            if (pipeline.RunsAhead && !begun.IsCompleted)
            {
                turn.Begun = begun.AsTask();
                return true;
            }

            if (await begun)
            {
                return true;
            }

            // A session also changes without a turn: its transcript was written just now. Then the turn is still the next one.
            if (await sessions.FindAsync(session.Record.VisitorId, session.Id) is not { } changed
                || changed.Version == session.Version
                || changed.Record.TurnCount != session.Record.TurnCount)
            {
                return false;
            }

            session = changed;
        }
    }

    /// <summary>A retry may come while the first try is still being stored; only then is it known whether they are one.</summary>
    private async ValueTask<StartOutcome?> ReplayOpenedAsync(string visitorId, ChatRequest request, string sessionId)
    {
        if (request.ClientMessageId is not null && live.Find(sessionId) is RunningTurn running)
        {
            await running.Opened;
        }

        return await ReplayAsync(visitorId, request);
    }

    /// <summary>The turn that the request's client message id already stands for, or null.</summary>
    private async ValueTask<StartOutcome?> ReplayAsync(string visitorId, ChatRequest request)
    {
        if (request.ClientMessageId is null || await sessions.FindClientMessageAsync(visitorId, request.ClientMessageId) is not { } known)
        {
            return null;
        }

        if (known.Digest != DigestOf(request.Message) || (request.SessionId is { } asked && asked != known.SessionId))
        {
            return StartOutcome.Conflict;
        }

        var id = new TurnId(known.SessionId, known.Sequence);
        if (live.Find(id.SessionId) is RunningTurn running && running.Id == id)
        {
            return new StartOutcome.Attached(running);
        }

        return await sessions.FindTurnAsync(id) switch
        {
            null => StartOutcome.NotFound,
            { Record.Status: TurnStatus.Unanswered } interrupted => await AskAgainAsync(visitorId, interrupted),
            { Record.Status: TurnStatus.Running } elsewhere => new StartOutcome.Elsewhere(elsewhere),
            var finished => new StartOutcome.Finished(finished),
        };
    }

    /// <summary>A retry of a question whose answer was cut off by a crash gets its answer now, in the same turn.</summary>
    private async ValueTask<StartOutcome> AskAgainAsync(string visitorId, StoredTurn interrupted)
    {
        var id = interrupted.Id;
        var turn = new RunningTurn(interrupted.Record.Question) { Id = id, CreatedAt = interrupted.Record.CreatedAt, Attempt = EventId.NewAttempt() };
        turn.Open();
        if (!live.TryEnter(id.SessionId, turn))
        {
            return live.Find(id.SessionId) is RunningTurn running && running.Id == id ? new StartOutcome.Attached(running) : StartOutcome.InProgress;
        }

        if (await sessions.FindAsync(visitorId, id.SessionId) is { } session
            && session.Record.TurnCount == id.Sequence
            && await leases.ClaimAsync(id, turn.Attempt))
        {
            await pipeline.RecallAsync(turn);
            return new StartOutcome.Started(turn);
        }

        live.Leave(id.SessionId, turn);
        var other = await sessions.FindTurnAsync(id) ?? interrupted;
        return other.Record.Status is TurnStatus.Running ? new StartOutcome.Elsewhere(other) : new StartOutcome.Finished(other);
    }

    private static string DigestOf(string message) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(message)));
}

/// <summary>What became of a question.</summary>
public abstract record StartOutcome
{
    private StartOutcome()
    {
    }

    /// <summary>The session is missing or somebody else's.</summary>
    public static StartOutcome NotFound { get; } = new Refused("missing");

    /// <summary>Another turn of the session is running.</summary>
    public static StartOutcome InProgress { get; } = new Refused("busy");

    /// <summary>The client message id belongs to another message.</summary>
    public static StartOutcome Conflict { get; } = new Refused("conflict");

    /// <summary>The question is stored; the caller runs the turn.</summary>
    public sealed record Started(RunningTurn Turn) : StartOutcome;

    /// <summary>Somebody else runs this very turn.</summary>
    public sealed record Attached(RunningTurn Turn) : StartOutcome;

    /// <summary>Another process runs this very turn; a <see cref="TurnFollower"/> reads it.</summary>
    public sealed record Elsewhere(StoredTurn Turn) : StartOutcome;

    /// <summary>The turn was answered before.</summary>
    public sealed record Finished(StoredTurn Turn) : StartOutcome;

    private sealed record Refused(string Why) : StartOutcome;
}
