namespace DigitalTwin.Engines.Extractive;

/// <summary>How much of the question a sentence covers, and what each wider circle adds to it.</summary>
internal sealed class SentenceCoverage(Grounding grounding, PassageMatches[] matches)
{
    /// <summary>What one word that a sentence has literally says, whatever the question's length.</summary>
    private const float LiteralWord = 0.25f;

    private readonly float totalWeight = grounding.Terms.Sum(term => term.Weight);

    /// <summary>The best match of each term anywhere in the passage's document, as a stand-in and as a close word.</summary>
    public (float[] Lexical, float[] Close) Of(int passage)
    {
        var lexical = new float[grounding.Terms.Count];
        var close = new float[lexical.Length];
        for (var other = 0; other < matches.Length; other++)
        {
            if (grounding.Passages[other].DocumentId == grounding.Passages[passage].DocumentId)
            {
                for (var t = 0; t < lexical.Length; t++)
                {
                    lexical[t] = Math.Max(lexical[t], matches[other].Anywhere[t]);
                    close[t] = Math.Max(close[t], matches[other].CloseAnywhere[t]);
                }
            }
        }

        return (lexical, close);
    }

    public void Read(int passage, int s, (float[] Lexical, float[] Close) inDocument, Span<float> features)
    {
        if (totalWeight <= 0)
        {
            return;
        }

        for (var t = 0; t < grounding.Terms.Count; t++)
        {
            var weight = grounding.Terms[t].Weight / totalWeight;
            var near = ReadLexical(matches[passage], s, t, weight, inDocument.Lexical[t], features);
            ReadClose(matches[passage], s, t, weight, inDocument.Close[t], features);
            features[(int)SentenceFeature.MissesName] += grounding.Terms[t].Term.IsName && near == 0 ? weight : 0;
        }

        features[(int)SentenceFeature.TitleOfTopic] = grounding.Terms.Count <= 2 && grounding.Question.Expects is AnswerType.Anything or AnswerType.Person
            ? features[(int)SentenceFeature.Title] : 0;
    }

    /// <summary>By the words themselves and their stand-ins; returns the best match nearby.</summary>
    private static float ReadLexical(PassageMatches matches, int s, int t, float weight, float inDocument, Span<float> features)
    {
        var own = matches.Row(s)[t];
        var (title, heading, anywhere) = (matches.Title[t], matches.Heading[t], matches.Anywhere[t]);
        var neighbour = Math.Max(s > 0 ? matches.Row(s - 1)[t] : own, s + 1 < matches.Sentences ? matches.Row(s + 1)[t] : own);
        var nearby = Math.Max(Math.Max(own, neighbour), Math.Max(heading, title));
        features[(int)SentenceFeature.InSentence] += weight * own;
        features[(int)SentenceFeature.Literally] += own >= TermMatcher.CorrectionShare ? weight : 0;
        features[(int)SentenceFeature.LiteralInSentence] += own >= TermMatcher.CorrectionShare ? LiteralWord : 0;
        features[(int)SentenceFeature.InNeighbours] += weight * Math.Max(0, neighbour - own);
        features[(int)SentenceFeature.InHeading] += weight * Math.Max(0, heading - own);
        features[(int)SentenceFeature.InTitle] += weight * Math.Max(0, title - Math.Max(own, heading));
        features[(int)SentenceFeature.InPassage] += weight * Math.Max(0, anywhere - Math.Max(own, neighbour));
        features[(int)SentenceFeature.InDocument] += weight * Math.Max(0, inDocument - Math.Max(anywhere, heading));
        features[(int)SentenceFeature.Heading] += weight * heading;
        features[(int)SentenceFeature.Title] += weight * title;
        features[(int)SentenceFeature.CoverNearby] += weight * nearby;
        features[(int)SentenceFeature.CoverLiterally] += nearby >= TermMatcher.CorrectionShare ? weight : 0;
        return nearby;
    }

    /// <summary>By words that are close too, beyond the stand-ins.</summary>
    private static void ReadClose(PassageMatches matches, int s, int t, float weight, float inDocument, Span<float> features)
    {
        var own = matches.Close(s)[t];
        var (title, heading, anywhere) = (matches.CloseTitle[t], matches.CloseHeading[t], matches.CloseAnywhere[t]);
        var neighbour = Math.Max(s > 0 ? matches.Close(s - 1)[t] : own, s + 1 < matches.Sentences ? matches.Close(s + 1)[t] : own);
        var nearby = Math.Max(Math.Max(own, neighbour), Math.Max(title, heading));
        var everywhere = Math.Max(Math.Max(inDocument, anywhere), nearby);
        features[(int)SentenceFeature.CloseInSentence] += weight * (own - matches.Row(s)[t]);
        features[(int)SentenceFeature.CloseInNeighbours] += weight * Math.Max(0, neighbour - own);
        features[(int)SentenceFeature.CloseInHeading] += weight * Math.Max(0, heading - own);
        features[(int)SentenceFeature.CloseInTitle] += weight * Math.Max(0, title - Math.Max(own, heading));
        features[(int)SentenceFeature.CloseInPassage] += weight * Math.Max(0, anywhere - Math.Max(own, neighbour));
        features[(int)SentenceFeature.CloseInDocument] += weight * Math.Max(0, inDocument - Math.Max(anywhere, heading));
        features[(int)SentenceFeature.CoverClosely] += weight * nearby;
        features[(int)SentenceFeature.CoverInDocument] += weight * everywhere;
        features[(int)SentenceFeature.MissesNearby] = Math.Max(features[(int)SentenceFeature.MissesNearby], weight * (1 - nearby));
        features[(int)SentenceFeature.MissesInDocument] = Math.Max(features[(int)SentenceFeature.MissesInDocument], weight * (1 - everywhere));
    }
}
