namespace DigitalTwin.Knowledge;

/// <summary>Turns a question's words into the weighted terms that are searched for.</summary>
static class QueryTerms
{
    // Beyond this many distinct words a question is a document; the rest would cost time and change nothing.
    public const int MostTerms = 64;
    const float PartWeight = 0.5f;

    public static List<QueryTerm> From(string question, IndexSnapshot snapshot, RankingSettings settings)
    {
        var words = new List<AskedWord>(24);
        var scanner = new TokenScanner(question, fromDocument: false);
        while (scanner.MoveNext())
        {
            words.Add(new(scanner.Start, scanner.Start + scanner.Length, scanner.Word));
        }

        return From(words, snapshot, settings);
    }

    public static List<QueryTerm> From(IReadOnlyList<WeightedWord> words, IndexSnapshot snapshot, RankingSettings settings)
    {
        var terms = new List<QueryTerm>(words.Count);
        foreach (var (text, stem, weight, mayBeMisspelt) in words)
        {
            var stemId = Vocabulary.StemId(stem);
            var frequency = snapshot.Frequency(stemId);
            var corrected = frequency.Passages == 0 && mayBeMisspelt
                ? SpellingCorrector.Correct(Vocabulary.Find(text, fromDocument: false), snapshot)
                : null;
            if (corrected is not null)
            {
                stemId = corrected.StemId;
                frequency = snapshot.Frequency(stemId);
            }

            terms.Add(new(text, corrected?.Stem ?? stem, frequency.Passages, IndexSnapshot.Idf(snapshot.Passages, frequency.Passages), corrected?.Text)
            {
                StemId = frequency.Passages == 0 ? VocabularyWord.Unlisted : stemId,
                Weight = corrected is null ? weight : weight * settings.CorrectedWeight,
                DocumentIdf = IndexSnapshot.Idf(snapshot.Documents, frequency.Documents),
            });
        }

        return terms;
    }

    static List<QueryTerm> From(List<AskedWord> words, IndexSnapshot snapshot, RankingSettings settings)
    {
        var terms = new List<QueryTerm>(words.Count);
        var wholeEnd = 0;
        for (var i = 0; i < words.Count && terms.Count < MostTerms; i++)
        {
            var (start, end, word) = words[i];
            if (word.IsStopWord)
            {
                continue;
            }

            // A compound's whole counts only if the corpus knows it; then its parts count less and need not be known.
            var isWhole = i + 1 < words.Count && words[i + 1].Start < end;
            var isPart = start < wholeEnd;
            var frequency = snapshot.Frequency(word.StemId);
            if (frequency.Passages == 0 && (isWhole || isPart))
            {
                continue;
            }

            wholeEnd = isWhole ? end : wholeEnd;
            Add(terms, word, frequency, isPart ? PartWeight : 1, snapshot, settings);
        }

        return terms;
    }

    static void Add(
        List<QueryTerm> terms, VocabularyWord word, (int Passages, int Documents) frequency, float weight,
        IndexSnapshot snapshot, RankingSettings settings)
    {
        var corrected = frequency.Passages == 0 ? SpellingCorrector.Correct(word, snapshot) : null;
        if (corrected is not null)
        {
            frequency = snapshot.Frequency(corrected.StemId);
            weight *= settings.CorrectedWeight;
        }

        var meant = corrected ?? word;
        foreach (var present in terms)
        {
            if (ReferenceEquals(present.Stem, meant.Stem) || present.Stem == meant.Stem)
            {
                present.Repetitions++;
                present.Weight = Math.Max(present.Weight, weight * (1 + MathF.Log(present.Repetitions)));
                return;
            }
        }

        terms.Add(new(word.Text, meant.Stem, frequency.Passages, IndexSnapshot.Idf(snapshot.Passages, frequency.Passages), corrected?.Text)
        {
            StemId = frequency.Passages == 0 ? VocabularyWord.Unlisted : meant.StemId,
            Weight = weight,
            DocumentIdf = IndexSnapshot.Idf(snapshot.Documents, frequency.Documents),
        });
    }

    readonly record struct AskedWord(int Start, int End, VocabularyWord Word);
}
