using System.Globalization;
using DigitalTwin.Storage;

namespace DigitalTwin.Memory;

/// <summary>Where sessions, turns and a visitor's own list of them stand in the table.</summary>
internal static class MemoryKeys
{
    public const string TurnPrefix = "TURN#";
    public const string SessionPrefix = "SESSION#";

    public static string SessionPartition(string sessionId) => SessionPrefix + sessionId;

    public static ItemKey Session(string sessionId) => new(SessionPartition(sessionId), "META");

    public static ItemKey Turn(string sessionId, int sequence) =>
        new(SessionPartition(sessionId), string.Create(CultureInfo.InvariantCulture, $"{TurnPrefix}{sequence:D10}"));

    public static int Sequence(ItemKey turn) =>
        int.Parse(turn.SK.AsSpan(TurnPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);

    public static string VisitorPartition(string visitorId) => "VISITOR#" + visitorId;

    /// <summary>The visitor's exact list of sessions, for erasure; indexes may lag behind.</summary>
    public static ItemKey VisitorSession(string visitorId, string sessionId) => new(VisitorPartition(visitorId), SessionPrefix + sessionId);

    public static ItemKey ClientMessage(string visitorId, string clientMessageId) =>
        new(VisitorPartition(visitorId), "MESSAGE#" + clientMessageId);

    /// <summary>Sorts a visitor's sessions by when they were last used.</summary>
    public static IndexKey ByLastActive(string visitorId, DateTimeOffset lastActive, string sessionId) =>
        new(VisitorPartition(visitorId), string.Create(CultureInfo.InvariantCulture, $"{lastActive.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffffff}#{sessionId}"));
}
