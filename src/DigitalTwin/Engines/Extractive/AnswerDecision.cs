namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// Whether the best sentence answers the question: a logistic function of how good it is, how far it stands above the others found, and what
/// of the question it leaves unexplained. Fitted on the same question sets as <see cref="SentenceWeights"/>, with sentences chosen by weights
/// that had not seen the set.
/// </summary>
internal static class AnswerDecision
{
    private const float Bias = -3.350f;

    private const float Score = 0.515f;

    /// <summary>In standard deviations, so that it means the same among ten sentences and among eighty.</summary>
    private const float AboveOthers = -0.738f;
    private const float DocumentShare = 3.531f;

    private const float LeansOnPrevious = 3.388f;
    private const float TopicCount = -0.466f;
    private const int MostTopics = 3;
    private const float TermCount = 1.205f;
    private const float UnknownTerms = -6.255f;

    /// <summary>The counts of words are shares of this many.</summary>
    private const int ManyTerms = 6;

    /// <param name="scores">Of every sentence, the chosen document's first, and its best one at the head.</param>
    /// <param name="best">The best sentence's features.</param>
    /// <returns>The log-odds that it answers.</returns>
    public static float LogOdds(Grounding grounding, IReadOnlyList<SentenceScore> scores, ReadOnlySpan<float> best)
    {
        var top = scores[0];
        var document = grounding.Passages[top.Passage].DocumentId;
        var (all, own, sum, squares) = (0f, 0f, 0f, 0f);
        for (var i = 0; i < scores.Count; i++)
        {
            var below = scores[i].Score - top.Score;
            var share = MathF.Exp(below);
            all += share;
            own += scores[i].Passage == top.Passage || grounding.Passages[scores[i].Passage].DocumentId == document ? share : 0;
            sum += below;
            squares += below * below;
        }

        var mean = sum / scores.Count;
        var deviation = MathF.Sqrt(Math.Max((squares / scores.Count) - (mean * mean), 0) + 1e-6f);
        return Bias + (Score * top.Score) + (AboveOthers * -mean / deviation) + (DocumentShare * own / all) + OfSentence(best) + OfQuestion(grounding);
    }

    private static float OfSentence(ReadOnlySpan<float> best) =>
        (0.096f * best[(int)SentenceFeature.DocumentPlace])
        + (-2.737f * best[(int)SentenceFeature.MissesName])
        + (-0.833f * best[(int)SentenceFeature.RightType])
        + (-2.326f * best[(int)SentenceFeature.WrongType])
        + (-0.188f * best[(int)SentenceFeature.LikelyType])
        + (-4.066f * best[(int)SentenceFeature.MissesNearby]);

    private static float OfQuestion(Grounding grounding)
    {
        var unknown = 0;
        for (var t = 0; t < grounding.Terms.Count; t++)
        {
            unknown += grounding.Terms[t].IsKnown ? 0 : 1;
        }

        return (grounding.Previous is null ? 0 : LeansOnPrevious)
            + (TopicCount * Math.Min(grounding.Question.Topics.Count, MostTopics))
            + (TermCount * Math.Min(grounding.Terms.Count, ManyTerms) / ManyTerms)
            + (UnknownTerms * unknown / ManyTerms);
    }
}
