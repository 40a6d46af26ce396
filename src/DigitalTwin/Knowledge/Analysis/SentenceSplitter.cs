using System.Collections.Frozen;

namespace DigitalTwin.Knowledge;

/// <summary>Where a sentence stands in its text, and in which of the text's lines.</summary>
public readonly record struct SentenceRange(int Start, int Length, int Paragraph);

/// <summary>
/// Finds sentences in plain text whose paragraphs, list items and table rows are lines of their own. A line's end always
/// ends a sentence; a full stop does so unless it belongs to an abbreviation, an initial or a number.
/// </summary>
public static class SentenceSplitter
{
    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NeverLast = FrozenSet.ToFrozenSet(
        [
            "mr", "mrs", "ms", "mx", "dr", "prof", "st", "rev", "fr", "hon", "lt", "col", "gen", "capt", "sgt", "maj", "cmdr",
            "messrs", "mme", "mlle", "gov", "sen", "rep", "pres", "supt", "e.g", "i.e", "cf", "viz", "vs", "ca", "approx",
            "eq", "eqs", "fig", "figs", "ref", "refs", "tel", "ext", "mt", "ft",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> NotBeforeNumber = FrozenSet.ToFrozenSet(
        [
            "no", "nos", "vol", "vols", "pp", "p", "ch", "sec", "art", "op", "est", "jan", "feb", "mar", "apr", "jun", "jul",
            "aug", "sep", "sept", "oct", "nov", "dec", "b", "d", "c", "r",
        ],
        StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();

    public static IReadOnlyList<SentenceRange> Split(string text)
    {
        var sentences = new List<SentenceRange>();
        var paragraph = 0;
        for (var start = 0; start < text.Length;)
        {
            var newline = text.IndexOf('\n', start);
            var end = newline < 0 ? text.Length : newline;
            if (SplitLine(text, start, end, paragraph, sentences))
            {
                paragraph++;
            }

            start = end + 1;
        }

        return sentences;
    }

    static bool SplitLine(string text, int start, int end, int paragraph, List<SentenceRange> sentences)
    {
        var before = sentences.Count;
        for (var i = start; i < end; i++)
        {
            if (text[i] is '.' or '!' or '?' or '…' && EndOfSentence(text, start, i, end) is var next && next > 0)
            {
                Add(text, start, next, paragraph, sentences);
                start = next;
                i = next - 1;
            }
            else if (text[i] is '。' or '！' or '？')
            {
                Add(text, start, i + 1, paragraph, sentences);
                start = i + 1;
            }
        }

        Add(text, start, end, paragraph, sentences);
        return sentences.Count > before;
    }

    // Where the sentence that may stop at this mark ends, closing quotes and brackets included; 0 when it goes on.
    static int EndOfSentence(string text, int start, int mark, int end)
    {
        var after = mark + 1;
        while (after < end && text[after] is '.' or '!' or '?' or '…')
        {
            after++;
        }

        while (after < end && text[after] is '"' or '\'' or '”' or '’' or ')' or ']' or '»')
        {
            after++;
        }

        if (after >= end)
        {
            return end;
        }

        if (!char.IsWhiteSpace(text[after]))
        {
            return 0;
        }

        // Tokenised text sets the full stop apart: "the slipstream . an attempt is made".
        if (mark > start && char.IsWhiteSpace(text[mark - 1]))
        {
            return after;
        }

        var next = after;
        while (next < end && (char.IsWhiteSpace(text[next]) || text[next] is '"' or '\'' or '“' or '‘' or '(' or '[' or '«'))
        {
            next++;
        }

        return next < end && (char.IsLower(text[next]) || (text[mark] == '.' && IsAbbreviation(text, start, mark, text[next])))
            ? 0
            : after;
    }

    static bool IsAbbreviation(string text, int start, int mark, char next)
    {
        var wordStart = mark;
        while (wordStart > start && (char.IsLetterOrDigit(text[wordStart - 1]) || text[wordStart - 1] == '.'))
        {
            wordStart--;
        }

        var word = text.AsSpan(wordStart, mark - wordStart);
        if (word.IsEmpty)
        {
            return false;
        }

        // A capital on its own is an initial, "I" is not; a small number that opens the sentence numbers a list item.
        var last = word[^1];
        var isInitial = char.IsUpper(last) && (word.Length == 1 || word[^2] == '.') && !word.SequenceEqual("I");
        var isItemNumber = wordStart == start && word.Length <= 2 && !word.ContainsAnyExceptInRange('0', '9');
        return isItemNumber
            || (isInitial && !char.IsDigit(next) && (word.Length == 1 || !IsSentenceOpener(text, mark)))
            || NeverLast.Contains(word)
            || (char.IsDigit(next) && NotBeforeNumber.Contains(word));
    }

    // After "the U.S." or "B.A." a new sentence is likely when a word follows that rarely is a surname.
    static bool IsSentenceOpener(string text, int mark)
    {
        var from = mark + 1;
        while (from < text.Length && char.IsWhiteSpace(text[from]))
        {
            from++;
        }

        var to = from;
        while (to < text.Length && char.IsLetter(text[to]))
        {
            to++;
        }

        return to > from && EnglishWords.IsStopWord(text[from..to].ToLowerInvariant());
    }

    static void Add(string text, int start, int end, int paragraph, List<SentenceRange> sentences)
    {
        while (start < end && char.IsWhiteSpace(text[start]))
        {
            start++;
        }

        while (end > start && char.IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        if (end > start)
        {
            sentences.Add(new(start, end - start, paragraph));
        }
    }
}
