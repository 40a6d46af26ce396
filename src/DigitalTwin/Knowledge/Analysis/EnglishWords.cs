using System.Collections.Frozen;

namespace DigitalTwin.Knowledge;

/// <summary>The English word lists: which words the index leaves out, and which words are forms of another.</summary>
static class EnglishWords
{
    // Words that end like -ise words and whose stem would meet another word's.
    static readonly FrozenSet<string> NotIze = FrozenSet.ToFrozenSet(["treatise", "treatises", "paradise", "paradises"]);

    static readonly FrozenSet<string> StopWords = Lines("english-stop-words.txt")
        .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToFrozenSet();

    static readonly FrozenDictionary<string, string> Lemmas = Lines("english-irregular-forms.txt")
        .Select(line => line.Split(':'))
        .SelectMany(parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries), (parts, form) => (form, lemma: parts[0]))
        .ToFrozenDictionary(pair => pair.form, pair => pair.lemma);

    static readonly FrozenSet<string> CommonWords = Lines("english-common-words.txt")
        .SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToFrozenSet();

    // A short stem is that of many a misspelt word as well (Mary, maried).
    static readonly FrozenSet<string> CommonStems = CommonWords
        .Select(word => EnglishStemmer.Stem(Lemma(word))).Where(stem => stem.Length >= 5).ToFrozenSet();

    public static bool IsStopWord(string word) => StopWords.Contains(word);

    /// <summary>Whether a word is everyday English, so that it is never taken for another word's misspelling.</summary>
    public static bool IsCommon(string word, string stem) => CommonWords.Contains(word) || CommonStems.Contains(stem) || Lemmas.ContainsKey(word);

    /// <summary>The word a form belongs to (wrote → write, children → child, organised → organized), or the word itself.</summary>
    public static string Lemma(string word)
    {
        if (Lemmas.TryGetValue(word, out var lemma))
        {
            return lemma;
        }

        foreach (var ending in (ReadOnlySpan<string>)["isation", "isations", "ise", "ised", "ises", "ising", "iser", "isers"])
        {
            var start = word.Length - ending.Length;
            if (start >= 4 && word.EndsWith(ending, StringComparison.Ordinal) && !NotIze.Contains(word))
            {
                return string.Concat(word.AsSpan(0, start), "iz", ending.AsSpan(2));
            }
        }

        return word;
    }

    /// <summary>An embedded word list without its empty lines and its comments (#).</summary>
    public static List<string> Lines(string resource)
    {
        using var stream = typeof(EnglishWords).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The word list {resource} is not embedded.");
        using var reader = new StreamReader(stream);
        var lines = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                lines.Add(line);
            }
        }

        return lines;
    }
}
