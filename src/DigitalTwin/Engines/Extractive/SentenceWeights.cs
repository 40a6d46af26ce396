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
        Set(SentenceFeature.InSentence, 3.32f);
        Set(SentenceFeature.MissesName, 3.03f);
        Set(SentenceFeature.InHeading, 2.83f);
        Set(SentenceFeature.InTitle, 2.47f);
        Set(SentenceFeature.Heading, 2.43f);
        Set(SentenceFeature.Title, 1.62f);
        Set(SentenceFeature.TitleOfTopic, 0.88f);
        Set(SentenceFeature.Rank, 1.71f);
        Set(SentenceFeature.DocumentRank, -1.51f);
        Set(SentenceFeature.RightType, 1.48f);
        Set(SentenceFeature.WrongType, -0.95f);
        Set(SentenceFeature.LikelyType, 3.48f);
        Set(SentenceFeature.SpeakerActs, 1.63f);
        Set(SentenceFeature.First, 1.03f);
        Set(SentenceFeature.Continues, 1.68f);
        Set(SentenceFeature.MissesNearby, 0.57f);
        Set(SentenceFeature.DocumentPlace, -0.06f);
        Set(SentenceFeature.TopicInSentence, 0.93f);
        Set(SentenceFeature.TopicInNeighbours, -0.03f);
        Set(SentenceFeature.TopicInPassage, 1.47f);
        Set(SentenceFeature.TopicInTitle, 1.46f);
        Set(SentenceFeature.TopicNowhere, -1.19f);
        Set(SentenceFeature.CoverNearby, 2.33f);
        Set(SentenceFeature.CoverLiterally, 0.38f);
        Set(SentenceFeature.CoverInDocument, 2.43f);
        Set(SentenceFeature.LiteralInSentence, 4.32f);
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
