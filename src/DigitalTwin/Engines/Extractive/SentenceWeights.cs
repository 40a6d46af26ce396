namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// How much each feature counts for choosing a sentence: fitted by a softmax over the sentences of a question, on the question sets of nine
/// personas. docs/decisions/002-extractive-engine.md has the procedure and what it does for personas that the fit never saw.
/// </summary>
internal static class SentenceWeights
{
    private static readonly float[] Weights = new float[SentenceScorer.FeatureCount];

    static SentenceWeights()
    {
        Set(SentenceFeature.InSentence, 3.37f);
        Set(SentenceFeature.MissesName, -0.62f);
        Set(SentenceFeature.InHeading, 2.81f);
        Set(SentenceFeature.InTitle, 2.09f);
        Set(SentenceFeature.Heading, 1.02f);
        Set(SentenceFeature.Title, 1.00f);
        Set(SentenceFeature.HeadingAsked, 1.46f);
        Set(SentenceFeature.TitleAsked, 0.40f);
        Set(SentenceFeature.TitleOfTopic, 0.58f);
        Set(SentenceFeature.Rank, 1.72f);
        Set(SentenceFeature.DocumentRank, -1.16f);
        Set(SentenceFeature.RightType, 1.61f);
        Set(SentenceFeature.WrongType, -0.99f);
        Set(SentenceFeature.LikelyType, 2.60f);
        Set(SentenceFeature.SpeakerActs, 1.49f);
        Set(SentenceFeature.First, 0.49f);
        Set(SentenceFeature.Continues, 3.33f);
        Set(SentenceFeature.MissesNearby, 0.70f);
        Set(SentenceFeature.DocumentPlace, 0.25f);
        Set(SentenceFeature.TopicInSentence, 0.97f);
        Set(SentenceFeature.TopicInNeighbours, -0.28f);
        Set(SentenceFeature.TopicInPassage, 1.21f);
        Set(SentenceFeature.TopicInTitle, 1.05f);
        Set(SentenceFeature.TopicNowhere, -0.93f);
        Set(SentenceFeature.CoverNearby, 2.82f);
        Set(SentenceFeature.CoverLiterally, 0.73f);
        Set(SentenceFeature.CoverInDocument, 1.50f);
        Set(SentenceFeature.LiteralInSentence, 4.00f);
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
