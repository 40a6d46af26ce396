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
    private const float SynonymWeight = 0.5f;

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
        List<QuestionTerm> context = previous is null ? [] : [.. QuestionReader.Read(previous.Topic, persona.Profile.Name).Terms
            .Where(term => !asked.Any(own => own.Stem == term.Stem))];
        var found = Search(asked, context);
        var terms = new List<GroundedTerm>(asked.Count + context.Count);
        terms.AddRange(asked.Select(term => Stand(term, found, isContext: false)));
        terms.AddRange(context.Select(term => Stand(term, found, isContext: true)));
        return new Grounding(
            reading, terms, [.. found.Hits.Select(hit => hit.Passage)], [.. found.Hits.Select(hit => hit.Score)], speaker, previous, TopicOf(asked, context));
    }

    private SearchResult Search(IReadOnlyList<QuestionTerm> asked, List<QuestionTerm> context)
    {
        var query = new List<QueryTerm>((asked.Count + context.Count) * 3);
        foreach (var term in asked)
        {
            Add(query, term, term.Weight);
        }

        foreach (var term in context)
        {
            Add(query, term, term.Weight * ContextWeight);
        }

        return index.Search(query, MostPassages);
    }

    private static void Add(List<QueryTerm> query, QuestionTerm term, float weight)
    {
        query.Add(new QueryTerm(term.Stem, weight));
        foreach (var synonym in term.Synonyms)
        {
            query.Add(new QueryTerm(synonym, weight * SynonymWeight));
        }
    }

    /// <summary>How a word of the question stands in the knowledge.</summary>
    private GroundedTerm Stand(QuestionTerm term, SearchResult found, bool isContext)
    {
        var idf = index.Idf(term.Stem);
        string? correction = null;
        var known = idf > 0;
        foreach (var synonym in term.Synonyms)
        {
            var other = index.Idf(synonym);
            if (other > 0 && (!known || other < idf))
            {
                idf = idf == 0 ? other : Math.Min(idf, other);
            }
        }

        known = idf > 0;
        var weight = known
            ? 0.3 + (0.7 * idf / index.MaxIdf)
            : term.IsName ? UnknownName : EnglishWords.IsCommon(term.Word) ? UnknownCommonWord : UnknownWord;
        return new GroundedTerm(term, (float)weight * term.Weight * (isContext ? ContextWeight : 1f), known, correction, isContext);
    }

    private static PreviousTurn PreviousOf(StoredTurn turn) => new(
        turn.Record.Topic ?? turn.Record.Question, turn.Record.Answer, [.. turn.Record.Citations.Select(c => c.DocumentId).Distinct()]);

    private static string TopicOf(IReadOnlyList<QuestionTerm> asked, List<QuestionTerm> context)
    {
        var topic = string.Join(' ', asked.Concat(context).Select(term => term.Word));
        return topic.Length <= LongestTopic ? topic : topic[..LongestTopic];
    }
}
