namespace DigitalTwin.Aws.EventStreams;

/// <summary>One message of an event stream.</summary>
/// <param name="Headers">The headers that are text; a service puts nothing else there that anybody here reads.</param>
internal sealed record EventStreamMessage(IReadOnlyDictionary<string, string> Headers, byte[] Payload)
{
    /// <summary><c>event</c>, <c>exception</c> or <c>error</c>.</summary>
    public string MessageType => Headers.GetValueOrDefault(":message-type", "");

    /// <summary>What kind of event; empty when it is none.</summary>
    public string EventType => Headers.GetValueOrDefault(":event-type", "");

    /// <summary>What went wrong, when it is an exception or an error.</summary>
    public string ErrorType => Headers.GetValueOrDefault(":exception-type") ?? Headers.GetValueOrDefault(":error-code", "");
}
