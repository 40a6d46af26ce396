using DigitalTwin.Memory;
using DigitalTwin.Persona;

namespace DigitalTwin.Chat;

/// <summary>What the visitor may ask next: the persona's own questions that this session has not had yet.</summary>
internal static class Suggestions
{
    private const int Most = 3;

    /// <param name="asked">What <see cref="Asked"/> returned for the turn.</param>
    public static IReadOnlyList<string> For(PersonaVersion persona, IReadOnlyList<string>? asked) =>
        [.. persona.Profile.Suggestions.Where(suggestion => asked?.Contains(suggestion) is not true).Distinct().Take(Most)];

    /// <summary>The persona's questions that were asked so far, with the one asked now; null when none was. The last turn passes them on.</summary>
    public static IReadOnlyList<string>? Asked(string question, PersonaVersion persona, IReadOnlyList<StoredTurn> history)
    {
        var before = history.Count > 0 ? history[0].Record.AskedSuggestions : null;
        IReadOnlyList<string> asked =
        [
            .. persona.Profile.Suggestions.Where(suggestion => before?.Contains(suggestion) is true
                || string.Equals(suggestion.Trim(), question.Trim(), StringComparison.OrdinalIgnoreCase)),
        ];
        return asked.Count > 0 ? asked : null;
    }
}
