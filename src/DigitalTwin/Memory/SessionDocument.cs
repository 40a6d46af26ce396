using System.Text.Json;
using DigitalTwin.Storage;

namespace DigitalTwin.Memory;

/// <summary>A session with all of its turns as one JSON object: the form of an export and of a transcript.</summary>
internal static class SessionDocument
{
    private const int PageSize = 100;

    /// <summary>Writes the session, page by page; false when one of its turns was still being answered.</summary>
    public static async ValueTask<bool> WriteAsync(
        SessionStore sessions, SessionSummary session, Utf8JsonWriter json, Func<Task> flush, CancellationToken cancellationToken)
    {
        var complete = true;
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
                complete &= turn.Record.Status is not TurnStatus.Running;
                JsonSerializer.Serialize(json, turn.View, MemoryJson.Default.TurnView);
            }

            json.Flush();
            await flush();
            after = next;
        }
        while (after is not null);

        json.WriteEndArray();
        json.WriteEndObject();
        return complete;
    }
}
