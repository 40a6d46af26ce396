namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// Whether the best sentence answers the question: a logistic function of how good it is, how far ahead of the others, and what of the
/// question it leaves unexplained. Fitted on the same question sets as <see cref="SentenceWeights"/>, with sentences chosen by weights that
/// had not seen the set.
/// </summary>
internal static class AnswerDecision
{
    private const float Bias = -3.682f;

    private const float Score = 0.497f;
    private const float AheadOfSentence = -0.565f;
    private const float DocumentShare = 2.284f;

    private const float LeansOnPrevious = 3.938f;
    private const float TopicCount = -0.454f;
    private const int MostTopics = 3;
    private const float UnknownTerms = -5.999f;

    /// <summary>The share of unknown words is of this many.</summary>
    private const float ManyTerms = 6;

    /// <param name="scores">Of every sentence, the chosen document's first, and its best one at the head.</param>
    /// <param name="best">The best sentence's features.</param>
    /// <returns>The log-odds that it answers.</returns>
    public static float LogOdds(Grounding grounding, IReadOnlyList<SentenceScore> scores, ReadOnlySpan<float> best)
    {
        var top = scores[0];
        var document = grounding.Passages[top.Passage].DocumentId;
        var second = scores.Count > 1 ? scores[1].Score : top.Score;
        var (all, own) = (0f, 0f);
        for (var i = 0; i < scores.Count; i++)
        {
            var score = scores[i];
            second = i > 0 ? Math.Max(second, score.Score) : second;
            var share = MathF.Exp(score.Score - top.Score);
            all += share;
            own += grounding.Passages[score.Passage].DocumentId == document ? share : 0;
        }

        return Bias + (Score * top.Score) + (AheadOfSentence * (top.Score - second)) + (DocumentShare * own / all) + OfSentence(best)
            + OfQuestion(grounding);
    }

    private static float OfSentence(ReadOnlySpan<float> best) =>
        (0.346f * best[(int)SentenceFeature.DocumentPlace])
        + (-4.822f * best[(int)SentenceFeature.MissesName])
        + (-0.736f * best[(int)SentenceFeature.RightType])
        + (-2.180f * best[(int)SentenceFeature.WrongType])
        + (-0.515f * best[(int)SentenceFeature.LikelyType])
        + (-4.528f * best[(int)SentenceFeature.MissesNearby]);

    private static float OfQuestion(Grounding grounding)
    {
        var unknown = 0;
        for (var t = 0; t < grounding.Terms.Count; t++)
        {
            unknown += grounding.Terms[t].IsKnown ? 0 : 1;
        }

        return (grounding.Previous is null ? 0 : LeansOnPrevious)
            + (TopicCount * Math.Min(grounding.Question.Topics.Count, MostTopics))
            + (UnknownTerms * unknown / ManyTerms);
    }
}
