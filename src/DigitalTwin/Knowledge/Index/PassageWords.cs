namespace DigitalTwin.Knowledge;

/// <summary>The words of a passage as the vocabulary has them.</summary>
static class PassageWords
{
    public static IEnumerable<VocabularyWord> InBody(Passage passage)
    {
        foreach (var sentence in passage.Sentences)
        {
            for (var i = 0; i < sentence.Tokens.Count; i++)
            {
                yield return sentence.Tokens is PassageTokens own
                    ? Vocabulary.Get(PassageTokens.WordId(own.Packed[i]))
                    : Vocabulary.Find(sentence.Tokens[i].Word, fromDocument: true);
            }
        }
    }

    /// <summary>The distinct stems that the index has of a passage: body, title and heading without stop words.</summary>
    public static HashSet<int> Stems(Passage passage)
    {
        var stems = new HashSet<int>();
        foreach (var word in InBody(passage))
        {
            Add(stems, word);
        }

        foreach (var text in (ReadOnlySpan<string>)[passage.Title, passage.Heading])
        {
            var scanner = new TokenScanner(text, fromDocument: true);
            while (scanner.MoveNext())
            {
                Add(stems, scanner.Word);
            }
        }

        return stems;
    }

    static void Add(HashSet<int> stems, VocabularyWord word)
    {
        if (!word.IsStopWord)
        {
            stems.Add(word.StemId);
        }
    }
}
