using System.Buffers;
using System.Text.Json;
using DigitalTwin.Jobs;
using DigitalTwin.Storage;

namespace DigitalTwin.Memory;

/// <summary>What a visitor may do with everything the twin remembers of them: take it along, and erase it.</summary>
public sealed class VisitorMemory(
    ITable table, SessionStore sessions, TranscriptStore transcripts, JobBoard jobs, LiveTurns live, TimeProvider clock)
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
        var erased = new EraseCounts(0, 0, 0, 0);
        if (visitorId is not null)
        {
            var all = new TableQuery { Partition = MemoryKeys.VisitorPartition(visitorId), Limit = PageSize };
            for (var page = await table.QueryAsync(all); page.Items.Count > 0; page = await table.QueryAsync(all))
            {
                var others = page.Items.Where(item => !IsSession(item)).ToList();
                await table.DeleteAllAsync(others);
                erased = erased with { Items = erased.Items + others.Count };
                foreach (var item in page.Items.Where(IsSession))
                {
                    var session = await DeleteAsync(visitorId, item.Key.SK[MemoryKeys.SessionPrefix.Length..]);
                    erased = new EraseCounts(
                        erased.Sessions + 1, erased.Turns + session.Turns, erased.Transcripts + session.Transcripts, erased.Items + session.Items);
                }
            }
        }

        if (erased.Items > 0)
        {
            await table.ScrubAsync();
        }

        return new EraseReceipt(TwinId.New("e-"), clock.GetUtcNow(), erased);
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
                await SessionDocument.WriteAsync(sessions, session, json, flush, cancellationToken);
            }

            after = TableCursor.TryParse(page.NextCursor, out var next) ? next : null;
        }
        while (after is not null);

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>
    /// The session item goes first, so that a turn still being answered can no longer be written, then the job, so that no transcript can;
    /// the visitor's own entry goes last, so that an erasure that was cut off finds the session again.
    /// </summary>
    private async ValueTask<EraseCounts> DeleteAsync(string visitorId, string sessionId)
    {
        await table.WriteAsync(new[] { TableWrite.Delete(MemoryKeys.Session(sessionId)) });
        live.Stop(sessionId);
        var (turns, items) = (0, await jobs.WithdrawAsync(TranscriptJob.Kind, sessionId) ? 3 : 2);
        var objects = await transcripts.EraseAsync(sessionId) ? 1 : 0;
        var all = new TableQuery { Partition = MemoryKeys.SessionPartition(sessionId), Limit = PageSize };
        for (var page = await table.QueryAsync(all); page.Items.Count > 0; page = await table.QueryAsync(all))
        {
            await table.DeleteAllAsync(page.Items);
            turns += page.Items.Count(item => item.Key.SK.StartsWith(MemoryKeys.TurnPrefix, StringComparison.Ordinal));
            items += page.Items.Count;
        }

        await DeleteClientMessagesAsync(visitorId, sessionId);
        await table.WriteAsync(new[] { TableWrite.Delete(MemoryKeys.VisitorSession(visitorId, sessionId)) });
        return new EraseCounts(1, turns, objects, items);
    }

    /// <summary>Whether an entry of the visitor's stands for a session.</summary>
    private static bool IsSession(TableItem entry) => entry.Key.SK.StartsWith(MemoryKeys.SessionPrefix, StringComparison.Ordinal);

    private async Task DeleteClientMessagesAsync(string visitorId, string sessionId)
    {
        var all = new TableQuery { Partition = MemoryKeys.VisitorPartition(visitorId), SortPrefix = "MESSAGE#", Limit = PageSize };
        var own = new List<TableItem>();
        await foreach (var item in table.QueryAllAsync(all))
        {
            if (item.Read(MemoryRecordsJson.Default.ClientMessageRecord).SessionId == sessionId)
            {
                own.Add(item);
            }
        }

        await table.DeleteAllAsync(own);
    }
}
