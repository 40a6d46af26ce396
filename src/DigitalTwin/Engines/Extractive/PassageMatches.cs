namespace DigitalTwin.Engines.Extractive;

/// <summary>Which of a question's words stand where in one passage; each match from 0 to 1.</summary>
internal sealed class PassageMatches
{
    private readonly int terms;
    private readonly float[] bySentence;

    public PassageMatches(PassageTraits passage, int terms, TermMatcher matcher)
    {
        this.terms = terms;
        bySentence = new float[(passage.Sentences.Length + 3) * terms];
        Sentences = passage.Sentences.Length;
        for (var s = 0; s < Sentences; s++)
        {
            var row = Row(s);
            Match(passage.Sentences[s].Stems, row, matcher);
            for (var t = 0; t < terms; t++)
            {
                Anywhere[t] = Math.Max(Anywhere[t], row[t]);
            }
        }

        Match(passage.Title, Title, matcher);
        Match(passage.Heading, Heading, matcher);
        TitleAsked = Asked(passage.TitleWords, matcher);
        HeadingAsked = Asked(passage.HeadingWords, matcher);
    }

    public int Sentences { get; }

    public Span<float> Title => Row(Sentences);

    public Span<float> Heading => Row(Sentences + 1);

    /// <summary>The best match of each term in any sentence.</summary>
    public Span<float> Anywhere => Row(Sentences + 2);

    /// <summary>How much of the title's, and of the nearest heading's, words the question has.</summary>
    public float TitleAsked { get; }

    public float HeadingAsked { get; }

    public Span<float> Row(int sentence) => bySentence.AsSpan(sentence * terms, terms);

    private static float Asked(int[] words, TermMatcher matcher)
    {
        var asked = 0f;
        foreach (var word in words)
        {
            asked += matcher.Best(word);
        }

        return asked / Math.Max(words.Length, 1);
    }

    /// <summary>Raises the row to the best match of each term.</summary>
    private static void Match(int[] stems, Span<float> row, TermMatcher matcher)
    {
        foreach (var stem in stems)
        {
            matcher.Raise(stem, row);
        }
    }
}
