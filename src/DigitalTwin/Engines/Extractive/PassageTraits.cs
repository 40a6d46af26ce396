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
    }

    /// <summary>Stems by number, of the document's title.</summary>
    public int[] Title { get; }

    /// <summary>Stems by number, of the headings above.</summary>
    public int[] Heading { get; }

    public SentenceTraits[] Sentences { get; }

    public static PassageTraits Of(Passage passage) => Known.GetValue(passage, static p => new PassageTraits(p));

    private static int[] StemsOf(IReadOnlyList<TextToken> tokens) => [.. tokens.Select(token => Vocabulary.StemId(token.Stem))];
}

/// <summary>What scoring needs of a sentence.</summary>
internal sealed class SentenceTraits
{
    /// <summary>How far into a sentence a definition begins: "The Difference Engine was ...".</summary>
    private const int Opening = 9;

    public SentenceTraits(Passage passage, PassageSentence sentence)
    {
        var tokens = sentence.Tokens;
        Stems = new int[tokens.Count];
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            Stems[i] = token.IsStopWord ? ~Vocabulary.StemId(token.Stem) : Vocabulary.StemId(token.Stem);
            ContentWords += token.IsStopWord ? 0 : 1;
            HasSpeaker |= IsSpeaker(token.Word);
            Copulas |= i < Opening && token.Word is "is" or "was" or "are" or "were" or "means" or "became" ? 1 << i : 0;
            Holds |= AnswerTypes.Of(passage, token, i);
        }

        OpensWithSpeaker = tokens.Count > 0 && IsSpeaker(tokens[0].Word);
        Holds = AnswerTypes.Settle(Holds);
    }

    /// <summary>Stems by number; those of stop words are complemented.</summary>
    public int[] Stems { get; }

    /// <summary>How many words are no stop words.</summary>
    public int ContentWords { get; }

    /// <summary>It says "I", "we" or the like.</summary>
    public bool HasSpeaker { get; }

    public bool OpensWithSpeaker { get; }

    /// <summary>Where among its first words an "is" or the like stands, as a bit each.</summary>
    public int Copulas { get; }

    /// <summary>What kinds of answers it may hold.</summary>
    public AnswerKinds Holds { get; }

    private static bool IsSpeaker(string word) => word is "i" or "my" or "me" or "we" or "our" or "us" or "mine" or "ours";
}
