using System.Runtime.CompilerServices;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>What scoring needs of a passage, worked out once and kept as long as the passage lives.</summary>
internal sealed class PassageTraits
{
    private static readonly ConditionalWeakTable<Passage, PassageTraits> Known = [];

    private PassageTraits(Passage passage)
    {
        var (title, heading) = (TextAnalyzer.Analyze(passage.Title), TextAnalyzer.Analyze(passage.Heading));
        Title = StemsOf(title);
        Heading = StemsOf(heading);
        TitleWords = WordsOf(title);
        HeadingWords = WordsOf(TextAnalyzer.Analyze(passage.Heading[(passage.Heading.LastIndexOf('›') + 1)..]));
        TopicsOfTitles = TopicWords.In(title, heading);
        TopicsOfText = TopicWords.In([.. passage.Sentences.Select(sentence => sentence.Tokens)]);
        Sentences = new SentenceTraits[passage.Sentences.Count];
        for (var s = 0; s < Sentences.Length; s++)
        {
            Sentences[s] = new SentenceTraits(passage, s);
        }
    }

    /// <summary>Stems by number, of the document's title.</summary>
    public int[] Title { get; }

    /// <summary>Stems by number, of the headings above.</summary>
    public int[] Heading { get; }

    /// <summary>The title's words that carry meaning, each once.</summary>
    public int[] TitleWords { get; }

    /// <summary>The nearest heading's words that carry meaning, each once.</summary>
    public int[] HeadingWords { get; }

    public SentenceTraits[] Sentences { get; }

    /// <summary>Of the document's title and the headings together.</summary>
    public TopicWords TopicsOfTitles { get; }

    /// <summary>Of all sentences together.</summary>
    public TopicWords TopicsOfText { get; }

    public static PassageTraits Of(Passage passage) => Known.GetValue(passage, static p => new PassageTraits(p));

    public static int[] StemsOf(IReadOnlyList<TextToken> tokens) => [.. tokens.Select(token => Vocabulary.StemId(token.Stem))];

    private static int[] WordsOf(IReadOnlyList<TextToken> tokens) =>
        [.. tokens.Where(token => !token.IsStopWord).Select(token => Vocabulary.StemId(token.Stem)).Distinct()];
}

/// <summary>What scoring needs of a sentence.</summary>
internal sealed class SentenceTraits
{
    public SentenceTraits(Passage passage, int s)
    {
        var sentences = passage.Sentences;
        var tokens = sentences[s].Tokens;
        Stems = PassageTraits.StemsOf(tokens);
        OpensWithSpeaker = tokens.Count > 0 && IsSpeaker(tokens[0].Word);
        Holds = AnswerTypes.Of(passage, sentences[s]);
        TopicsOfText = TopicWords.In(tokens);
        TopicsOfNeighbours = TopicWords.In(tokens, sentences[Math.Max(s - 1, 0)].Tokens, sentences[Math.Min(s + 1, sentences.Count - 1)].Tokens);
    }

    /// <summary>Stems by number.</summary>
    public int[] Stems { get; }

    public bool OpensWithSpeaker { get; }

    /// <summary>What kinds of answers it may hold.</summary>
    public AnswerKinds Holds { get; }

    public TopicWords TopicsOfText { get; }

    /// <summary>Of the sentence and those beside it together.</summary>
    public TopicWords TopicsOfNeighbours { get; }

    private static bool IsSpeaker(string word) => word is "i" or "my" or "me" or "we" or "our" or "us" or "mine" or "ours";
}
