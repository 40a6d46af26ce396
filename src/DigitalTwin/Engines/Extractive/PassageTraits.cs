using System.Runtime.CompilerServices;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>What scoring needs of a passage, worked out once and kept as long as the passage lives.</summary>
internal sealed class PassageTraits
{
    private static readonly ConditionalWeakTable<Passage, PassageTraits> Known = [];

    private PassageTraits(Passage passage)
    {
        Title = StemsOf(TextAnalyzer.Analyze(passage.Title));
        Heading = StemsOf(TextAnalyzer.Analyze(passage.Heading));
        Sentences = [.. passage.Sentences.Select(sentence => new SentenceTraits(passage, sentence))];
        SentenceStems = Array.ConvertAll(Sentences, sentence => sentence.Stems);
    }

    /// <summary>Stems by number, of the document's title.</summary>
    public int[] Title { get; }

    /// <summary>Stems by number, of the headings above.</summary>
    public int[] Heading { get; }

    public SentenceTraits[] Sentences { get; }

    /// <summary>Each sentence's stems by number.</summary>
    public int[][] SentenceStems { get; }

    public static PassageTraits Of(Passage passage) => Known.GetValue(passage, static p => new PassageTraits(p));

    public static int[] StemsOf(IReadOnlyList<TextToken> tokens) => [.. tokens.Select(token => Vocabulary.StemId(token.Stem))];
}

/// <summary>What scoring needs of a sentence.</summary>
internal sealed class SentenceTraits
{
    public SentenceTraits(Passage passage, PassageSentence sentence)
    {
        var tokens = sentence.Tokens;
        Stems = PassageTraits.StemsOf(tokens);
        OpensWithSpeaker = tokens.Count > 0 && IsSpeaker(tokens[0].Word);
        Holds = AnswerTypes.Of(passage, sentence);
    }

    /// <summary>Stems by number.</summary>
    public int[] Stems { get; }

    public bool OpensWithSpeaker { get; }

    /// <summary>What kinds of answers it may hold.</summary>
    public AnswerKinds Holds { get; }

    private static bool IsSpeaker(string word) => word is "i" or "my" or "me" or "we" or "our" or "us" or "mine" or "ours";
}
