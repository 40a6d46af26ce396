using DigitalTwin.Engines;
using DigitalTwin.Engines.Extractive;
using DigitalTwin.Knowledge;
using DigitalTwin.Memory;
using DigitalTwin.Persona;

namespace DigitalTwin.Chat;

/// <summary>
/// Finds what an answer may rest on: reads the question, adds what it leans on, asks the index; or a retriever elsewhere, if there is
/// one, and the index when that one cannot answer.
/// </summary>
public sealed class Grounder(PassageIndex index, PersonaPassages personaPassages, IPassageRetriever? retriever = null)
{
    private const int MostPassages = 8;

    /// <summary>How many passages of the persona may stand behind those that were found elsewhere.</summary>
    private const int MostOfPersona = 2;
    private const int LongestTopic = 160;

    /// <summary>What the turn before was about counts, but less than what is asked now.</summary>
    private const float ContextWeight = 0.5f;
    private const float SynonymWeight = 0.4f;
    private const float StrongSynonym = 0.8f;

    /// <summary>What the commonest word of the knowledge still counts beside the rarest.</summary>
    private const double KnownFloor = 0.4;

    /// <summary>How much an unknown word weighs beside the rarest known one: a name that nobody wrote down is a strong sign.</summary>
    private const float UnknownName = 1.5f;
    private const float UnknownWord = 1f;
    private const float UnknownCommonWord = 0.6f;

    /// <summary>Whether somebody outside is asked, which takes its time.</summary>
    public bool AsksOutside => retriever is not null;

    public async ValueTask<Grounding> GroundAsync(
        string question, IReadOnlyList<StoredTurn> history, PersonaVersion persona, CancellationToken cancellationToken)
    {
        personaPassages.Put(persona);
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
        var retrieved = retriever is null
            ? null
            : await retriever.RetrieveAsync(string.Join(' ', context.Select(term => term.Word).Prepend(question)), MostPassages, cancellationToken);
        var searched = retrieved is null ? index : IndexOf(retrieved);
        var (terms, hits) = Search(searched, asked, context);
        if (Corrected(terms) is { } corrected)
        {
            (terms, hits) = Search(searched, corrected, context);
        }

        reading = Correct(reading, terms);

        if (retrieved is not null)
        {
            hits = [.. retrieved, .. OfPersona(hits, retrieved)];
        }

        return new Grounding(
            reading, terms, [.. hits.Select(hit => hit.Passage)], [.. hits.Select(hit => hit.Score)], speaker, previous, TopicOf(asked, context));
    }

    /// <summary>What was found elsewhere, with the persona's own text, as a knowledge in which words can be looked up.</summary>
    private PassageIndex IndexOf(IReadOnlyList<SearchHit> retrieved)
    {
        var found = new PassageIndex();
        found.PutMany(retrieved.Select(hit => hit.Passage).Concat(personaPassages.Current).GroupBy(passage => passage.DocumentId)
            .Select(document => KeyValuePair.Create(document.Key, (IReadOnlyList<Passage>)[.. document])));
        return found;
    }

    /// <summary>The persona's best passages, ranked behind the others: scores of two searches do not compare.</summary>
    private static IEnumerable<SearchHit> OfPersona(IReadOnlyList<SearchHit> hits, IReadOnlyList<SearchHit> retrieved) =>
        hits.Where(hit => hit.Passage.DocumentId == PersonaPassages.DocumentId).Take(MostOfPersona)
            .Select(hit => retrieved.Count == 0 ? hit : hit with { Score = retrieved[^1].Score });

    /// <summary>How the words stand in the knowledge, and the passages that have them.</summary>
    private static (List<GroundedTerm> Terms, IReadOnlyList<SearchHit> Hits) Search(
        PassageIndex index, IReadOnlyList<QuestionTerm> asked, List<QuestionTerm> context)
    {
        var words = new List<WeightedWord>(asked.Sum(WordsOf) + context.Sum(WordsOf));
        foreach (var term in asked)
        {
            Add(words, term, term.Weight);
        }

        foreach (var term in context)
        {
            Add(words, term, term.Weight * ContextWeight);
        }

        var found = index.Search(words, MostPassages);
        var terms = new List<GroundedTerm>(asked.Count + context.Count);
        var at = 0;
        foreach (var term in asked)
        {
            terms.Add(Stand(term, found.Terms, ref at, index.LargestIdf, isContext: false));
        }

        foreach (var term in context)
        {
            terms.Add(Stand(term, found.Terms, ref at, index.LargestIdf, isContext: true));
        }

        return (terms, found.Hits);
    }

