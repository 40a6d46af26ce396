using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>Measures every sentence of the passages found against the question and sums what speaks for it.</summary>
internal sealed class SentenceScorer
{
    public const int FeatureCount = (int)SentenceFeature.TooShort + 1;

    /// <summary>What a misspelt word's correction counts.</summary>
    private const float CorrectionShare = 0.95f;
    private const int TooShort = 4;

    private readonly Grounding grounding;
    private readonly Dictionary<string, (int Term, float Share)[]> byStem = new(StringComparer.Ordinal);
    private readonly float totalWeight;
    private readonly float bestRank;

    public SentenceScorer(Grounding grounding)
    {
        this.grounding = grounding;
        bestRank = grounding.Scores.Count > 0 ? (float)Math.Max(grounding.Scores[0], 1e-9) : 1;
        for (var i = 0; i < grounding.Terms.Count; i++)
        {
            var term = grounding.Terms[i];
            totalWeight += term.Weight;
            Add(term.Term.Stem, i, 1f);
            if (term.Correction is { } correction)
            {
                Add(correction, i, CorrectionShare);
            }

            foreach (var synonym in term.Term.Synonyms)
            {
                // A word that is asked for itself stands for nothing else: the number in "phone number" is no phone.
                if (!grounding.Terms.Any(other => other.Term.Stem == synonym.Stem))
                {
                    Add(synonym.Stem, i, synonym.Share);
                }
            }
        }
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
        var matches = new PassageMatches(passage, grounding.Terms.Count, byStem);
        var documentRank = 0f;
        for (var other = 0; other < grounding.Passages.Count; other++)
        {
            if (grounding.Passages[other].DocumentId == passage.DocumentId)
            {
                documentRank = Math.Max(documentRank, (float)grounding.Scores[other] / bestRank);
            }
        }

        var features = new float[FeatureCount];
        for (var s = 0; s < passage.Sentences.Count; s++)
        {
            Array.Clear(features);
            Cover(matches, s, features);
            features[(int)SentenceFeature.Rank] = (float)grounding.Scores[p] / bestRank;
            features[(int)SentenceFeature.DocumentRank] = documentRank;
            features[(int)SentenceFeature.First] = s == 0 ? 1 : 0;
            features[(int)SentenceFeature.Continues] = grounding.Previous?.DocumentIds.Contains(passage.DocumentId) is true ? 1 : 0;
            Read(passage, s, matches, features);
            visit(p, s, features);
        }
    }

    /// <summary>The coverages: what the sentence has, and what each wider circle adds to it.</summary>
    private void Cover(PassageMatches matches, int s, float[] features)
    {
        if (totalWeight <= 0)
        {
            return;
        }

        for (var t = 0; t < grounding.Terms.Count; t++)
        {
            var weight = grounding.Terms[t].Weight / totalWeight;
            var own = matches.Of(s, t);
            var neighbour = Math.Max(s > 0 ? matches.Of(s - 1, t) : 0, s + 1 < matches.Sentences ? matches.Of(s + 1, t) : 0);
            features[(int)SentenceFeature.InSentence] += weight * own;
            features[(int)SentenceFeature.Literally] += own >= CorrectionShare ? weight : 0;
            features[(int)SentenceFeature.MissesName] +=
                grounding.Terms[t].Term.IsName && Math.Max(Math.Max(own, neighbour), Math.Max(matches.Heading[t], matches.Title[t])) == 0 ? weight : 0;
            features[(int)SentenceFeature.InNeighbours] += weight * Math.Max(0, neighbour - own);
            features[(int)SentenceFeature.InHeading] += weight * Math.Max(0, matches.Heading[t] - own);
            features[(int)SentenceFeature.InTitle] += weight * Math.Max(0, matches.Title[t] - Math.Max(own, matches.Heading[t]));
            features[(int)SentenceFeature.InPassage] += weight * Math.Max(0, matches.Anywhere[t] - Math.Max(own, neighbour));
            features[(int)SentenceFeature.Heading] += weight * matches.Heading[t];
            features[(int)SentenceFeature.Title] += weight * matches.Title[t];
        }

        features[(int)SentenceFeature.TitleOfTopic] =
            grounding.Terms.Count <= 2 && grounding.Question.Expects is AnswerType.Anything or AnswerType.Person ? features[(int)SentenceFeature.Title] : 0;
    }

    private void Read(Passage passage, int s, PassageMatches matches, float[] features)
    {
        var question = grounding.Question;
        var sentence = passage.Sentences[s];
        var tokens = sentence.Tokens;
        var (content, hits, speaks) = (0, 0, false);
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            content += token.IsStopWord ? 0 : 1;
            hits += byStem.ContainsKey(token.Stem) ? 1 : 0;
            speaks |= IsSpeaker(token.Word);
        }

        features[(int)SentenceFeature.Density] = content > 0 ? Math.Min(1f, (float)hits / content) : 0;
        features[(int)SentenceFeature.Pairs] = matches.Pairs(s);
        features[(int)SentenceFeature.OfSpeaker] = question.AddressesSpeaker && speaks ? 1 : 0;
        features[(int)SentenceFeature.SpeakerActs] = tokens.Count == 0 || !IsSpeaker(tokens[0].Word) ? 0
            : question.AsksAboutOthers ? -1
            : question.AsksWhatSpeakerDid ? 1 : 0;
        features[(int)SentenceFeature.TooShort] = tokens.Count < TooShort ? 1 : 0;
        features[(int)SentenceFeature.Defines] = question.AsksForDefinition && Defines(tokens) ? 1 : 0;
        var holds = AnswerTypes.Holds(question.Expects, passage, sentence);
        var exact = question.Expects is AnswerType.Time or AnswerType.Number;
        features[(int)SentenceFeature.RightType] = exact && holds is true ? 1 : 0;
        features[(int)SentenceFeature.WrongType] = exact && holds is false ? 1 : 0;
        features[(int)SentenceFeature.LikelyType] = !exact && holds is true ? 1 : 0;
    }

    /// <summary>One of the first words is asked for, and "is", "was" or the like follows soon.</summary>
    private bool Defines(IReadOnlyList<TextToken> tokens)
    {
        var seen = -1;
        for (var i = 0; i < Math.Min(tokens.Count, 9); i++)
        {
            if (byStem.ContainsKey(tokens[i].Stem) && i < 5)
            {
                seen = i;
            }
            else if (seen >= 0 && tokens[i].Word is "is" or "was" or "are" or "were" or "means" or "became")
            {
                return i - seen <= 4 && seen >= 0;
            }
        }

        return false;
    }

    private static bool IsSpeaker(string word) => word is "i" or "my" or "me" or "we" or "our" or "us" or "mine" or "ours";

    private void Add(string stem, int term, float share)
    {
        byStem.TryGetValue(stem, out var present);
        present ??= [];
        if (!Array.Exists(present, entry => entry.Term == term))
        {
            byStem[stem] = [.. present, (term, share)];
        }
    }
}

/// <param name="features">Reused for the next call; indexed by <see cref="SentenceFeature"/>.</param>
internal delegate void FeatureVisitor(int passage, int sentence, float[] features);
