namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// Chooses the sentences that answer a question, or none when the best one is more likely not an answer.
/// </summary>
internal static class AnswerSelector
{
    /// <summary>The least log-odds of an answer: about nine in ten questions without one stay below.</summary>
    private const float Threshold = -0.16f;

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
            scores.RemoveAll(score => said.Contains(TextOf(grounding, score), StringComparison.Ordinal));
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
        var top = scores[0].Score;
        foreach (var score in scores)
        {
            top = Math.Max(top, score.Score);
        }

        var shares = new Dictionary<string, float>(StringComparer.Ordinal);
        var document = "";
        foreach (var score in scores)
        {
            var id = grounding.Passages[score.Passage].DocumentId;
            shares[id] = shares.GetValueOrDefault(id) + MathF.Exp(score.Score - top);
        }

        foreach (var score in scores)
        {
            var id = grounding.Passages[score.Passage].DocumentId;
            document = document.Length == 0 || shares[id] > shares[document] ? id : document;
        }

        bool IsFirst(SentenceScore score) => grounding.Passages[score.Passage].DocumentId == document;
        scores.Sort((a, b) => IsFirst(a) != IsFirst(b) ? (IsFirst(a) ? -1 : 1)
            : a.Score != b.Score ? b.Score.CompareTo(a.Score)
            : a.Passage != b.Passage ? a.Passage.CompareTo(b.Passage) : a.Sentence.CompareTo(b.Sentence));
    }

    public static string TextOf(Grounding grounding, SentenceScore score)
    {
        var passage = grounding.Passages[score.Passage];
        var sentence = passage.Sentences[score.Sentence];
        return passage.Text.Substring(sentence.Start, sentence.Length);
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

            var text = TextOf(grounding, candidate);
            if (candidate.Score < least || (chosen.Count > 0 && length + text.Length > MostCharacters) || chosen.Exists(other => TextOf(grounding, other) == text))
            {
                continue;
            }

            chosen.Add(candidate);
            length += text.Length;
        }

        AddAntecedents(grounding, chosen);
        // The passage of the best sentence comes first; inside a passage sentences keep their order.
        var order = chosen.Select(c => c.Passage).Distinct().ToList();
        chosen.Sort((a, b) => a.Passage != b.Passage ? order.IndexOf(a.Passage).CompareTo(order.IndexOf(b.Passage)) : a.Sentence.CompareTo(b.Sentence));
        return chosen;
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
