using System.Buffers;
using System.Text.Json;
using DigitalTwin.Storage;

namespace DigitalTwin.Memory;

/// <summary>What a visitor may do with everything the twin remembers of them: take it along, and erase it.</summary>
public sealed class VisitorMemory(ITable table, SessionStore sessions, LiveTurns live, TimeProvider clock)
{
    private const int PageSize = 100;

    /// <summary>Deletes one session with its turns; false when it is missing or foreign.</summary>
    public async ValueTask<bool> DeleteSessionAsync(string visitorId, string sessionId, CancellationToken cancellationToken)
    {
        if (await sessions.FindAsync(visitorId, sessionId, cancellationToken) is null)
        {
            return false;
        }

        await DeleteAsync(visitorId, sessionId);
        await table.ScrubAsync(cancellationToken);
        return true;
    }

    /// <summary>Erases all that is known of the visitor, in the store's files too. What is running for them is stopped.</summary>
    public async ValueTask<EraseReceipt> EraseAsync(string? visitorId)
    {
        var (sessionCount, turnCount, itemCount) = (0, 0, 0);
        if (visitorId is not null)
        {
            var all = new TableQuery { Partition = MemoryKeys.VisitorPartition(visitorId), Limit = PageSize };
            for (var page = await table.QueryAsync(all); page.Items.Count > 0; page = await table.QueryAsync(all))
            {
                foreach (var item in page.Items)
                {
                    if (item.Key.SK.StartsWith(MemoryKeys.SessionPrefix, StringComparison.Ordinal))
                    {
                        var (turns, items) = await DeleteAsync(visitorId, item.Key.SK[MemoryKeys.SessionPrefix.Length..]);
                        (sessionCount, turnCount, itemCount) = (sessionCount + 1, turnCount + turns, itemCount + items);
                    }
                    else
                    {
                        await table.WriteAsync(new[] { TableWrite.Delete(item.Key) });
                        itemCount++;
                    }
                }
            }
        }

        if (itemCount > 0)
        {
            await table.ScrubAsync();
        }

        return new EraseReceipt(TwinId.New("e-"), clock.GetUtcNow(), new EraseCounts(sessionCount, turnCount, itemCount));
    }

    /// <summary>Writes everything about the visitor as one JSON object, page by page.</summary>
    public async Task ExportAsync(string? visitorId, IBufferWriter<byte> output, Func<Task> flush, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = MemoryJson.Default.Options.Encoder });
        json.WriteStartObject();
        json.WriteString("visitorId", visitorId);
        json.WriteString("exportedAt", clock.GetUtcNow());
        json.WriteStartArray("sessions");
        TableCursor? after = null;
        do
        {
            var page = visitorId is null ? new SessionList([], null) : await sessions.ListAsync(visitorId, PageSize, after, cancellationToken);
            foreach (var session in page.Items)
            {
                await ExportSessionAsync(session, json, flush, cancellationToken);
            }

            after = TableCursor.TryParse(page.NextCursor, out var next) ? next : null;
        }
        while (after is not null);

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private async Task ExportSessionAsync(SessionSummary session, Utf8JsonWriter json, Func<Task> flush, CancellationToken cancellationToken)
    {
        json.WriteStartObject();
        json.WriteString("sessionId", session.SessionId);
        json.WriteString("title", session.Title);
        json.WriteString("createdAt", session.CreatedAt);
        json.WriteString("lastActiveAt", session.LastActiveAt);
        json.WriteStartArray("turns");
        TableCursor? after = null;
        do
        {
            var (turns, next) = await sessions.TurnsAsync(session.SessionId, PageSize, after, cancellationToken: cancellationToken);
            foreach (var turn in turns)
            {
                JsonSerializer.Serialize(json, turn.View, MemoryJson.Default.TurnView);
            }

            json.Flush();
            await flush();
            after = next;
        }
        while (after is not null);

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>The session item goes first, so that a turn still being answered can no longer be written.</summary>
    private async ValueTask<(int Turns, int Items)> DeleteAsync(string visitorId, string sessionId)
    {
        await table.WriteAsync(new[] { TableWrite.Delete(MemoryKeys.Session(sessionId)) });
        live.Stop(sessionId);
        var (turns, items) = (0, 2);
        var all = new TableQuery { Partition = MemoryKeys.SessionPartition(sessionId), Limit = PageSize };
        for (var page = await table.QueryAsync(all); page.Items.Count > 0; page = await table.QueryAsync(all))
        {
            await table.WriteAsync(page.Items.Select(item => TableWrite.Delete(item.Key)).ToArray());
            turns += page.Items.Count(item => item.Key.SK.StartsWith(MemoryKeys.TurnPrefix, StringComparison.Ordinal));
            items += page.Items.Count;
        }

        await DeleteClientMessagesAsync(visitorId, sessionId);
        await table.WriteAsync(new[] { TableWrite.Delete(MemoryKeys.VisitorSession(visitorId, sessionId)) });
        return (turns, items);
    }

    private async Task DeleteClientMessagesAsync(string visitorId, string sessionId)
    {
        var all = new TableQuery { Partition = MemoryKeys.VisitorPartition(visitorId), SortPrefix = "MESSAGE#", Limit = PageSize };
        await foreach (var item in table.QueryAllAsync(all))
        {
            if (item.Read(MemoryRecordsJson.Default.ClientMessageRecord).SessionId == sessionId)
            {
                await table.WriteAsync(new[] { TableWrite.Delete(item.Key) });
            }
        }
    }
}
