namespace DigitalTwin.Knowledge;

/// <summary>
/// Turns English text into the words that the index works with. Safe for concurrent use; equal stems are the same string
/// instance as long as a document has them.
/// </summary>
public static class TextAnalyzer
{
    /// <summary>
    /// The words of a question, in order. A compound (e-mail) comes as a whole and then part by part, the whole's range
    /// covering its parts'.
    /// </summary>
    public static IReadOnlyList<TextToken> Analyze(string text)
    {
        var tokens = new List<TextToken>(24);
        var scanner = new TokenScanner(text, fromDocument: false);
        while (scanner.MoveNext())
        {
            var word = scanner.Word;
            tokens.Add(new(scanner.Start, scanner.Length, word.Text, word.Stem, word.IsStopWord));
        }

        return tokens;
    }

    /// <summary>The stem of a single word, as the index has it.</summary>
    public static string Stem(string word)
    {
        var scanner = new TokenScanner(word, fromDocument: false);
        return scanner.MoveNext() ? scanner.Word.Stem : "";
    }
}
