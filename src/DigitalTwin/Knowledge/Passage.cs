namespace DigitalTwin.Knowledge;

/// <summary>A piece of a document that can be found and quoted.</summary>
/// <param name="DocumentId">The document's id; <c>persona</c> for the persona's own text.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Heading">The headings above the passage, outermost first, joined by " › "; empty when there are none.</param>
/// <param name="Ordinal">The passage's place in its document, from 0.</param>
/// <param name="Text">Plain text, paragraphs separated by one newline; every quote is a verbatim substring of it.</param>
public sealed record Passage(string DocumentId, string Title, string Heading, int Ordinal, string Text)
{
    /// <summary>The sentences of <see cref="Text"/> in order, analysed once when the passage is made.</summary>
    public required IReadOnlyList<PassageSentence> Sentences { get; init; }

    /// <summary>The longest text of a passage, in UTF-16 units; what is longer is cut.</summary>
    public const int LongestText = 1 << 20;

    /// <summary>Makes a passage and analyses its text.</summary>
    public static Passage Create(string documentId, string title, string heading, int ordinal, string text)
    {
        text = text.Length > LongestText ? text[..LongestText] : text;
        var ranges = SentenceSplitter.Split(text);
        var tokens = new List<ulong>(text.Length / 5);
        var ends = new int[ranges.Count];
        for (var i = 0; i < ends.Length; i++)
        {
            var range = ranges[i];
            var scanner = new TokenScanner(text.AsSpan(range.Start, range.Length), fromDocument: true);
            while (scanner.MoveNext())
            {
                tokens.Add(PassageTokens.Pack(range.Start + scanner.Start, scanner.Length, scanner.Word.Id));
            }

            ends[i] = tokens.Count;
        }

        var packed = tokens.ToArray();
        var sentences = new PassageSentence[ends.Length];
        for (var i = 0; i < ends.Length; i++)
        {
            var first = i == 0 ? 0 : ends[i - 1];
            var range = ranges[i];
            sentences[i] = new(range.Start, range.Length, range.Paragraph, new PassageTokens(packed, first, ends[i] - first));
        }

        return new(documentId, title, heading, ordinal, text) { Sentences = sentences };
    }
}

/// <summary>A sentence (or a list item, or a table row) as a range of its passage's text, with its tokens.</summary>
/// <param name="Start">In UTF-16 units from the passage's start.</param>
/// <param name="Length">In UTF-16 units, without surrounding white space.</param>
/// <param name="Paragraph">Which paragraph of the passage it belongs to, from 0.</param>
public sealed record PassageSentence(int Start, int Length, int Paragraph, IReadOnlyList<TextToken> Tokens);

/// <summary>A word of a text: where it stands, what it folds to and what it is indexed as.</summary>
/// <param name="Start">In UTF-16 units from the analysed text's start.</param>
/// <param name="Word">Lower case, diacritics and possessive removed.</param>
/// <param name="Stem">The English (Porter2) stem of <paramref name="Word"/>; equal stems are the same string instance.</param>
/// <param name="IsStopWord">Whether the index leaves the word out.</param>
public readonly record struct TextToken(int Start, int Length, string Word, string Stem, bool IsStopWord);
