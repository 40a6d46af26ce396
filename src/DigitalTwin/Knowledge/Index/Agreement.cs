namespace DigitalTwin.Knowledge;

/// <summary>
/// Lifts passages that resemble the other good ones (score regularisation after Diaz, CIKM 2005: passages that are alike
/// tend to answer the same question). Likeness is the cosine of tf·idf vectors. Scores only grow, by a share at most.
/// </summary>
static class Agreement
{
    [ThreadStatic]
    static float[]? byStem;

    public static void Apply(Span<Ranked> best, IndexSnapshot snapshot, float share)
    {
        if (best.Length < 3)
        {
            return;
        }

        var vectors = new (int Stem, float Weight)[best.Length][];
        var support = new float[best.Length];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = Vector(best[i], snapshot);
            Spread(vectors[i], scale: 1);
            for (var j = 0; j < i; j++)
            {
                var likeness = Product(vectors[j]);
                support[i] += likeness * best[j].Score;
                support[j] += likeness * best[i].Score;
            }

            Spread(vectors[i], scale: 0);
        }

        var most = support.Max();
        var unit = most > 0 ? share * best[0].Score / most : 0;
        for (var i = 0; i < best.Length; i++)
        {
            best[i] = best[i] with { Score = best[i].Score + (unit * support[i]) };
        }

        best.Sort((a, b) => Ranked.WorstFirst.Compare(b, a));
    }

    static (int Stem, float Weight)[] Vector(Ranked ranked, IndexSnapshot snapshot)
    {
        byStem ??= new float[8192];
        var stems = new List<int>(256);
        Count(new TokenScanner(ranked.Passage.Title, fromDocument: false), stems);
        foreach (var sentence in ranked.Passage.Sentences)
        {
            if (sentence.Tokens is PassageTokens tokens)
            {
                foreach (var token in tokens.Packed)
                {
                    Count(Vocabulary.Get(PassageTokens.WordId(token)), stems);
                }
            }
        }

        var vector = new (int Stem, float Weight)[stems.Count];
        var length = 0f;
        for (var i = 0; i < vector.Length; i++)
        {
            var idf = IndexSnapshot.Idf(snapshot.Passages, snapshot.Frequency(stems[i]).Passages);
            var weight = (1 + MathF.Log(byStem[stems[i]])) * (float)idf;
            byStem[stems[i]] = 0;
            vector[i] = (stems[i], weight);
            length += weight * weight;
        }

        var unit = 1 / MathF.Sqrt(Math.Max(length, float.Epsilon));
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i].Weight *= unit;
        }

        return vector;
    }

    static void Count(TokenScanner words, List<int> stems)
    {
        while (words.MoveNext())
        {
            Count(words.Word, stems);
        }
    }

    static void Count(VocabularyWord word, List<int> stems)
    {
        if (word.IsStopWord || word.StemId < 0)
        {
            return;
        }

        if (word.StemId >= byStem!.Length)
        {
            Array.Resize(ref byStem, Math.Max(word.StemId + 1, byStem.Length * 2));
        }

        if (byStem[word.StemId]++ == 0)
        {
            stems.Add(word.StemId);
        }
    }

    static void Spread((int Stem, float Weight)[] vector, float scale)
    {
        foreach (var (stem, weight) in vector)
        {
            byStem![stem] = weight * scale;
        }
    }

    static float Product((int Stem, float Weight)[] vector)
    {
        var weights = byStem.AsSpan();
        var sum = 0f;
        foreach (var (stem, weight) in vector)
        {
            sum += weight * weights[stem];
        }

        return sum;
    }
}
