using DigitalTwin.Engines;
using DigitalTwin.Memory;
using DigitalTwin.Persona;

namespace DigitalTwin.Chat;

/// <summary>What the visitor may ask next: the persona's own questions that were not asked yet.</summary>
internal static class Suggestions
{
    private const int Most = 3;

    public static IReadOnlyList<string> For(Grounding grounding, PersonaVersion persona, IReadOnlyList<StoredTurn> history)
    {
        var suggestions = new List<string>(Most);
        foreach (var suggestion in persona.Profile.Suggestions)
        {
            if (suggestions.Count < Most
                && !string.Equals(suggestion, grounding.Question.Text.Trim(), StringComparison.OrdinalIgnoreCase)
                && !history.Any(turn => string.Equals(turn.Record.Question.Trim(), suggestion, StringComparison.OrdinalIgnoreCase)))
            {
                suggestions.Add(suggestion);
            }
        }

        return suggestions;
    }
}
