using System.Buffers;
using System.Text.Json;

namespace DigitalTwin.Hosting.Lambda;

/// <summary>An error as Lambda shows it to whoever sent the event. The message is one of ours: exceptions' own words stay in the log.</summary>
/// <param name="Type">A category and a reason, as <c>Runtime.BadEvent</c>.</param>
internal sealed record ErrorReport(string Type, string Message)
{
    public static ErrorReport Of(Exception exception) => exception is BadEventException bad
        ? new ErrorReport("Runtime.BadEvent", bad.Message)
        : new ErrorReport($"Runtime.{exception.GetType().Name}", "The event could not be handled; the log says why.");

    public static ErrorReport OfStart(Exception exception, string? reason) =>
        new($"Runtime.{exception.GetType().Name}", reason ?? "The twin cannot start; the log says why.");

    public byte[] ToJson()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("errorMessage", Message);
            json.WriteString("errorType", Type);
            json.WriteStartArray("stackTrace");
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}

/// <summary>The event is none that the twin knows; the message says what is wrong and holds nothing of the event's content.</summary>
internal sealed class BadEventException(string message) : Exception(message);
