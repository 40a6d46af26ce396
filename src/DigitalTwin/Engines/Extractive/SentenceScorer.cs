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
    private readonly IReadOnlyList<Topic> topics;
    private readonly PassageTraits[] traits;
    private readonly PassageMatches[] matches;
    private readonly PassageEvidence evidence;
    private readonly SentenceCoverage coverage;

    public SentenceScorer(Grounding grounding)
    {
        this.grounding = grounding;
        topics = grounding.Question.Topics;
        var matcher = new TermMatcher(grounding.Terms);
        traits = new PassageTraits[grounding.Passages.Count];
        matches = new PassageMatches[traits.Length];
        for (var p = 0; p < matches.Length; p++)
        {
            traits[p] = PassageTraits.Of(grounding.Passages[p]);
            matches[p] = new PassageMatches(traits[p], grounding.Terms.Count, matcher);
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
        var best = scores[0];
        VisitPassage(best.Passage, best.Sentence, best.Sentence + 1, (_, _, features) => odds = AnswerDecision.LogOdds(grounding, scores, features));
        return odds;
    }

    /// <summary>Calls back with the features of every sentence, indexed by <see cref="SentenceFeature"/>.</summary>
    public void Visit(FeatureVisitor visit)
    {
        for (var p = 0; p < grounding.Passages.Count; p++)
        {
            VisitPassage(p, 0, traits[p].Sentences.Length, visit);
        }
    }

    private void VisitPassage(int p, int from, int to, FeatureVisitor visit)
    {
        var passage = traits[p];
        var circle = coverage.Of(p);
        Span<float> features = stackalloc float[FeatureCount];
        Span<float> ofPassage = stackalloc float[FeatureCount];
        ofPassage.Clear();
        evidence.Read(p, ofPassage);
        ofPassage[(int)SentenceFeature.HeadingAsked] = matches[p].HeadingAsked;
        ofPassage[(int)SentenceFeature.TitleAsked] = matches[p].TitleAsked;
        ofPassage[(int)SentenceFeature.TopicInPassage] = passage.TopicsOfText.SpeaksOf(topics, TopicWordInPassage);
        ofPassage[(int)SentenceFeature.TopicInTitle] = passage.TopicsOfTitles.SpeaksOf(topics, TopicWordInTitle);
        for (var s = from; s < to; s++)
        {
            ofPassage.CopyTo(features);
            features[(int)SentenceFeature.First] = s == 0 ? 1 : 0;
            coverage.Read(p, s, circle, features);
            ReadSentence(passage.Sentences[s], features);
            ReadTopics(passage.Sentences[s], features);
            visit(p, s, features);
        }
    }

    private void ReadTopics(SentenceTraits sentence, Span<float> features)
    {
        var own = sentence.TopicsOfText.SpeaksOf(topics, TopicWord);
        features[(int)SentenceFeature.TopicInSentence] = own;
        features[(int)SentenceFeature.TopicInNeighbours] = sentence.TopicsOfNeighbours.SpeaksOf(topics, TopicWord) - own;
        features[(int)SentenceFeature.TopicNowhere] = topics.Count > 0 && own == 0 && features[(int)SentenceFeature.TopicInTitle] == 0 ? 1 : 0;
    }

    private void ReadSentence(SentenceTraits sentence, Span<float> features)
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
