namespace DigitalTwin.Knowledge;

/// <summary>
/// Pseudo-relevance feedback by relevance model RM3 (Abdul-Jaleel et al., TREC 2004): the words that the best passages
/// share are added to the question, each passage believed in proportion to its score.
/// </summary>
static class Feedback
{
    // A word in more than this share of all passages says nothing about the question.
    const double TooCommon = 0.25;

    [ThreadStatic]
    static float[]? weights;

    /// <summary>The words to add, with weights that sum to 1.</summary>
    public static List<FeedbackTerm> Terms(ReadOnlySpan<Ranked> best, IndexSnapshot snapshot, RankingSettings settings)
    {
        weights ??= new float[8192];
        var total = 0f;
        foreach (var ranked in best)
        {
            total += Belief(ranked, settings);
        }

        var touched = new List<int>(1024);
        foreach (var ranked in best)
        {
            Count(ranked, Belief(ranked, settings) / total, touched);
        }

        var terms = Heaviest(touched, snapshot, settings.FeedbackTerms);
        foreach (var stem in touched)
        {
            weights[stem] = 0;
        }

        return terms;
    }

    static float Belief(Ranked ranked, RankingSettings settings) => MathF.Pow(ranked.Score, settings.FeedbackSharpness);

    static List<FeedbackTerm> Heaviest(List<int> touched, IndexSnapshot snapshot, int count)
    {
        var heap = new PriorityQueue<FeedbackTerm, float>(count + 1);
        foreach (var stem in touched)
        {
            var weight = weights![stem];
            if (heap.Count == count && heap.TryPeek(out _, out var lightest) && weight <= lightest)
            {
                continue;
            }

            var (passages, documents) = snapshot.Frequency(stem);
            if (passages < 2 || passages > TooCommon * snapshot.Passages)
            {
                continue;
            }

            var term = new FeedbackTerm(
                stem, weight, IndexSnapshot.Idf(snapshot.Passages, passages), IndexSnapshot.Idf(snapshot.Documents, documents));
            heap.Enqueue(term, weight);
            if (heap.Count > count)
            {
                heap.Dequeue();
            }
        }

        var sum = 0f;
        foreach (var (term, _) in heap.UnorderedItems)
        {
            sum += term.Weight;
        }

        var terms = new List<FeedbackTerm>(heap.Count);
        while (heap.TryDequeue(out var term, out _))
        {
            terms.Add(term with { Weight = term.Weight / sum });
        }

        return terms;
    }

    static void Count(Ranked ranked, float belief, List<int> touched)
    {
        var perWord = belief / Math.Max(1, (int)ranked.Part.Segment.BodyLengths[ranked.PassageNumber]);
        var title = new TokenScanner(ranked.Passage.Title, fromDocument: false);
        while (title.MoveNext())
        {
            Count(title.Word, perWord, touched);
        }

        foreach (var sentence in ranked.Passage.Sentences)
        {
            if (sentence.Tokens is not PassageTokens tokens)
            {
                continue;
            }

            foreach (var token in tokens.Packed)
            {
                Count(Vocabulary.Get(PassageTokens.WordId(token)), perWord, touched);
            }
        }
    }

    static void Count(VocabularyWord word, float perWord, List<int> touched)
    {
        if (word.IsStopWord || word.StemId < 0)
        {
            return;
        }

        if (word.StemId >= weights!.Length)
        {
            Array.Resize(ref weights, Math.Max(word.StemId + 1, weights.Length * 2));
        }

        if (weights[word.StemId] == 0)
        {
            touched.Add(word.StemId);
        }

        weights[word.StemId] += perWord;
    }
}

/// <summary>A word that feedback adds to a question.</summary>
readonly record struct FeedbackTerm(int StemId, float Weight, double Idf, double DocumentIdf);
