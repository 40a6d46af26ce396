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
/// Where an event ends in its turn's stream. For text the offset is the number of UTF-16 units said so far, for sources and
/// citations their index from 1. Because a position means the same however the text was cut into pieces, a stream can be resumed
/// from a running turn, from a stored one, and after a restart.
/// </summary>
internal readonly record struct EventPosition(EventStage Stage, int Offset) : IComparable<EventPosition>
{
    public int CompareTo(EventPosition other) => Stage != other.Stage ? Stage.CompareTo(other.Stage) : Offset.CompareTo(other.Offset);

    public static bool operator <(EventPosition left, EventPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(EventPosition left, EventPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(EventPosition left, EventPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(EventPosition left, EventPosition right) => left.CompareTo(right) >= 0;
}
