namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// How much each feature counts: for choosing a sentence (ranking, fitted by a softmax over the sentences of a question), and for deciding
/// whether the best one answers at all (a logistic function). Both were fitted on the question sets of five personas, together with a
/// penalty on leaving hand-set values; docs/decisions/002-extractive-engine.md has the procedure and what it does for personas that the fit
/// never saw.
/// </summary>
internal static class SentenceWeights
{
    private const float Bias = -1.2f;
    private const float UnknownShare = -1.38f;
    private const float UnknownNames = -0.46f;
    private const float TermCount = 0.35f;
    private const float LeansOnPrevious = 0.88f;
    private const float TotalWeight = -0.31f;
    private const float UnknownTerms = -0.75f;

    /// <summary>The share of a question's weight that the knowledge may lack, and that of its names; beyond it is about something else.</summary>
    private const float MostUnknown = 0.55f;
    private const float MostUnknownNames = 0.3f;

    /// <summary>Long questions count like ones of this many words.</summary>
    private const float ManyTerms = 6;

    private static readonly (float Ranking, float Decision)[] Weights = new (float, float)[SentenceScorer.FeatureCount];

    static SentenceWeights()
    {
        Set(SentenceFeature.InSentence, 1.05f, 0.72f);
        Set(SentenceFeature.Literally, 0.27f, 0.78f);
        Set(SentenceFeature.MissesName, -0.11f, -0.28f);
        Set(SentenceFeature.InNeighbours, 0.45f, 0.42f);
        Set(SentenceFeature.InHeading, 0.86f, 0.42f);
        Set(SentenceFeature.InTitle, 0.67f, 0.62f);
        Set(SentenceFeature.InPassage, 0.30f, 0.36f);
        Set(SentenceFeature.InDocument, 0.14f, 0.27f);
        Set(SentenceFeature.Heading, 0.38f, 0.97f);
        Set(SentenceFeature.Title, 0.35f, 1.29f);
        Set(SentenceFeature.TitleOfTopic, 0.21f, 0.38f);
        Set(SentenceFeature.Rank, 0.28f, -0.11f);
        Set(SentenceFeature.DocumentRank, 0.09f, -0.09f);
        Set(SentenceFeature.Density, 0.16f, 0.32f);
        Set(SentenceFeature.Pairs, 0.33f, 0.52f);
        Set(SentenceFeature.RightType, 0.21f, -0.22f);
        Set(SentenceFeature.WrongType, -0.26f, -0.37f);
        Set(SentenceFeature.LikelyType, 0.27f, 0.57f);
        Set(SentenceFeature.OfSpeaker, 0.06f, 0.67f);
        Set(SentenceFeature.SpeakerActs, 0.16f, 0.00f);
        Set(SentenceFeature.Defines, 0.22f, -0.18f);
        Set(SentenceFeature.First, 0.10f, 0.33f);
        Set(SentenceFeature.Continues, 0.13f, 0.60f);
        Set(SentenceFeature.TooShort, -0.21f, 0.17f);
    }

    /// <summary>The sum by which sentences are ranked.</summary>
    public static float Rank(ReadOnlySpan<float> features)
    {
        var sum = 0f;
        for (var f = 0; f < features.Length; f++)
        {
            sum += features[f] * Weights[f].Ranking;
        }

        return sum;
    }

    /// <summary>The log-odds that the best sentence answers the question; words that the knowledge does not have count against it.</summary>
    public static float Decide(ReadOnlySpan<float> features, IReadOnlyList<GroundedTerm> terms, bool leans)
    {
        var sum = Bias + (leans ? LeansOnPrevious : 0);
        for (var f = 0; f < features.Length; f++)
        {
            sum += features[f] * Weights[f].Decision;
        }

        var (total, unknown, unknownName, unknownCount, unknownNames) = (1e-6f, 0f, 0f, 0, 0);
        foreach (var term in terms)
        {
            total += term.Weight;
            unknown += term.IsKnown ? 0 : term.Weight;
            unknownCount += term.IsKnown ? 0 : 1;
            unknownName += term is { IsKnown: false, Term.IsName: true } ? term.Weight : 0;
            unknownNames += term is { IsKnown: false, Term.IsName: true } ? 1 : 0;
        }

        if (unknown > MostUnknown * total || unknownName > MostUnknownNames * total)
        {
            return float.NegativeInfinity;
        }

        return sum + (UnknownShare * unknown / total) + (UnknownNames * unknownNames) + (TermCount * Math.Min(terms.Count, ManyTerms) / ManyTerms)
            + (TotalWeight * MathF.Log(1 + total)) + (UnknownTerms * unknownCount / ManyTerms);
    }

    private static void Set(SentenceFeature feature, float ranking, float decision) => Weights[(int)feature] = (ranking, decision);
}
