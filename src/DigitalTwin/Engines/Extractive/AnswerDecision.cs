namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// Whether the best sentence answers the question: a logistic function of how good it is, how far ahead of the others, and what of the
/// question it leaves unexplained. Fitted on the same question sets as <see cref="SentenceWeights"/>, with sentences chosen by weights that
/// had not seen the set.
/// </summary>
internal static class AnswerDecision
{
    private const float Bias = -5.755f;

    private const float Score = 0.475f;
    private const float AheadOfSentence = -0.809f;
    private const float AheadOfDocument = 0.127f;
    private const float DocumentShare = 2.395f;

    private const float LeansOnPrevious = 3.913f;
    private const float AsksAnything = -0.043f;
    private const float TopicCount = -0.601f;
    private const int MostTopics = 3;
    private const float UnknownShare = 0.251f;
    private const float UnknownTerms = -7.671f;

    /// <summary>Long questions count like ones of this many words.</summary>
    private const float ManyTerms = 6;

    /// <param name="scores">Of every sentence, best first.</param>
    /// <param name="best">The best sentence's features.</param>
    /// <returns>The log-odds that it answers.</returns>
    public static float LogOdds(Grounding grounding, IReadOnlyList<SentenceScore> scores, ReadOnlySpan<float> best)
    {
        var sum = Bias + (Score * scores[0].Score) + OfSentence(best) + OfQuestion(grounding);
        var top = scores[0];
        var document = grounding.Passages[top.Passage].DocumentId;
        var otherDocument = scores[^1].Score;
        var (all, own) = (0f, 0f);
        foreach (var score in scores)
        {
            var share = MathF.Exp(score.Score - top.Score);
            var isOwn = grounding.Passages[score.Passage].DocumentId == document;
            all += share;
            own += isOwn ? share : 0;
            otherDocument = isOwn ? otherDocument : Math.Max(otherDocument, score.Score);
        }

        return sum + (AheadOfSentence * (top.Score - scores[Math.Min(1, scores.Count - 1)].Score))
            + (AheadOfDocument * (top.Score - otherDocument)) + (DocumentShare * own / all);
    }

    private static float OfSentence(ReadOnlySpan<float> best) =>
        (1.466f * best[(int)SentenceFeature.DocumentPlace])
        + (-2.602f * best[(int)SentenceFeature.MissesName])
        + (-0.871f * best[(int)SentenceFeature.RightType])
        + (-3.006f * best[(int)SentenceFeature.WrongType])
        + (-0.478f * best[(int)SentenceFeature.LikelyType])
        + (1.793f * best[(int)SentenceFeature.SentenceToQuestion])
        + (-0.040f * best[(int)SentenceFeature.CoverNearby])
        + (0.186f * best[(int)SentenceFeature.CoverClosely])
        + (-3.375f * best[(int)SentenceFeature.MissesNearby]);

    private static float OfQuestion(Grounding grounding)
    {
        var (total, unknown, count) = (1e-6f, 0f, 0);
        for (var t = 0; t < grounding.Terms.Count; t++)
        {
            var term = grounding.Terms[t];
            total += term.Weight;
            unknown += term.IsKnown ? 0 : term.Weight;
            count += term.IsKnown ? 0 : 1;
        }

        return (grounding.Previous is null ? 0 : LeansOnPrevious)
            + (grounding.Question.Expects is AnswerType.Anything ? AsksAnything : 0)
            + (TopicCount * Math.Min(grounding.Question.Topics.Count, MostTopics))
            + (UnknownShare * unknown / total) + (UnknownTerms * count / ManyTerms);
    }
}
