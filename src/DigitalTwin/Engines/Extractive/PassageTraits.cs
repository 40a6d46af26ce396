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
        TitleRows = RowsOf(TextAnalyzer.Analyze(passage.Title));
        HeadingRows = RowsOf(TextAnalyzer.Analyze(passage.Heading));
        Sentences = [.. passage.Sentences.Select(sentence => new SentenceTraits(passage, sentence))];
    }

    /// <summary>Stems by number, of the document's title.</summary>
    public int[] Title { get; }

    /// <summary>Stems by number, of the headings above.</summary>
    public int[] Heading { get; }

    /// <summary>Rows of the title's words in <see cref="WordVectors"/>.</summary>
    public int[] TitleRows { get; }

    public int[] HeadingRows { get; }

    public SentenceTraits[] Sentences { get; }

    public static PassageTraits Of(Passage passage) => Known.GetValue(passage, static p => new PassageTraits(p));

    private static int[] StemsOf(IReadOnlyList<TextToken> tokens) => [.. tokens.Select(token => Vocabulary.StemId(token.Stem))];

    public static int[] RowsOf(IReadOnlyList<TextToken> tokens) =>
        [.. tokens.Where(token => !token.IsStopWord).Select(token => WordVectors.RowOf(token.Stem)).Where(row => row != WordVectors.None)];
}

/// <summary>What scoring needs of a sentence.</summary>
internal sealed class SentenceTraits
{
    /// <summary>How far into a sentence a definition begins: "The Difference Engine was ...".</summary>
    private const int Opening = 9;

    public SentenceTraits(Passage passage, PassageSentence sentence)
    {
        var tokens = sentence.Tokens;
        Rows = PassageTraits.RowsOf(tokens);
        Stems = new int[tokens.Count];
        Persons = new Person[tokens.Count];
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            Stems[i] = token.IsStopWord ? ~Vocabulary.StemId(token.Stem) : Vocabulary.StemId(token.Stem);
            ContentWords += token.IsStopWord ? 0 : 1;
            HasSpeaker |= IsSpeaker(token.Word);
            Copulas |= i < Opening && token.Word is "is" or "was" or "are" or "were" or "means" or "became" ? 1 << i : 0;
            Persons[i] = PersonOf(passage, token, i, i > 0 ? tokens[i - 1].Word : "");
        }

        OpensWithSpeaker = tokens.Count > 0 && IsSpeaker(tokens[0].Word);
        Holds = AnswerTypes.Of(passage, sentence);
    }

    /// <summary>Stems by number; those of stop words are complemented.</summary>
    public int[] Stems { get; }

    /// <summary>Whom each word speaks of, if anybody.</summary>
    public Person[] Persons { get; }

    /// <summary>Rows of its words in <see cref="WordVectors"/>, stop words left out.</summary>
    public int[] Rows { get; }

    /// <summary>How many words are no stop words.</summary>
    public int ContentWords { get; }

    /// <summary>It says "I", "we" or the like.</summary>
    public bool HasSpeaker { get; }

    public bool OpensWithSpeaker { get; }

    /// <summary>Where among its first words an "is" or the like stands, as a bit each.</summary>
    public int Copulas { get; }

    /// <summary>What kinds of answers it may hold.</summary>
    public AnswerKinds Holds { get; }

    /// <summary>A name is a word with a capital inside the sentence, or at its beginning when English has no such word.</summary>
    private static Person PersonOf(Passage passage, TextToken token, int i, string before) => token.Word switch
    {
        "i" or "we" or "me" or "us" => Person.Speaker,
        "my" or "our" => Person.Speakers,
        "he" or "she" or "they" or "him" or "them" or "his" or "her" or "their" => Person.Other,
        _ => token.Length > 1 && char.IsUpper(passage.Text[token.Start]) && (i > 0 ? !IsPlacing(before) : WordVectors.RowOf(token.Stem) < 0)
            ? Person.Other : Person.Nobody,
    };

    /// <summary>What stands between is no person: "in Paris", "the Thames".</summary>
    private static bool IsPlacing(string before) =>
        before is "in" or "at" or "of" or "to" or "from" or "near" or "the" or "on" or "for" or "into" or "between" or "through" or "until" or "since" or "by";

    private static bool IsSpeaker(string word) => word is "i" or "my" or "me" or "we" or "our" or "us" or "mine" or "ours";
}

/// <summary>Whom a word of a sentence speaks of.</summary>
internal enum Person : byte
{
    Nobody,

    /// <summary>I, we.</summary>
    Speaker,

    /// <summary>My, our.</summary>
    Speakers,

    /// <summary>Anybody else, by pronoun or name.</summary>
    Other,
}
