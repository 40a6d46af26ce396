namespace DigitalTwin.Engines.Extractive;

/// <summary>Measures every sentence of the passages found against the question and sums what speaks for it.</summary>
internal sealed class SentenceScorer
{
    public const int FeatureCount = (int)SentenceFeature.TooShort + 1;

    private const int TooShort = 4;

    private readonly Grounding grounding;
    private readonly TermMatcher matcher;
    private readonly float totalWeight;
    private readonly float bestRank;
    private readonly PassageMatches[] matches;

    public SentenceScorer(Grounding grounding)
    {
        this.grounding = grounding;
        matcher = new TermMatcher(grounding.Terms);
        bestRank = grounding.Scores.Count > 0 ? (float)Math.Max(grounding.Scores[0], 1e-9) : 1;
        for (var i = 0; i < grounding.Terms.Count; i++)
        {
            totalWeight += grounding.Terms[i].Weight;
        }

        matches = [.. grounding.Passages.Select(passage => new PassageMatches(PassageTraits.Of(passage), grounding.Terms.Count, matcher))];
    }

    /// <summary>Every sentence's score, in the order of passages and sentences.</summary>
    public List<SentenceScore> Score()
    {
        var scores = new List<SentenceScore>(64);
        Visit((passage, sentence, features) => scores.Add(new SentenceScore(passage, sentence, SentenceWeights.Rank(features))));
        return scores;
    }

    /// <summary>The log-odds that this sentence answers the question.</summary>
    public float Decide(SentenceScore best)
    {
        var odds = 0f;
        VisitPassage(best.Passage, (_, sentence, features) =>
        {
            if (sentence == best.Sentence)
            {
                odds = SentenceWeights.Decide(features, grounding.Terms, grounding.Previous is not null);
            }
        });
        return odds;
    }

    /// <summary>Calls back with the features of every sentence, indexed by <see cref="SentenceFeature"/>.</summary>
    public void Visit(FeatureVisitor visit)
    {
        for (var p = 0; p < grounding.Passages.Count; p++)
        {
            VisitPassage(p, visit);
        }
    }

    private void VisitPassage(int p, FeatureVisitor visit)
    {
        var passage = grounding.Passages[p];
        var traits = PassageTraits.Of(passage);
        Span<float> inDocument = stackalloc float[grounding.Terms.Count];
        inDocument.Clear();
        var documentRank = 0f;
        for (var other = 0; other < grounding.Passages.Count; other++)
        {
            if (grounding.Passages[other].DocumentId == passage.DocumentId)
            {
                documentRank = Math.Max(documentRank, (float)grounding.Scores[other] / bestRank);
                for (var t = 0; t < inDocument.Length; t++)
                {
                    inDocument[t] = Math.Max(inDocument[t], matches[other].Anywhere[t]);
                }
            }
        }

        var continues = grounding.Previous?.DocumentIds.Contains(passage.DocumentId) is true;
        Span<float> features = stackalloc float[FeatureCount];
        for (var s = 0; s < traits.Sentences.Length; s++)
        {
            features.Clear();
            Cover(matches[p], s, inDocument, features);
            features[(int)SentenceFeature.Rank] = (float)grounding.Scores[p] / bestRank;
            features[(int)SentenceFeature.DocumentRank] = documentRank;
            features[(int)SentenceFeature.First] = s == 0 ? 1 : 0;
            features[(int)SentenceFeature.Continues] = continues ? 1 : 0;
            Read(traits.Sentences[s], s, matches[p], features);
            visit(p, s, features);
        }
    }

    /// <summary>The coverages: what the sentence has, and what each wider circle adds to it.</summary>
    private void Cover(PassageMatches matches, int s, ReadOnlySpan<float> inDocument, Span<float> features)
    {
        if (totalWeight <= 0)
        {
            return;
        }

        var row = matches.Row(s);
        var title = matches.Title;
        var heading = matches.Heading;
        var anywhere = matches.Anywhere;
        var before = s > 0 ? matches.Row(s - 1) : row;
        var behind = s + 1 < matches.Sentences ? matches.Row(s + 1) : row;
        for (var t = 0; t < row.Length; t++)
        {
            var weight = grounding.Terms[t].Weight / totalWeight;
            var own = row[t];
            var neighbour = Math.Max(before[t], behind[t]);
            features[(int)SentenceFeature.InSentence] += weight * own;
            features[(int)SentenceFeature.Literally] += own >= TermMatcher.CorrectionShare ? weight : 0;
            features[(int)SentenceFeature.MissesName] +=
                grounding.Terms[t].Term.IsName && Math.Max(Math.Max(own, neighbour), Math.Max(heading[t], title[t])) == 0 ? weight : 0;
            features[(int)SentenceFeature.InNeighbours] += weight * Math.Max(0, neighbour - own);
            features[(int)SentenceFeature.InHeading] += weight * Math.Max(0, heading[t] - own);
            features[(int)SentenceFeature.InTitle] += weight * Math.Max(0, title[t] - Math.Max(own, heading[t]));
            features[(int)SentenceFeature.InPassage] += weight * Math.Max(0, anywhere[t] - Math.Max(own, neighbour));
            features[(int)SentenceFeature.InDocument] += weight * Math.Max(0, inDocument[t] - Math.Max(anywhere[t], heading[t]));
            features[(int)SentenceFeature.Heading] += weight * heading[t];
            features[(int)SentenceFeature.Title] += weight * title[t];
        }

        features[(int)SentenceFeature.TitleOfTopic] =
            row.Length <= 2 && grounding.Question.Expects is AnswerType.Anything or AnswerType.Person ? features[(int)SentenceFeature.Title] : 0;
    }

    private void Read(SentenceTraits sentence, int s, PassageMatches matches, Span<float> features)
    {
        var question = grounding.Question;
        features[(int)SentenceFeature.Density] = sentence.ContentWords > 0 ? Math.Min(1f, (float)matches.Hits(s) / sentence.ContentWords) : 0;
        features[(int)SentenceFeature.Pairs] = matches.Pairs(s);
        features[(int)SentenceFeature.OfSpeaker] = question.AddressesSpeaker && sentence.HasSpeaker ? 1 : 0;
        features[(int)SentenceFeature.SpeakerActs] = !sentence.OpensWithSpeaker ? 0
            : question.AsksAboutOthers ? -1
            : question.AsksWhatSpeakerDid ? 1 : 0;
        features[(int)SentenceFeature.TooShort] = sentence.Stems.Length < TooShort ? 1 : 0;
        features[(int)SentenceFeature.Defines] = question.AsksForDefinition && matches.Defines(s, sentence.Copulas) ? 1 : 0;
        var holds = AnswerTypes.Holds(question.Expects, sentence.Holds);
        var exact = question.Expects is AnswerType.Time or AnswerType.Number;
        features[(int)SentenceFeature.RightType] = exact && holds is true ? 1 : 0;
        features[(int)SentenceFeature.WrongType] = exact && holds is false ? 1 : 0;
        features[(int)SentenceFeature.LikelyType] = !exact && holds is true ? 1 : 0;
    }
}

/// <param name="features">Reused for the next call; indexed by <see cref="SentenceFeature"/>.</param>
internal delegate void FeatureVisitor(int passage, int sentence, ReadOnlySpan<float> features);
