using System.Globalization;
using System.Security.Cryptography;

namespace DigitalTwin.Chat;

/// <summary>
/// The SSE id of an event: <c>stage.offset</c>, and <c>stage.offset.attempt</c> in a turn whose question was answered anew after a crash. A
/// position in the answer that was lost says nothing about the new one, which may read differently.
/// </summary>
internal readonly record struct EventId(EventPosition Position, string? Attempt)
{
    public const int AttemptLength = 6;

    /// <summary>A name for one more answer to the same question. Nothing of the lost one was stored, so it cannot be a number.</summary>
    public static string NewAttempt() => RandomNumberGenerator.GetHexString(AttemptLength, lowercase: true);

    /// <summary>Where a reader who saw this event goes on in the answer of that attempt: at the start unless it was of the same one.</summary>
    public EventPosition In(string? attempt) => Attempt == attempt ? Position : default;

    /// <summary>False for an id that this server did not send.</summary>
    public static bool TryParse(string text, out EventId id)
    {
        id = default;
        var parts = text.Split('.');
        if (parts.Length is not (2 or 3)
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var stage)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            || stage is < (int)EventStage.None or > (int)EventStage.Done
            || (parts.Length == 3 && (parts[2].Length != AttemptLength || !parts[2].All(char.IsAsciiHexDigitLower))))
        {
            return false;
        }

        id = new EventId(new EventPosition((EventStage)stage, offset), parts.Length == 3 ? parts[2] : null);
        return true;
    }
}
