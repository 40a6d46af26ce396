using DigitalTwin.Storage;

namespace DigitalTwin.Memory;

/// <summary>Sessions and their turns in the table. Every read on behalf of a visitor checks that the session is theirs.</summary>
public sealed class SessionStore(ITable table, LiveTurns live, TurnLeases leases, MemorySettings settings, TimeProvider clock)
{
    private const int LongestTitle = 80;

    /// <inheritdoc cref="ITable.WritesInOrder"/>
    public bool WritesInOrder => table.WritesInOrder;

    /// <summary>The session if it exists and is this visitor's; foreign and missing look the same.</summary>
    public async ValueTask<StoredSession?> FindAsync(string visitorId, string sessionId, CancellationToken cancellationToken = default)
    {
        if (!TurnId.IsSessionId(sessionId) || await table.GetAsync(MemoryKeys.Session(sessionId), cancellationToken) is not { } item)
        {
            return null;
        }

        var record = item.Read(MemoryRecordsJson.Default.SessionRecord);
        return record.VisitorId == visitorId ? new StoredSession(sessionId, record, item.Version, item.ExpiresAt) : null;
    }

    /// <summary>One turn of a session that was found with <see cref="FindAsync"/>.</summary>
    public async ValueTask<StoredTurn?> FindTurnAsync(TurnId id, CancellationToken cancellationToken = default)
    {
        var wasLive = live.IsLive(id);
        var item = await table.GetAsync(MemoryKeys.Turn(id.SessionId, id.Sequence), cancellationToken);
        if (item is null)
        {
            return null;
        }

        var turn = Stored(id.SessionId, item);
        if (turn.Record.Status is not TurnStatus.Running || live.IsLive(id) || turn.Record.IsLeased(clock.GetUtcNow()))
        {
            return turn;
        }

        // It may have ended between the two looks; only a turn that was not live before the read was interrupted.
        return wasLive
            ? await FindTurnAsync(id, cancellationToken)
            : turn with { Record = turn.Record with { Status = TurnStatus.Unanswered, Answer = "" } };
    }

    public async ValueTask<SessionList> ListAsync(
        string visitorId, int limit, TableCursor? after, CancellationToken cancellationToken = default)
    {
        var page = await table.QueryAsync(
            new TableQuery
            {
                Partition = MemoryKeys.VisitorPartition(visitorId),
                Index = TableIndex.Gsi1,
                Descending = true,
                Limit = limit,
                After = after,
            },
            cancellationToken);
        var items = new List<SessionSummary>(page.Items.Count);
        foreach (var item in page.Items)
        {
            var record = item.Read(MemoryRecordsJson.Default.SessionRecord);
            var id = item.Key.PK[MemoryKeys.SessionPrefix.Length..];
            items.Add(new SessionSummary(id, record.Title, record.CreatedAt, record.LastActiveAt, record.TurnCount));
        }

        return new SessionList(items, page.Next?.ToString());
    }

    /// <summary>A session that was found with <see cref="FindAsync"/>, with a page of its turns.</summary>
    public async ValueTask<SessionDetail> DetailAsync(
        StoredSession session, PageRequest page, bool newestFirst, CancellationToken cancellationToken = default)
    {
        var (turns, next) = await TurnsAsync(session.Id, page.Limit, page.After, newestFirst, cancellationToken);
        var record = session.Record;
        return new SessionDetail(
            session.Id, record.Title, record.CreatedAt, record.LastActiveAt, record.TurnCount, [.. turns.Select(turn => turn.View)], next?.ToString());
    }

