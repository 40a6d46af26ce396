namespace DigitalTwin.Engines.Extractive;

/// <summary>Measures every sentence of the passages found against the question and sums what speaks for it.</summary>
internal sealed class SentenceScorer
{
    public const int FeatureCount = (int)SentenceFeature.LiteralInSentence + 1;

    /// <summary>What one word of a topic says for a text: the longer the text, the less.</summary>
    private const float TopicWord = 0.5f;
    private const float TopicWordInPassage = 0.25f;
    private const float TopicWordInTitle = 0.6f;

    private readonly Grounding grounding;
    private readonly TopicMatcher topics;
    private readonly PassageMatches[] matches;
    private readonly PassageEvidence evidence;
    private readonly SentenceCoverage coverage;

    public SentenceScorer(Grounding grounding)
    {
        this.grounding = grounding;
        topics = new TopicMatcher(grounding.Question.Topics);
        var matcher = new TermMatcher(grounding.Terms);
        matches = new PassageMatches[grounding.Passages.Count];
        for (var p = 0; p < matches.Length; p++)
        {
            matches[p] = new PassageMatches(PassageTraits.Of(grounding.Passages[p]), grounding.Terms.Count, matcher);
        }

        evidence = new PassageEvidence(grounding);
        coverage = new SentenceCoverage(grounding, matches);
    }

    /// <summary>Every sentence's score, in the order of passages and sentences.</summary>
    public List<SentenceScore> Score()
    {
        var scores = new List<SentenceScore>(64);
        Visit((passage, sentence, features) => scores.Add(new SentenceScore(passage, sentence, SentenceWeights.Rank(features))));
        return scores;
    }

    /// <summary>The log-odds that the best sentence answers the question.</summary>
    /// <param name="scores">Of every sentence, best first.</param>
    public float Decide(IReadOnlyList<SentenceScore> scores)
    {
        var odds = 0f;
        VisitPassage(scores[0].Passage, (_, sentence, features) =>
        {
            if (sentence == scores[0].Sentence)
            {
                odds = AnswerDecision.LogOdds(grounding, scores, features);
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
        var traits = PassageTraits.Of(grounding.Passages[p]);
        var circle = coverage.Of(p);
        Span<float> features = stackalloc float[FeatureCount];
        Span<float> ofPassage = stackalloc float[FeatureCount];
        ofPassage.Clear();
        evidence.Read(p, ofPassage);
        ofPassage[(int)SentenceFeature.TopicInPassage] = topics.Speaks(TopicWordInPassage, traits.SentenceStems);
        ofPassage[(int)SentenceFeature.TopicInTitle] = topics.Speaks(TopicWordInTitle, traits.Title, traits.Heading);
        for (var s = 0; s < traits.Sentences.Length; s++)
        {
            ofPassage.CopyTo(features);
            features[(int)SentenceFeature.First] = s == 0 ? 1 : 0;
            coverage.Read(p, s, circle, features);
            Read(traits.Sentences[s], s, matches[p], features);
            ReadTopics(traits.Sentences, s, features);
            visit(p, s, features);
        }
    }

    private void ReadTopics(SentenceTraits[] sentences, int s, Span<float> features)
    {
        var own = topics.Speaks(TopicWord, sentences[s].Stems);
        features[(int)SentenceFeature.TopicInSentence] = own;
        features[(int)SentenceFeature.TopicInNeighbours] = topics.Speaks(
            TopicWord, sentences[s].Stems, sentences[Math.Max(s - 1, 0)].Stems, sentences[Math.Min(s + 1, sentences.Length - 1)].Stems) - own;
        features[(int)SentenceFeature.TopicNowhere] = !topics.IsEmpty && own == 0 && features[(int)SentenceFeature.TopicInTitle] == 0 ? 1 : 0;
    }

    private void Read(SentenceTraits sentence, int s, PassageMatches matches, Span<float> features)
    {
        var question = grounding.Question;
        features[(int)SentenceFeature.SpeakerActs] = !sentence.OpensWithSpeaker ? 0
            : question.AsksAboutOthers ? -1
            : question.AsksWhatSpeakerDid ? 1 : 0;
        var holds = AnswerTypes.Holds(question.Expects, sentence.Holds);
        var exact = question.Expects is not (AnswerType.Place or AnswerType.Person or AnswerType.Reason);
        features[(int)SentenceFeature.RightType] = exact && holds is true ? 1 : 0;
        features[(int)SentenceFeature.WrongType] = exact && holds is false ? 1 : 0;
        features[(int)SentenceFeature.LikelyType] = !exact && holds is true ? 1 : 0;
    }
}

/// <param name="features">Reused for the next call; indexed by <see cref="SentenceFeature"/>.</param>
internal delegate void FeatureVisitor(int passage, int sentence, ReadOnlySpan<float> features);
