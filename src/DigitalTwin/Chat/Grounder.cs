using DigitalTwin.Engines;
using DigitalTwin.Engines.Extractive;
using DigitalTwin.Knowledge;
using DigitalTwin.Memory;
using DigitalTwin.Persona;

namespace DigitalTwin.Chat;

/// <summary>Finds what an answer may rest on: reads the question, adds what it leans on, asks the index.</summary>
public sealed class Grounder(PassageIndex index, PersonaPassages personaPassages)
{
    private const int MostPassages = 8;
    private const int LongestTopic = 160;

    /// <summary>What the turn before was about counts, but less than what is asked now.</summary>
    private const float ContextWeight = 0.5f;

    /// <summary>How much an unknown word weighs beside the rarest known one: a name that nobody wrote down is a strong sign.</summary>
    private const float UnknownName = 1.5f;
    private const float UnknownWord = 1f;
    private const float UnknownCommonWord = 0.6f;

    public Grounding Ground(string question, IReadOnlyList<StoredTurn> history, PersonaVersion persona)
    {
        var reading = QuestionReader.Read(question, persona.Profile.Name);
        var speaker = new Speaker(persona.Profile.Name, persona.Profile.Greeting, persona.Profile.Suggestions);
        var previous = reading.LeansOnPrevious && history.Count > 0 ? PreviousOf(history[0]) : null;
        if (reading.Kind is not (QuestionKind.Question or QuestionKind.More))
        {
            var own = reading.Kind is QuestionKind.Identity or QuestionKind.Nature ? personaPassages.Current : [];
            return new Grounding(reading, [], own, [.. own.Select(_ => 1.0)], speaker, null, "");
        }

        var asked = reading.Kind is QuestionKind.More ? [] : reading.Terms;
        var context = previous is null ? [] : QuestionReader.Read(previous.Topic, persona.Profile.Name).Terms
            .Where(term => !asked.Any(own => own.Stem == term.Stem)).ToList();
        var found = Search(asked, context);
        var terms = new List<GroundedTerm>(asked.Count + context.Count);
        terms.AddRange(asked.Select(term => Stand(term, found, isContext: false)));
        terms.AddRange(context.Select(term => Stand(term, found, isContext: true)));
        return new Grounding(
            reading, terms, [.. found.Hits.Select(hit => hit.Passage)], [.. found.Hits.Select(hit => hit.Score)], speaker, previous, TopicOf(asked, context));
    }
}