    /// <summary>The question's words with those that neither the knowledge nor English has put right; null when there are none.</summary>
    private static List<QuestionTerm>? Corrected(List<GroundedTerm> terms)
    {
        List<QuestionTerm>? corrected = null;
        for (var i = 0; i < terms.Count && !terms[i].IsContext; i++)
        {
            var (term, _, known, correction, _, _) = terms[i];
            if (!known && correction is null && term.Synonyms.Count == 0 && !term.IsName
                && !EnglishWords.IsCommon(term.Word, term.Stem) && Synonyms.Correct(term.Word) is { } word)
            {
                corrected ??= [.. terms.Where(t => !t.IsContext).Select(t => t.Term)];
                corrected[i] = QuestionReader.TermOf(word);
            }
        }

        return corrected;
    }

    /// <summary>What the question asks for may show only when its misspelt words are put right.</summary>
    private static QuestionReading Correct(QuestionReading reading, List<GroundedTerm> terms)
    {
        Dictionary<string, (string, string)>? corrected = null;
        for (var i = 0; i < reading.Terms.Count && i < terms.Count && !terms[i].IsContext; i++)
        {
            var meant = terms[i].Correction ?? terms[i].Term.Stem;
            if (meant != reading.Terms[i].Stem)
            {
                (corrected ??= new(StringComparer.Ordinal))[reading.Terms[i].Stem] = (terms[i].Term.Word, meant);
            }
        }

        return corrected is null ? reading : QuestionReader.Correct(reading, corrected);
    }

    private static int WordsOf(QuestionTerm term) => 1 + term.Synonyms.Count;

    private static void Add(List<WeightedWord> words, QuestionTerm term, float weight)
    {
        words.Add(new WeightedWord(term.Word, term.Stem, weight, MayBeMisspelt: term.Synonyms.Count == 0));
        foreach (var synonym in term.Synonyms)
        {
            words.Add(new WeightedWord(synonym.Stem, synonym.Stem, weight * synonym.Share * SynonymWeight, MayBeMisspelt: false));
        }
    }

    /// <summary>A word is as telling as it is rare, and what stands in for it no more than that itself is.</summary>
    private static GroundedTerm Stand(QuestionTerm term, IReadOnlyList<QueryTerm> found, ref int at, double largestIdf, bool isContext)
    {
        var own = found[at++];
        var idf = own.IsUnknown ? 0 : own.Idf;
        var first = at;
        foreach (var synonym in term.Synonyms)
        {
            var other = found[at++];
            if (own.IsUnknown && !other.IsUnknown && synonym.Share >= StrongSynonym)
            {
                idf = Math.Max(idf, other.Idf);
            }
        }

        var weight = idf > 0
            ? WeightOf(idf, largestIdf)
            : term.IsName ? UnknownName : EnglishWords.IsCommon(term.Word, term.Stem) || term.Synonyms.Count > 0 ? UnknownCommonWord : UnknownWord;
        var shares = new float[term.Synonyms.Count];
        for (var i = 0; i < shares.Length; i++)
        {
            shares[i] = found[first + i].IsUnknown
                ? 0
                : term.Synonyms[i].Share * (float)Math.Min(1, WeightOf(found[first + i].Idf, largestIdf) / weight);
        }

        return new GroundedTerm(
            term, (float)weight * term.Weight * (isContext ? ContextWeight : 1f), idf > 0, own.CorrectedTo is null ? null : own.Stem, isContext, shares);
    }

    private static double WeightOf(double idf, double largestIdf) => KnownFloor + ((1 - KnownFloor) * idf / largestIdf);

    private static PreviousTurn PreviousOf(StoredTurn turn) => new(
        turn.Record.Topic ?? turn.Record.Question, turn.Record.Answer, [.. turn.Record.Citations.Select(c => c.DocumentId).Distinct()]);

    private static string TopicOf(IReadOnlyList<QuestionTerm> asked, List<QuestionTerm> context)
    {
        var topic = string.Join(' ', asked.Concat(context).Select(term => term.Word));
        return topic.Length <= LongestTopic ? topic : topic[..LongestTopic];
    }
}
