using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// Chooses the sentences that answer a question, or none when the best one is more likely not an answer.
/// </summary>
internal static class AnswerSelector
{
    /// <summary>The least log-odds of an answer: about nine in ten questions without one stay below.</summary>
    private const float Threshold = -0.19f;

    /// <summary>A further sentence must reach this share of the best one's score; one fact needs no company.</summary>
    private const float Companion = 0.85f;
    private const float CompanionOfFact = 0.95f;
    private const int MostSentences = 3;
    private const int MostCharacters = 520;

    /// <param name="said">What the turn before said, when more is asked for: those sentences are passed over.</param>
    public static IReadOnlyList<SentenceScore> Select(Grounding grounding, string? said)
    {
        var scorer = new SentenceScorer(grounding);
        var scores = scorer.Score();
        if (said is not null)
        {
            scores.RemoveAll(score => said.AsSpan().Contains(SpanOf(grounding, score), StringComparison.Ordinal));
        }

        if (scores.Count == 0)
        {
            return [];
        }

        PutDocumentFirst(grounding, scores);
        return said is null && scorer.Decide(scores) < Threshold ? [] : Compose(grounding, scores);
    }

    /// <summary>
    /// The document that all of its sentences together speak for comes first, each by its share in the softmax; inside and behind it the
    /// sentences follow by score.
    /// </summary>
    internal static void PutDocumentFirst(Grounding grounding, List<SentenceScore> scores)
    {
        var documents = DocumentsOf(grounding.Passages);
        var top = float.MinValue;
        foreach (var score in scores)
        {
            top = Math.Max(top, score.Score);
        }

        Span<float> shares = stackalloc float[documents.Length];
        shares.Clear();
        foreach (var score in scores)
        {
            shares[documents[score.Passage]] += MathF.Exp(score.Score - top);
        }

        var first = documents[scores[0].Passage];
        foreach (var score in scores)
        {
            first = shares[documents[score.Passage]] > shares[first] ? documents[score.Passage] : first;
        }

        scores.Sort((a, b) => documents[a.Passage] == first != (documents[b.Passage] == first) ? (documents[a.Passage] == first ? -1 : 1)
            : a.Score != b.Score ? b.Score.CompareTo(a.Score)
            : a.Passage != b.Passage ? a.Passage.CompareTo(b.Passage) : a.Sentence.CompareTo(b.Sentence));
    }

    /// <summary>For each passage the first one of its document.</summary>
    private static int[] DocumentsOf(IReadOnlyList<Passage> passages)
    {
        var documents = new int[passages.Count];
        for (var p = 0; p < documents.Length; p++)
        {
            while (passages[documents[p]].DocumentId != passages[p].DocumentId)
            {
                documents[p]++;
            }
        }

        return documents;
    }

    public static ReadOnlySpan<char> SpanOf(Grounding grounding, SentenceScore score)
    {
        var passage = grounding.Passages[score.Passage];
        var sentence = passage.Sentences[score.Sentence];
        return passage.Text.AsSpan(sentence.Start, sentence.Length);
    }

    private static List<SentenceScore> Compose(Grounding grounding, List<SentenceScore> scores)
    {
        var chosen = new List<SentenceScore>(MostSentences + 1);
        var length = 0;
        var least = scores[0].Score * (grounding.Question.Expects is not (AnswerType.Anything or AnswerType.Person or AnswerType.Reason) ? CompanionOfFact : Companion);
        foreach (var candidate in scores)
        {
            if (chosen.Count == MostSentences)
            {
                break;
            }

            var own = grounding.Passages[candidate.Passage].Sentences[candidate.Sentence].Length;
            if (candidate.Score < least || (chosen.Count > 0 && length + own > MostCharacters) || IsSaid(grounding, chosen, candidate))
            {
                continue;
            }

            chosen.Add(candidate);
            length += own;
        }

        AddAntecedents(grounding, chosen);
        // The passage of the best sentence comes first; inside a passage sentences keep their order.
        var order = chosen.Select(c => c.Passage).Distinct().ToList();
        chosen.Sort((a, b) => a.Passage != b.Passage ? order.IndexOf(a.Passage).CompareTo(order.IndexOf(b.Passage)) : a.Sentence.CompareTo(b.Sentence));
        return chosen;
    }

    /// <summary>Another passage may have the same sentence.</summary>
    private static bool IsSaid(Grounding grounding, List<SentenceScore> chosen, SentenceScore candidate)
    {
        foreach (var other in chosen)
        {
            if (SpanOf(grounding, other).SequenceEqual(SpanOf(grounding, candidate)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A sentence that opens with a pronoun is hard to understand without the one before it.</summary>
    private static void AddAntecedents(Grounding grounding, List<SentenceScore> chosen)
    {
        foreach (var score in chosen.ToArray())
        {
            var sentences = grounding.Passages[score.Passage].Sentences;
            var before = score with { Sentence = score.Sentence - 1 };
            if (score.Sentence > 0
                && sentences[score.Sentence].Tokens is [{ Word: "it" or "this" or "that" or "these" or "those" or "he" or "she" or "they" or "his" or "her"
                    or "their" or "its" or "such" or "there" or "both" or "but" or "so" or "then" or "instead" or "however" or "nor" or "one" }, ..]
                && sentences[before.Sentence].Paragraph == sentences[score.Sentence].Paragraph
                && !chosen.Exists(other => other.Passage == before.Passage && other.Sentence == before.Sentence)
                && chosen.Count <= MostSentences)
            {
                chosen.Add(before);
            }
        }
    }
}