    /// <summary>A page of turns in the order of their sequence, or against it.</summary>
    public async ValueTask<(IReadOnlyList<StoredTurn> Turns, TableCursor? Next)> TurnsAsync(
        string sessionId, int limit, TableCursor? after, bool newestFirst = false, CancellationToken cancellationToken = default)
    {
        var query = Turns(sessionId) with { Limit = limit, After = after, Descending = newestFirst };
        var page = await table.QueryAsync(query, cancellationToken);
        var turns = new StoredTurn[page.Items.Count];
        for (var i = 0; i < turns.Length; i++)
        {
            turns[i] = Stored(sessionId, page.Items[i]);
            if (turns[i].Record.Status is TurnStatus.Running)
            {
                turns[i] = await FindTurnAsync(turns[i].Id, cancellationToken) ?? turns[i];
            }
        }

        return (turns, page.Next);
    }

    /// <summary>The last turns before <paramref name="id"/>, newest first.</summary>
    public async ValueTask<IReadOnlyList<StoredTurn>> TurnsBeforeAsync(TurnId id, int count, CancellationToken cancellationToken = default)
    {
        var query = new TableQuery
        {
            Partition = MemoryKeys.SessionPartition(id.SessionId),
            SortFrom = MemoryKeys.TurnPrefix,
            SortTo = MemoryKeys.Turn(id.SessionId, id.Sequence - 1).SK,
            Limit = count,
            Descending = true,
        };
        var page = await table.QueryAsync(query, cancellationToken);
        var turns = new StoredTurn[page.Items.Count];
        for (var i = 0; i < turns.Length; i++)
        {
            turns[i] = Stored(id.SessionId, page.Items[i]);
        }

        return turns;
    }

    /// <summary>The turn that this client message id stands for, or null.</summary>
    public async ValueTask<ClientMessageRecord?> FindClientMessageAsync(
        string visitorId, string clientMessageId, CancellationToken cancellationToken = default)
    {
        var item = await table.GetAsync(MemoryKeys.ClientMessage(visitorId, clientMessageId), cancellationToken);
        return item?.Read(MemoryRecordsJson.Default.ClientMessageRecord);
    }

    /// <summary>
    /// Writes a question as the next turn of its session, which is created with it when <paramref name="session"/> is new. False
    /// when another turn took the sequence number or the client message id first; then nothing was written.
    /// </summary>
    public async ValueTask<bool> BeginTurnAsync(StoredSession session, string question, string? clientMessageId, string digest)
    {
        var now = clock.GetUtcNow();
        var expires = settings.ExpiryFrom(now);
        var sequence = session.Record.TurnCount + 1;
        var record = session.Record with { TurnCount = sequence, LastActiveAt = now, Title = session.IsNew ? Shorten(question) : session.Record.Title };
        var writes = new List<TableWrite>(4)
        {
            PutSession(session, record, session.Version + 1, expires),
            PutTurn(new TurnId(session.Id, sequence), new TurnRecord { Status = TurnStatus.Running, Question = question, CreatedAt = now, LeaseUntil = leases.Begin(now) }, 1, expires),
        };
        if (session.ExpiresAt != expires)
        {
            var key = MemoryKeys.VisitorSession(record.VisitorId, session.Id);
            writes.Add(TableWrite.Put(new TableItem { Key = key, ExpiresAt = expires }));
        }

        if (clientMessageId is not null)
        {
            var key = MemoryKeys.ClientMessage(record.VisitorId, clientMessageId);
            var body = StoredBody.From(new ClientMessageRecord(session.Id, sequence, digest), MemoryRecordsJson.Default.ClientMessageRecord);
            writes.Add(TableWrite.Put(new TableItem { Key = key, ExpiresAt = expires, Body = body }, WriteCondition.Absent));
        }

        return (await table.WriteAsync(writes.ToArray())).Committed;
    }

    /// <summary>
    /// Writes the answer. False when the session was deleted meanwhile, or another process took the turn over: then nothing comes back to
    /// life, and no answer replaces another.
    /// </summary>
    public async ValueTask<bool> CompleteTurnAsync(TurnId id, TurnRecord turn)
    {
        var present = TableWrite.Check(MemoryKeys.Session(id.SessionId), WriteCondition.Present);
        var expires = settings.ExpiryFrom(clock.GetUtcNow());
        return leases.AreNeeded
            ? await leases.CompleteAsync(id, turn, expires, present)
            : (await table.WriteAsync(new[] { present, PutTurn(id, turn, 2, expires) })).Committed;
    }

