using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DigitalTwin.Memory;

namespace DigitalTwin.Chat;

/// <summary>
/// Writes a turn as server-sent events in the AI SDK's UI message stream protocol, version 1
/// (ai-sdk.dev/docs/ai-sdk-ui/stream-protocol): one JSON object an event, each with an id, then <c>[DONE]</c>. Events at or before
/// the one that the reader saw last are left out, if it was of the same answer.
/// </summary>
internal sealed class UiMessageStream(IBufferWriter<byte> output, TurnId turn, DateTimeOffset createdAt, string? attempt, EventId after) : IDisposable
{
    private const string TextPartId = "answer";

    private readonly Utf8JsonWriter json = new(
        output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    private EventPosition position = after.In(attempt);

    /// <summary>How much of the text the reader has.</summary>
    public int TextOffset => position.Stage < EventStage.Text ? 0 : position.Stage == EventStage.Text ? position.Offset : int.MaxValue;

    public static ReadOnlyMemory<byte> Ping { get; } = ": ping\n\n"u8.ToArray();

    public void WriteStart()
    {
        if (Begin("start", EventStage.Start))
        {
            json.WriteString("messageId", turn.ToString());
            End();
        }

        if (Begin("data-turn", EventStage.Turn))
        {
            json.WriteStartObject("data");
            json.WriteString("turnId", turn.ToString());
            json.WriteString("sessionId", turn.SessionId);
            json.WriteNumber("sequence", turn.Sequence);
            json.WriteString("createdAt", createdAt);
            json.WriteEndObject();
            End();
        }
    }

    public void WriteText(ReadOnlySpan<char> more)
    {
        if (more.IsEmpty)
        {
            return;
        }

        if (Begin("text-start", EventStage.TextStart))
        {
            json.WriteString("id", TextPartId);
            End();
        }

        if (Begin("text-delta", EventStage.Text, TextOffset + more.Length))
        {
            json.WriteString("id", TextPartId);
            json.WriteString("delta", more);
            End();
        }
    }

    /// <summary>Everything behind the text, for a turn that has ended.</summary>
    public void WriteEnd(TurnRecord record)
    {
        if (record.Answer.Length > 0 && Begin("text-end", EventStage.TextEnd))
        {
            json.WriteString("id", TextPartId);
            End();
        }

        WriteSources(record);
        WriteCitations(record);
        if (record.Suggestions.Count > 0 && Begin("data-suggestions", EventStage.Suggestions))
        {
            json.WritePropertyName("data");
            WriteStrings(record.Suggestions);
            End();
        }

        if (record.Status is TurnStatus.Failed or TurnStatus.Unanswered && Begin("error", EventStage.Error))
        {
            json.WriteString("errorText", record.Status is TurnStatus.Failed
                ? "The answer broke off. What was said is kept; please ask again."
                : "The answer was interrupted. Please ask again.");
            End();
        }

        WriteFinish(record);
    }

    /// <summary>Ends a stream whose turn could not be stored.</summary>
    public void WriteFailure()
    {
        if (Begin("error", EventStage.Error))
        {
            json.WriteString("errorText", "The answer could not be stored. Please ask again.");
            End();
        }

        WriteDone();
    }

    public void Dispose() => json.Dispose();

    private void WriteSources(TurnRecord record)
    {
        var n = 0;
        foreach (var source in record.Citations.DistinctBy(c => c.DocumentId))
        {
            if (Begin("source-document", EventStage.Source, ++n))
            {
                json.WriteString("sourceId", source.DocumentId);
                json.WriteString("mediaType", "text/plain");
                json.WriteString("title", source.Title);
                End();
            }
        }
    }

    private void WriteCitations(TurnRecord record)
    {
        var n = 0;
        foreach (var citation in record.Citations)
        {
            if (Begin("data-citation", EventStage.Citation, ++n))
            {
                json.WriteString("id", string.Create(CultureInfo.InvariantCulture, $"citation-{n}"));
                json.WriteStartObject("data");
                json.WriteNumber("n", citation.N);
                json.WriteString("documentId", citation.DocumentId);
                json.WriteString("title", citation.Title);
                json.WriteString("quote", citation.Quote);
                json.WriteEndObject();
                End();
            }
        }
    }

    private void WriteFinish(TurnRecord record)
    {
        if (Begin("finish", EventStage.Finish))
        {
            json.WriteStartObject("messageMetadata");
            json.WriteString("status", JsonNamingPolicy.CamelCase.ConvertName(record.Status.ToString()));
            json.WriteString("agent", record.Agent);
            json.WriteString("engine", record.Engine);
            json.WriteEndObject();
            End();
        }

        WriteDone();
    }

    private void WriteDone()
    {
        if (MoveTo(EventStage.Done, 0))
        {
            output.Write("data: [DONE]\n\n"u8);
        }
    }

    private void WriteStrings(IReadOnlyList<string> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Opens an event unless the reader has it already.</summary>
    private bool Begin(string type, EventStage stage, int offset = 0)
    {
        if (!MoveTo(stage, offset))
        {
            return false;
        }

        output.Write("data: "u8);
        json.Reset(output);
        json.WriteStartObject();
        json.WriteString("type", type);
        return true;
    }

    private void End()
    {
        json.WriteEndObject();
        json.Flush();
        output.Write("\n\n"u8);
    }

    private bool MoveTo(EventStage stage, int offset)
    {
        var next = new EventPosition(stage, offset);
        if (next <= position)
        {
            return false;
        }

        position = next;
        Span<byte> id = stackalloc byte[32];
        Encoding.UTF8.TryGetBytes("id: ", id, out var length);
        ((int)stage).TryFormat(id[length..], out var written, default, CultureInfo.InvariantCulture);
        length += written;
        id[length++] = (byte)'.';
        offset.TryFormat(id[length..], out written, default, CultureInfo.InvariantCulture);
        length += written;
        if (attempt is not null)
        {
            id[length++] = (byte)'.';
            length += Encoding.UTF8.GetBytes(attempt, id[length..]);
        }

        id[length++] = (byte)'\n';
        output.Write(id[..length]);
        return true;
    }
}
