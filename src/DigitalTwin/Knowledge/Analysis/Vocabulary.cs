using System.Collections.Concurrent;

namespace DigitalTwin.Knowledge;

/// <summary>A word with its stem. One instance per word, so a word is stemmed once in the life of the process.</summary>
sealed record VocabularyWord(int Id, string Text, string Stem, int StemId, bool IsStopWord)
{
    /// <summary>The id of a word, or of a stem, that no document has and that the vocabulary had no room for.</summary>
    public const int Unlisted = -1;
}

/// <summary>
/// Every word seen, numbered. It grows with the documents; words that only visitors write are kept up to a bound, beyond
/// which they are analysed anew each time, so that nobody can fill the memory with invented words.
/// </summary>
static class Vocabulary
{
    const int MostWordsWithVisitors = 60_000;

    static readonly ConcurrentDictionary<string, VocabularyWord> Words = new(StringComparer.Ordinal);
    static readonly ConcurrentDictionary<string, VocabularyWord>.AlternateLookup<ReadOnlySpan<char>> WordsBySpan =
        Words.GetAlternateLookup<ReadOnlySpan<char>>();

    static readonly ConcurrentDictionary<string, int> StemIds = new(StringComparer.Ordinal);
    static readonly List<string> Stems = [];
    static readonly Lock Adding = new();
    static volatile VocabularyWord[] byId = new VocabularyWord[4096];
    static int count;

    /// <summary>The word by its <see cref="VocabularyWord.Id"/>.</summary>
    public static VocabularyWord Get(int id) => byId[id];

    public static VocabularyWord Find(ReadOnlySpan<char> folded, bool fromDocument) =>
        WordsBySpan.TryGetValue(folded, out var word) ? word : Add(folded.ToString(), fromDocument);

    /// <summary>The stem's id, or <see cref="VocabularyWord.Unlisted"/>.</summary>
    public static int StemId(string stem) => StemIds.TryGetValue(stem, out var id) ? id : VocabularyWord.Unlisted;

    static VocabularyWord Add(string text, bool fromDocument)
    {
        var stem = EnglishStemmer.Stem(EnglishWords.Lemma(text));
        var isStopWord = EnglishWords.IsStopWord(text);
        lock (Adding)
        {
            if (Words.TryGetValue(text, out var present))
            {
                return present;
            }

            var known = StemIds.TryGetValue(stem, out var stemId);
            if (!fromDocument && count >= MostWordsWithVisitors)
            {
                return new(VocabularyWord.Unlisted, text, known ? Stems[stemId] : stem,
                    known ? stemId : VocabularyWord.Unlisted, isStopWord);
            }

            if (!known)
            {
                stemId = Stems.Count;
                stem = stem == text ? text : stem;
                Stems.Add(stem);
                StemIds[stem] = stemId;
            }

            return Enlist(new(count, text, Stems[stemId], stemId, isStopWord));
        }
    }

    static VocabularyWord Enlist(VocabularyWord word)
    {
        if (count == byId.Length)
        {
            var larger = new VocabularyWord[count * 2];
            byId.CopyTo(larger, 0);
            byId = larger;
        }

        byId[count++] = word;
        Words[word.Text] = word;
        return word;
    }
}
