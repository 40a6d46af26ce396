namespace DigitalTwin.Engines.Extractive;

/// <summary>Which of a question's words stand where in one passage; each match from 0 to 1.</summary>
internal sealed class PassageMatches
{
    /// <summary>A definition begins with what it defines, among its first words.</summary>
    private const int DefinedWithin = 5;
    private const int CopulaWithin = 4;

    private readonly int terms;
    private readonly float[] bySentence;
    private readonly SentenceMatch[] sentences;

    public PassageMatches(PassageTraits passage, int terms, TermMatcher matcher)
    {
        this.terms = terms;
        bySentence = new float[(passage.Sentences.Length + 3) * terms];
        sentences = new SentenceMatch[passage.Sentences.Length];
        for (var s = 0; s < sentences.Length; s++)
        {
            var row = Row(s);
            sentences[s] = Match(passage.Sentences[s].Stems, row, matcher);
            for (var t = 0; t < terms; t++)
            {
                Anywhere[t] = Math.Max(Anywhere[t], row[t]);
            }
        }

        Match(passage.Title, Title, matcher);
        Match(passage.Heading, Heading, matcher);
    }

    public int Sentences => sentences.Length;

    public Span<float> Title => Row(Sentences);

    public Span<float> Heading => Row(Sentences + 1);

    /// <summary>The best match of each term in any sentence.</summary>
    public Span<float> Anywhere => Row(Sentences + 2);

    public Span<float> Row(int sentence) => bySentence.AsSpan(sentence * terms, terms);

    /// <summary>How many words of the sentence match.</summary>
    public int Hits(int sentence) => sentences[sentence].Hits;

    /// <summary>The share of the question's neighbouring words that are neighbours here too.</summary>
    public float Pairs(int sentence) => terms > 1 ? Math.Min(1f, (float)sentences[sentence].Pairs / (terms - 1)) : 0;

    /// <summary>One of the first words is asked for, and "is", "was" or the like follows soon.</summary>
    public bool Defines(int sentence, int copulas)
    {
        var seen = -1;
        for (var i = 0; copulas >> i != 0; i++)
        {
            if (i < DefinedWithin && (sentences[sentence].Opening & (1 << i)) != 0)
            {
                seen = i;
            }
            else if (seen >= 0 && (copulas & (1 << i)) != 0)
            {
                return i - seen <= CopulaWithin;
            }
        }

        return false;
    }

    private static SentenceMatch Match(int[] stems, Span<float> row, TermMatcher matcher)
    {
        var (hits, pairs, opening, last) = (0, 0, 0, -2);
        for (var i = 0; i < stems.Length; i++)
        {
            var isStopWord = stems[i] < 0;
            if (!matcher.TryFind(isStopWord ? ~stems[i] : stems[i], out var matches))
            {
                last = isStopWord ? last : -2;
                continue;
            }

            foreach (var match in matches)
            {
                row[match.Term] = Math.Max(row[match.Term], match.Share);
            }

            hits++;
            opening |= i < DefinedWithin ? 1 << i : 0;
            pairs += matches[0].Term == last + 1 ? 1 : 0;
            last = matches[0].Term;
        }

        return new SentenceMatch(hits, pairs, opening);
    }

    /// <param name="Opening">Which of the first words match, as a bit each.</param>
    private readonly record struct SentenceMatch(int Hits, int Pairs, int Opening);
}
