using System.Buffers;
using System.Text.Json;
using DigitalTwin.Storage;

namespace DigitalTwin.Memory;

/// <summary>The transcripts: a versioned object for each session, in the form of an export.</summary>
public sealed class TranscriptStore(SessionStore sessions, IObjectStore objects)
{
    /// <summary>Stores a new version of the session's transcript; false, with nothing stored, while a turn of it is being answered.</summary>
    public async ValueTask<bool> WriteAsync(StoredSession session, CancellationToken cancellationToken)
    {
        var content = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(content, new JsonWriterOptions { Indented = true, Encoder = MemoryJson.Default.Options.Encoder }))
        {
            if (!await SessionDocument.WriteAsync(sessions, session.Summary, json, () => Task.CompletedTask, cancellationToken))
            {
                return false;
            }
        }

        await objects.PutAsync(KeyOf(session.Id), content.WrittenMemory, "application/json", cancellationToken: cancellationToken);
        return true;
    }

    /// <summary>Removes every version of a session's transcript; false when there was none.</summary>
    public async ValueTask<bool> EraseAsync(string sessionId)
    {
        var wasThere = (await objects.ListVersionsAsync(KeyOf(sessionId))).Count > 0;
        await objects.EraseAsync(KeyOf(sessionId));
        return wasThere;
    }

    private static string KeyOf(string sessionId) => $"conversations/{sessionId}.json";
}
