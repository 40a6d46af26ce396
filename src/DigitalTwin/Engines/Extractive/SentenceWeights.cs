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
        Set(SentenceFeature.InSentence, 3.53f);
        Set(SentenceFeature.MissesName, 3.43f);
        Set(SentenceFeature.InHeading, 2.97f);
        Set(SentenceFeature.InTitle, 2.20f);
        Set(SentenceFeature.Heading, 2.64f);
        Set(SentenceFeature.Title, 1.47f);
        Set(SentenceFeature.TitleOfTopic, 1.24f);
        Set(SentenceFeature.Rank, 1.43f);
        Set(SentenceFeature.DocumentRank, -1.37f);
        Set(SentenceFeature.RightType, 1.83f);
        Set(SentenceFeature.WrongType, -1.18f);
        Set(SentenceFeature.LikelyType, 3.44f);
        Set(SentenceFeature.SpeakerActs, 1.69f);
        Set(SentenceFeature.First, 1.10f);
        Set(SentenceFeature.Continues, 1.90f);
        Set(SentenceFeature.MissesNearby, 0.55f);
        Set(SentenceFeature.DocumentPlace, -0.24f);
        Set(SentenceFeature.TopicInSentence, 1.04f);
        Set(SentenceFeature.TopicInNeighbours, 0.09f);
        Set(SentenceFeature.TopicInPassage, 1.55f);
        Set(SentenceFeature.TopicInTitle, 1.74f);
        Set(SentenceFeature.TopicNowhere, -1.06f);
        Set(SentenceFeature.CoverNearby, 2.25f);
        Set(SentenceFeature.CoverLiterally, 0.80f);
        Set(SentenceFeature.CoverInDocument, 2.65f);
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