    /// <summary>Notes the visitor's feedback on a finished turn; false when there is no such turn.</summary>
    public async ValueTask<bool> SetFeedbackAsync(TurnId id, string rating, string? comment)
    {
        while (true)
        {
            if (await table.GetAsync(MemoryKeys.Turn(id.SessionId, id.Sequence)) is not { } item)
            {
                return false;
            }

            var turn = item.Read(MemoryRecordsJson.Default.TurnRecord) with { Feedback = new TurnFeedback(rating, comment, clock.GetUtcNow()) };
            var body = StoredBody.From(turn, MemoryRecordsJson.Default.TurnRecord);
            var write = TableWrite.Put(item with { Version = item.Version + 1, Body = body }, WriteCondition.VersionIs(item.Version));
            if ((await table.WriteAsync(new[] { write })).Committed)
            {
                return true;
            }
        }
    }

    private static TableQuery Turns(string sessionId) =>
        new() { Partition = MemoryKeys.SessionPartition(sessionId), SortPrefix = MemoryKeys.TurnPrefix };

    private static StoredTurn Stored(string sessionId, TableItem item) =>
        new(new TurnId(sessionId, MemoryKeys.Sequence(item.Key)), item.Read(MemoryRecordsJson.Default.TurnRecord));

    private static TableWrite PutSession(StoredSession session, SessionRecord record, long version, long expires) => TableWrite.Put(
        new TableItem
        {
            Key = MemoryKeys.Session(session.Id),
            Gsi1 = MemoryKeys.ByLastActive(record.VisitorId, record.LastActiveAt, session.Id),
            Version = version,
            ExpiresAt = expires,
            Body = StoredBody.From(record, MemoryRecordsJson.Default.SessionRecord),
        },
        session.IsNew ? WriteCondition.Absent : WriteCondition.VersionIs(session.Version));

    private static TableWrite PutTurn(TurnId id, TurnRecord turn, long version, long expires) => TableWrite.Put(
        new TableItem
        {
            Key = MemoryKeys.Turn(id.SessionId, id.Sequence),
            Version = version,
            ExpiresAt = expires,
            Body = StoredBody.From(turn, MemoryRecordsJson.Default.TurnRecord),
        },
        version == 1 ? WriteCondition.Absent : WriteCondition.Present);

    private static string Shorten(string question)
    {
        var line = question.ReplaceLineEndings(" ").Trim();
        if (line.Length <= LongestTitle)
        {
            return line;
        }

        var cut = char.IsHighSurrogate(line[LongestTitle - 2]) ? LongestTitle - 2 : LongestTitle - 1;
        return string.Concat(line.AsSpan(0, cut).TrimEnd(), "…");
    }
}

/// <summary>A session as stored; version 0 is one that is not stored yet.</summary>
public sealed record StoredSession(string Id, SessionRecord Record, long Version, long? ExpiresAt)
{
    public bool IsNew => Version == 0;

    public static StoredSession New(string visitorId, DateTimeOffset now) =>
        new(TwinId.New("s-"), new SessionRecord { VisitorId = visitorId, Title = "", CreatedAt = now, LastActiveAt = now }, 0, null);
}

/// <summary>A turn as stored, with the status that a reader should see.</summary>
public sealed record StoredTurn(TurnId Id, TurnRecord Record)
{
    public TurnView View => new(
        Id.ToString(), Id.Sequence, Record.Status, Record.Question, Record.Answer, Record.Citations, Record.Suggestions, Record.Agent,
        Record.Engine, Record.CreatedAt, Record.Feedback);
}
