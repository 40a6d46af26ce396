using System.Globalization;

namespace DigitalTwin.Memory;

/// <summary>
/// A turn's id: its session's id, a dot and the turn's sequence number in the session. Whoever cannot guess the session
/// cannot guess the turn, and no lookup is needed to find one from the other.
/// </summary>
public readonly record struct TurnId(string SessionId, int Sequence)
{
    private const int LongestSessionId = 64;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{SessionId}.{Sequence}");

    /// <summary>False for anything that <see cref="ToString"/> does not make.</summary>
    public static bool TryParse(string? text, out TurnId id)
    {
        id = default;
        var dot = text?.LastIndexOf('.') ?? -1;
        if (dot <= 0
            || !int.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || sequence == 0
            || !IsSessionId(text![..dot]))
        {
            return false;
        }

        id = new TurnId(text[..dot], sequence);
        return true;
    }

    /// <summary>Whether the text could be a session's id at all; a guard for keys made of what a client sent.</summary>
    public static bool IsSessionId(string text) =>
        text.Length is > 0 and <= LongestSessionId && text.AsSpan().IndexOfAnyExcept(SessionIdCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> SessionIdCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
}
