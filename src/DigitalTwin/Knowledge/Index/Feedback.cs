namespace DigitalTwin.Knowledge;

/// <summary>
/// Pseudo-relevance feedback by relevance model RM3 (Abdul-Jaleel et al., TREC 2004): the words that the best passages
/// share are added to the question, each passage believed in proportion to its score.
/// </summary>
static class Feedback
{
    [ThreadStatic]
    static float[]? weights;

    public static List<(int StemId, float Weight)> Terms(ReadOnlySpan<Scoring.Ranked> best, RankingSettings settings)
    {
        var total = 0f;
        foreach (var ranked in best)
        {
            total += ranked.Score;
        }

        var touched = new List<int>(1024);
        foreach (var ranked in best)
        {
            Count(ranked, ranked.Score / total, touched);
        }

        var top = new PriorityQueue<int, float>();
        foreach (var stem in touched)
        {
            if (top.Count < settings.FeedbackTerms)
            {
                top.Enqueue(stem, weights![stem]);
            }
            else
            {
                top.EnqueueDequeue(stem, weights![stem]);
            }
        }

        var terms = new List<(int StemId, float Weight)>(settings.FeedbackTerms);
        var sum = 0f;
        while (top.TryDequeue(out var stem, out var weight))
        {
            terms.Add((stem, weight));
            sum += weight;
        }

        for (var i = 0; i < terms.Count; i++)
        {
            terms[i] = (terms[i].StemId, terms[i].Weight / sum);
        }

        foreach (var stem in touched)
        {
            weights![stem] = 0;
        }

        return terms;
    }

    static void Count(Scoring.Ranked ranked, float belief, List<int> touched)
    {
        var perWord = belief / Math.Max(1, (int)ranked.Part.Segment.BodyLengths[ranked.PassageNumber]);
        foreach (var sentence in ranked.Passage.Sentences)
        {
            if (sentence.Tokens is not PassageTokens tokens)
            {
                continue;
            }

            foreach (var token in tokens.Packed)
            {
                var word = Vocabulary.Get(PassageTokens.WordId(token));
                if (word.IsStopWord)
                {
                    continue;
                }

                if (weights is null || word.StemId >= weights.Length)
                {
                    Array.Resize(ref weights, Math.Max(word.StemId + 1, (weights?.Length ?? 4096) * 2));
                }

                if (weights[word.StemId] == 0)
                {
                    touched.Add(word.StemId);
                }

                weights[word.StemId] += perWord;
            }
        }
    }
}
