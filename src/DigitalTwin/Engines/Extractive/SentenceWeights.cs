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
        Set(SentenceFeature.InSentence, 1.72f);
        Set(SentenceFeature.Literally, 0.67f);
        Set(SentenceFeature.MissesName, 1.88f);
        Set(SentenceFeature.InNeighbours, -0.85f);
        Set(SentenceFeature.InHeading, 2.15f);
        Set(SentenceFeature.InTitle, 1.21f);
        Set(SentenceFeature.InPassage, -0.19f);
        Set(SentenceFeature.InDocument, -1.10f);
        Set(SentenceFeature.Heading, 1.92f);
        Set(SentenceFeature.Title, 1.01f);
        Set(SentenceFeature.TitleOfTopic, 0.68f);
        Set(SentenceFeature.Rank, 0.72f);
        Set(SentenceFeature.DocumentRank, -1.28f);
        Set(SentenceFeature.Density, -0.50f);
        Set(SentenceFeature.Pairs, 0.82f);
        Set(SentenceFeature.RightType, 1.53f);
        Set(SentenceFeature.WrongType, -0.98f);
        Set(SentenceFeature.LikelyType, 3.73f);
        Set(SentenceFeature.OfSpeaker, 0.19f);
        Set(SentenceFeature.SpeakerActs, 1.24f);
        Set(SentenceFeature.Defines, 1.44f);
        Set(SentenceFeature.First, 1.06f);
        Set(SentenceFeature.Continues, 2.14f);
        Set(SentenceFeature.TooShort, -0.02f);
        Set(SentenceFeature.CloseInSentence, -3.04f);
        Set(SentenceFeature.CloseInNeighbours, -0.37f);
        Set(SentenceFeature.CloseInHeading, 1.01f);
        Set(SentenceFeature.CloseInTitle, 2.26f);
        Set(SentenceFeature.CloseInPassage, -0.18f);
        Set(SentenceFeature.CloseInDocument, -1.22f);
        Set(SentenceFeature.SentenceToQuestion, 2.13f);
        Set(SentenceFeature.PassageToQuestion, -0.35f);
        Set(SentenceFeature.TopicToQuestion, 0.65f);
        Set(SentenceFeature.MissesNearby, 1.24f);
        Set(SentenceFeature.MissesInDocument, 0.45f);
        Set(SentenceFeature.SpeakersMatch, 0.52f);
        Set(SentenceFeature.OthersMatch, -0.51f);
        Set(SentenceFeature.DocumentShare, 0.12f);
        Set(SentenceFeature.DocumentPlace, -0.26f);
        Set(SentenceFeature.DocumentToQuestion, -0.23f);
        Set(SentenceFeature.PassageApart, 2.75f);
        Set(SentenceFeature.DocumentApart, -0.84f);
        Set(SentenceFeature.RightContact, 3.95f);
        Set(SentenceFeature.TopicInSentence, 1.22f);
        Set(SentenceFeature.TopicInNeighbours, 0.64f);
        Set(SentenceFeature.TopicInPassage, 0.89f);
        Set(SentenceFeature.TopicInTitle, 1.28f);
        Set(SentenceFeature.TopicNowhere, -1.06f);
        Set(SentenceFeature.CoverClosely, 1.41f);
        Set(SentenceFeature.CoverNearby, 1.19f);
        Set(SentenceFeature.CoverLiterally, 0.58f);
        Set(SentenceFeature.CoverInDocument, 4.06f);
        Set(SentenceFeature.LiteralInSentence, 3.02f);
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
