using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>Which of a question's words stand where in one passage; each match from 0 to 1.</summary>
internal sealed class PassageMatches
{
    private readonly int terms;
    private readonly float[] bySentence;
    private readonly float[] pairs;

    /// <param name="byStem">For a stem the terms that it matches, and how well.</param>
    public PassageMatches(Passage passage, int terms, Dictionary<string, (int Term, float Share)[]> byStem)
    {
        this.terms = terms;
        Sentences = passage.Sentences.Count;
        bySentence = new float[Sentences * terms];
        pairs = new float[Sentences];
        (Title, Heading, Anywhere) = (new float[terms], new float[terms], new float[terms]);
        for (var s = 0; s < Sentences; s++)
        {
            var row = bySentence.AsSpan(s * terms, terms);
            pairs[s] = Match(passage.Sentences[s].Tokens, row, byStem);
            for (var t = 0; t < terms; t++)
            {
                Anywhere[t] = Math.Max(Anywhere[t], row[t]);
            }
        }

        MatchWords(passage.Title, Title, byStem);
        MatchWords(passage.Heading, Heading, byStem);
    }

    public int Sentences { get; }

    public float[] Title { get; }

    public float[] Heading { get; }

    /// <summary>The best match of each term in any sentence.</summary>
    public float[] Anywhere { get; }

    public float Of(int sentence, int term) => bySentence[(sentence * terms) + term];

    /// <summary>The share of the question's neighbouring words that are neighbours here too.</summary>
    public float Pairs(int sentence) => terms > 1 ? Math.Min(1, pairs[sentence] / (terms - 1)) : 0;

    private static float Match(IReadOnlyList<TextToken> tokens, Span<float> matches, Dictionary<string, (int Term, float Share)[]> byStem)
    {
        var pairs = 0;
        var last = -2;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (!byStem.TryGetValue(token.Stem, out var found) && (token.IsStopWord || !SharesRoot(token.Stem, matches, byStem)))
            {
                last = token.IsStopWord ? last : -2;
                continue;
            }

            foreach (var (term, share) in found ?? [])
            {
                matches[term] = Math.Max(matches[term], share);
            }

            if (found is not null)
            {
                pairs += found[0].Term == last + 1 ? 1 : 0;
                last = found[0].Term;
            }
        }

        return pairs;
    }

    /// <summary>Words of one root (terrified, terror) begin alike: at least five letters and most of the shorter word.</summary>
    private static bool SharesRoot(string stem, Span<float> matches, Dictionary<string, (int Term, float Share)[]> byStem)
    {
        if (stem.Length < 5) return false;
        var any = false;
        foreach (var (other, found) in byStem)
        {
            if (other.Length >= 5 && other[0] == stem[0])
            {
                var n = other.AsSpan().CommonPrefixLength(stem);
                if (n >= 5 && n >= Math.Min(other.Length, stem.Length) - 1)
                {
                    foreach (var (term, share) in found) if (share == 1f) { matches[term] = Math.Max(matches[term], 0.7f); any = true; }
                }
            }
        }
        return any;
    }

    private static void MatchWords(string text, float[] matches, Dictionary<string, (int Term, float Share)[]> byStem)
    {
        if (text.Length > 0)
        {
            Match(TextAnalyzer.Analyze(text), matches, byStem);
        }
    }
}
