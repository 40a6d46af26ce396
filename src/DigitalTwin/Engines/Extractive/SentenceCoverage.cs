namespace DigitalTwin.Engines.Extractive;

/// <summary>How much of the question a sentence covers, and what each wider circle adds to it.</summary>
internal sealed class SentenceCoverage(Grounding grounding, PassageMatches[] matches)
{
    /// <summary>What one word that a sentence has literally says, whatever the question's length.</summary>
    private const float LiteralWord = 0.25f;

    private readonly float totalWeight = grounding.Terms.Sum(term => term.Weight);

    /// <summary>The best match of each term anywhere in the passage's document.</summary>
    public float[] Of(int passage)
    {
        var best = new float[grounding.Terms.Count];
        for (var other = 0; other < matches.Length; other++)
        {
            if (grounding.Passages[other].DocumentId == grounding.Passages[passage].DocumentId)
            {
                for (var t = 0; t < best.Length; t++)
                {
                    best[t] = Math.Max(best[t], matches[other].Anywhere[t]);
                }
            }
        }

        return best;
    }

    public void Read(int passage, int s, float[] inDocument, Span<float> features)
    {
        if (totalWeight <= 0)
        {
            return;
        }

        for (var t = 0; t < grounding.Terms.Count; t++)
        {
            var weight = grounding.Terms[t].Weight / totalWeight;
            var near = Read(matches[passage], s, t, weight, inDocument[t], features);
            features[(int)SentenceFeature.MissesName] += grounding.Terms[t].Term.IsName && near == 0 ? weight : 0;
        }

        features[(int)SentenceFeature.TitleOfTopic] = grounding.Terms.Count <= 2 && grounding.Question.Expects is AnswerType.Anything or AnswerType.Person or AnswerType.Introduction
            ? features[(int)SentenceFeature.Title] : 0;
    }

    /// <summary>Returns the best match in the sentence, beside or above it.</summary>
    private static float Read(PassageMatches matches, int s, int t, float weight, float inDocument, Span<float> features)
    {
        var own = matches.Row(s)[t];
        var (title, heading, anywhere) = (matches.Title[t], matches.Heading[t], matches.Anywhere[t]);
        var neighbour = Math.Max(s > 0 ? matches.Row(s - 1)[t] : own, s + 1 < matches.Sentences ? matches.Row(s + 1)[t] : own);
        var nearby = Math.Max(Math.Max(own, neighbour), Math.Max(heading, title));
        features[(int)SentenceFeature.InSentence] += weight * own;
        features[(int)SentenceFeature.LiteralInSentence] += own >= TermMatcher.CorrectionShare ? LiteralWord : 0;
        features[(int)SentenceFeature.InHeading] += weight * Math.Max(0, heading - own);
        features[(int)SentenceFeature.InTitle] += weight * Math.Max(0, title - Math.Max(own, heading));
        features[(int)SentenceFeature.Heading] += weight * heading;
        features[(int)SentenceFeature.Title] += weight * title;
        features[(int)SentenceFeature.CoverNearby] += weight * nearby;
        features[(int)SentenceFeature.CoverLiterally] += nearby >= TermMatcher.CorrectionShare ? weight : 0;
        var everywhere = Math.Max(nearby, Math.Max(anywhere, inDocument));
        features[(int)SentenceFeature.CoverInDocument] += weight * everywhere;
        features[(int)SentenceFeature.MissesNearby] = Math.Max(features[(int)SentenceFeature.MissesNearby], weight * (1 - nearby));
        return nearby;
    }
}
