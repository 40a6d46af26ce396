using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>How well one sentence answers a question.</summary>
/// <param name="Passage">Index of the passage in the grounding.</param>
/// <param name="Sentence">Index of the sentence in its passage.</param>
/// <param name="Coverage">The share, by weight, of the question's words that the sentence and what stands around it hold, 0 to 1.</param>
/// <param name="Score">Coverage with the sentence's other merits; only for ranking.</param>
internal readonly record struct SentenceScore(int Passage, int Sentence, float Coverage, float Score);

/// <summary>
/// Scores the sentences of the passages found. A word of the question counts in full where the sentence has it, less where only a synonym,
/// the heading above, a neighbour or the rest of the passage has it.
/// </summary>
internal sealed class SentenceScorer
{
    private const float InHeading = 0.8f;
    private const float InNeighbour = 0.6f;
    private const float InPassage = 0.45f;
    private const float CorrectionShare = 0.95f;
    private const float RightTypeBonus = 0.15f;
    private const float WrongTypeMalus = 0.2f;
    private const float WeakTypeBonus = 0.05f;
    private const float RankBonus = 0.2f;
    private const float DensityBonus = 0.08f;
    private const float SpeakerBonus = 0.04f;
    private const float PreviousDocumentBonus = 0.15f;
    private const float TooShortMalus = 0.25f;
    private const int TooShort = 4;

    private readonly Grounding grounding;
    private readonly Dictionary<string, (int Term, float Share)[]> byStem = new(StringComparer.Ordinal);
    private readonly float totalWeight;

    public SentenceScorer(Grounding grounding)
    {
        this.grounding = grounding;
        for (var i = 0; i < grounding.Terms.Count; i++)
        {
            var term = grounding.Terms[i];
            totalWeight += term.Weight;
            Add(term.Term.Stem, i, 1f);
            if (term.Correction is { } correction)
            {
                Add(correction, i, CorrectionShare);
            }

            foreach (var synonym in term.Term.Synonyms)
            {
                Add(synonym.Stem, i, synonym.Share);
            }
        }
    }

    /// <summary>Every sentence's score, in the order of passages and sentences.</summary>
    public List<SentenceScore> Score()
    {
        var scores = new List<SentenceScore>(64);
        for (var p = 0; p < grounding.Passages.Count; p++)
        {
            ScorePassage(p, scores);
        }

        return scores;
    }

    private void ScorePassage(int p, List<SentenceScore> scores)
    {
        var passage = grounding.Passages[p];
        var terms = grounding.Terms.Count;
        var sentences = passage.Sentences.Count;
        Span<float> matches = terms * sentences <= 1024 ? stackalloc float[terms * sentences] : new float[terms * sentences];
        Span<int> hits = sentences <= 256 ? stackalloc int[sentences] : new int[sentences];
        matches.Clear();
        hits.Clear();
        for (var s = 0; s < sentences; s++)
        {
            hits[s] = Match(passage.Sentences[s].Tokens, matches.Slice(s * terms, terms));
        }

        Span<float> around = stackalloc float[terms];
        around.Clear();
        MatchWords(passage.Title, around);
        MatchWords(passage.Heading, around);
        Span<float> anywhere = stackalloc float[terms];
        anywhere.Clear();
        for (var i = 0; i < matches.Length; i++)
        {
            anywhere[i % terms] = Math.Max(anywhere[i % terms], matches[i]);
        }

        var rank = (float)(grounding.Scores[p] / Math.Max(grounding.Scores[0], 1e-9));
        var continues = grounding.Previous?.DocumentIds.Contains(passage.DocumentId) ?? false;
        for (var s = 0; s < sentences; s++)
        {
            var covered = 0f;
            for (var t = 0; t < terms; t++)
            {
                var best = Math.Max(matches[(s * terms) + t], Math.Max(around[t] * InHeading, anywhere[t] * InPassage));
                var neighbour = Math.Max(s > 0 ? matches[((s - 1) * terms) + t] : 0, s + 1 < sentences ? matches[((s + 1) * terms) + t] : 0);
                best = Math.Max(best, neighbour * InNeighbour);
                covered += best * grounding.Terms[t].Weight;
            }

            var coverage = totalWeight > 0 ? covered / totalWeight : 0;
            var merit = coverage + Merits(passage, passage.Sentences[s], hits[s]) + (rank * RankBonus) + (continues ? PreviousDocumentBonus : 0);
            scores.Add(new SentenceScore(p, s, coverage, merit));
        }
    }

    private float Merits(Passage passage, PassageSentence sentence, int hits)
    {
        var tokens = sentence.Tokens;
        var content = 0;
        var speaks = false;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            content += token.IsStopWord ? 0 : 1;
            speaks |= token.Word is "i" or "my" or "me" or "we" or "our" or "us";
        }

        var merit = content > 0 ? DensityBonus * hits / content : 0;
        merit += grounding.Question.AddressesSpeaker && speaks ? SpeakerBonus : 0;
        merit -= tokens.Count < TooShort ? TooShortMalus : 0;
        return merit + (AnswerTypes.Holds(grounding.Question.Expects, passage, sentence) switch
        {
            true when grounding.Question.Expects is AnswerType.Time or AnswerType.Number => RightTypeBonus,
            false when grounding.Question.Expects is AnswerType.Time or AnswerType.Number => -WrongTypeMalus,
            true => WeakTypeBonus,
            _ => 0,
        });
    }

    /// <summary>Notes how well each term is matched; returns how many tokens match any.</summary>
    private int Match(IReadOnlyList<TextToken> tokens, Span<float> matches)
    {
        var hits = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            if (byStem.TryGetValue(tokens[i].Stem, out var terms))
            {
                hits++;
                foreach (var (term, share) in terms)
                {
                    matches[term] = Math.Max(matches[term], share);
                }
            }
        }

        return hits;
    }

    private void MatchWords(string text, Span<float> matches)
    {
        if (text.Length > 0)
        {
            Match(TextAnalyzer.Analyze(text), matches);
        }
    }

    private void Add(string stem, int term, float share)
    {
        byStem.TryGetValue(stem, out var present);
        present ??= [];
        if (!Array.Exists(present, entry => entry.Term == term))
        {
            byStem[stem] = [.. present, (term, share)];
        }
    }
}
