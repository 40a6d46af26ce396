using System.Globalization;

namespace DigitalTwin.Chat;

/// <summary>The parts of a turn's event stream, in their order.</summary>
internal enum EventStage
{
    None,
    Start,
    Turn,
    TextStart,
    Text,
    TextEnd,
    Source,
    Citation,
    Suggestions,
    Error,
    Finish,
    Done,
}

/// <summary>
/// Where an event ends in its turn's stream; the SSE id is <c>stage.offset</c>. For text the offset is the number of UTF-16 units
/// said so far, for sources and citations their index from 1. Because a position means the same however the text was cut into
/// pieces, a stream can be resumed from a running turn, from a stored one, and after a restart.
/// </summary>
internal readonly record struct EventPosition(EventStage Stage, int Offset) : IComparable<EventPosition>
{
    public int CompareTo(EventPosition other) => Stage != other.Stage ? Stage.CompareTo(other.Stage) : Offset.CompareTo(other.Offset);

    public static bool operator <(EventPosition left, EventPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(EventPosition left, EventPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(EventPosition left, EventPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EventPosition left, EventPosition right) => left.CompareTo(right) >= 0;

    /// <summary>False for an id that this server did not send.</summary>
    public static bool TryParse(string text, out EventPosition position)
    {
        position = default;
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0
            || !int.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var stage)
            || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || stage is < (int)EventStage.None or > (int)EventStage.Done)
        {
            return false;
        }

        position = new EventPosition((EventStage)stage, offset);
        return true;
    }
}
