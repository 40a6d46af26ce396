namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// How much each feature counts for choosing a sentence: fitted by a softmax over the sentences of a question, on the question sets of 24
/// personas. docs/decisions/002-extractive-engine.md has the procedure and what it does for personas that the fit never saw.
/// </summary>
internal static class SentenceWeights
{
    private static readonly float[] Weights = new float[SentenceScorer.FeatureCount];

    static SentenceWeights()
    {
        Set(SentenceFeature.InSentence, 2.75f);
        Set(SentenceFeature.MissesName, -0.90f);
        Set(SentenceFeature.InHeading, 2.18f);
        Set(SentenceFeature.InTitle, 1.43f);
        Set(SentenceFeature.Heading, 1.12f);
        Set(SentenceFeature.Title, 0.91f);
        Set(SentenceFeature.HeadingAsked, 1.34f);
        Set(SentenceFeature.TitleAsked, 0.43f);
        Set(SentenceFeature.TitleOfTopic, 0.65f);
        Set(SentenceFeature.Rank, 1.15f);
        Set(SentenceFeature.DocumentRank, -0.40f);
        Set(SentenceFeature.RightType, 1.35f);
        Set(SentenceFeature.WrongType, -0.87f);
        Set(SentenceFeature.LikelyType, 2.19f);
        Set(SentenceFeature.SpeakerActs, 1.31f);
        Set(SentenceFeature.First, 0.39f);
        Set(SentenceFeature.Continues, 2.64f);
        Set(SentenceFeature.MissesNearby, -0.51f);
        Set(SentenceFeature.DocumentPlace, 0.26f);
        Set(SentenceFeature.TopicInSentence, 1.11f);
        Set(SentenceFeature.TopicInNeighbours, -0.30f);
        Set(SentenceFeature.TopicInPassage, 0.89f);
        Set(SentenceFeature.TopicInTitle, 0.90f);
        Set(SentenceFeature.TopicNowhere, -0.71f);
        Set(SentenceFeature.CoverNearby, 1.97f);
        Set(SentenceFeature.CoverLiterally, 0.82f);
        Set(SentenceFeature.CoverInDocument, 1.12f);
        Set(SentenceFeature.LiteralInSentence, 4.13f);
    }

    /// <summary>The sum by which sentences are ranked.</summary>
    public static float Rank(ReadOnlySpan<float> features)
    {
        var sum = 0f;
        for (var f = 0; f < features.Length; f++)
        {
            sum += features[f] * Weights[f];
        }

        return sum;
    }

    private static void Set(SentenceFeature feature, float weight) => Weights[(int)feature] = weight;
}
