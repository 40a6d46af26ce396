using System.Buffers;
using DigitalTwin.Engines;
using DigitalTwin.Knowledge;
using DigitalTwin.Memory;

namespace DigitalTwin.Chat;

/// <summary>
/// Turns the markers of an answer into citations. A quote is always cut out of the passage itself, so it is verbatim whatever the
/// engine wrote: the sentence that the marked statement repeats, or else the one that shares most with it.
/// </summary>
internal static class CitationBuilder
{
    /// <summary>Of a model's unmarked sentence, the share of words that a passage's sentence must have to count as its source.</summary>
    private const double SupportShare = 0.6;
    private const int FewestSharedWords = 3;
    private const int MostUnmarked = 3;
    private const int LongestSpan = 700;

    /// <summary>What ends a sentence and closes what was opened in it.</summary>
    private static readonly SearchValues<char> Marks = SearchValues.Create(".!?…。！？\"'”’»)");

    /// <param name="used">The passages by their marker: the first is <c>[1]</c>.</param>
    /// <param name="marksAll">Whether the engine marks whatever it takes from a passage, so that no marker means no source.</param>
    public static IReadOnlyList<Citation> Build(string answer, IReadOnlyList<int> used, Grounding grounding, bool marksAll)
    {
        if (used.Count == 0)
        {
            return marksAll || grounding.Passages.Count == 0 ? [] : FindUnmarked(answer, grounding);
        }

        var citations = new Citation[used.Count];
        for (var i = 0; i < used.Count; i++)
        {
            var passage = grounding.Passages[used[i]];
            citations[i] = Cite(i + 1, passage, QuoteFor(passage, StatementsMarked(answer, i + 1)));
        }

        return citations;
    }

    private static Citation Cite(int n, Passage passage, string quote)
    {
        if (!passage.Text.Contains(quote, StringComparison.Ordinal))
        {
            throw new InvalidOperationException("A quote that is not in its passage.");
        }

        return new Citation(n, passage.DocumentId, passage.Title, quote);
    }

    /// <summary>The stretches of the answer that end in the marker: from the marker before, or the line's start, to this one.</summary>
    private static List<string> StatementsMarked(string answer, int n)
    {
        var marker = $"[{n}]";
        var statements = new List<string>();
        for (var at = answer.IndexOf(marker, StringComparison.Ordinal); at >= 0; at = answer.IndexOf(marker, at + 1, StringComparison.Ordinal))
        {
            var end = at;
            while (end > 0 && (answer[end - 1] is ' ' or ']' || IsInsideMarker(answer, end)))
            {
                end--;
            }

            var start = end == 0 ? 0 : answer.LastIndexOfAny([']', '\n'], end - 1) + 1;
            statements.Add(answer[start..end].Trim());
        }

        return statements;
    }

    /// <summary>Behind "text [1][2]" the statement of [2] is the text, not the marker before it.</summary>
    private static bool IsInsideMarker(string answer, int end)
    {
        var open = answer.LastIndexOf('[', end - 1);
        return open >= 0 && end - open <= 4 && answer.AsSpan(open + 1, end - open - 1).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static string QuoteFor(Passage passage, List<string> statements)
    {
        if (SpanOf(passage, statements) is { } span)
        {
            return span;
        }

        var best = passage.Sentences.Count > 0 ? passage.Sentences[0] : null;
        var most = -1.0;
        foreach (var statement in statements)
        {
            foreach (var (sentence, share, _) in Overlaps(passage, statement))
            {
                if (share > most)
                {
                    (best, most) = (sentence, share);
                }
            }
        }

        return best is null ? passage.Text : passage.Text.Substring(best.Start, best.Length);
    }

    /// <summary>From the first to the last of the statements that the passage holds word for word; the first alone when they lie far apart.</summary>
    private static string? SpanOf(Passage passage, List<string> statements)
    {
        var (start, end, first) = (int.MaxValue, 0, default(string));
        foreach (var statement in statements)
        {
            var at = statement.Length > 0 ? passage.Text.IndexOf(statement, StringComparison.Ordinal) : -1;
            if (at >= 0)
            {
                var behind = BehindMarks(passage, at + statement.Length);
                (start, end, first) = (Math.Min(start, at), Math.Max(end, behind), first ?? passage.Text[at..behind]);
            }
        }

        return first is null || end - start > LongestSpan ? first : passage.Text[start..end];
    }

    /// <summary>A marker stands before its sentence's full stop; the quote has the stop all the same.</summary>
    private static int BehindMarks(Passage passage, int end)
    {
        var sentence = passage.Sentences.FirstOrDefault(s => s.Start < end && end < s.Start + s.Length);
        var behind = sentence is null ? end : sentence.Start + sentence.Length;
        return passage.Text.AsSpan()[end..behind].ContainsAnyExcept(Marks) ? end : behind;
    }

    /// <summary>Models often forget their markers; statements that a passage plainly holds get their source all the same.</summary>
    private static List<Citation> FindUnmarked(string answer, Grounding grounding)
    {
        var citations = new List<Citation>();
        foreach (var range in SentenceSplitter.Split(answer))
        {
            var best = default((Passage Passage, PassageSentence Sentence, double Share)?);
            foreach (var passage in grounding.Passages)
            {
                foreach (var (sentence, share, shared) in Overlaps(passage, answer.Substring(range.Start, range.Length)))
                {
                    if (share >= SupportShare && shared >= FewestSharedWords && (best is null || share > best.Value.Share))
                    {
                        best = (passage, sentence, share);
                    }
                }
            }

            if (best is { } found && citations.Count < MostUnmarked)
            {
                var quote = found.Passage.Text.Substring(found.Sentence.Start, found.Sentence.Length);
                if (!citations.Exists(c => c.Quote == quote))
                {
                    citations.Add(Cite(citations.Count + 1, found.Passage, quote));
                }
            }
        }

        return citations;
    }

    /// <summary>For each sentence of the passage, the share of the statement's words that it has, and how many these are.</summary>
    private static IEnumerable<(PassageSentence Sentence, double Share, int Shared)> Overlaps(Passage passage, string statement)
    {
        var stems = TextAnalyzer.Analyze(statement).Where(t => !t.IsStopWord).Select(t => t.Stem).ToHashSet(StringComparer.Ordinal);
        if (stems.Count == 0)
        {
            yield break;
        }

        foreach (var sentence in passage.Sentences)
        {
            var shared = sentence.Tokens.Select(t => t.Stem).Distinct(StringComparer.Ordinal).Count(stems.Contains);
            yield return (sentence, (double)shared / stems.Count, shared);
        }
    }
}
