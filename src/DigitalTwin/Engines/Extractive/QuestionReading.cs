namespace DigitalTwin.Engines.Extractive;

/// <summary>What a question asks for and with which words, as far as that can be told without a model.</summary>
/// <param name="Text">As the visitor wrote it.</param>
/// <param name="Expects">The kind of thing an answer must hold.</param>
/// <param name="Terms">The words that carry the meaning, each once.</param>
/// <param name="LeansOnPrevious">It has a pronoun, or too little of its own, and means what was spoken of before.</param>
/// <param name="AsksWhatSpeakerDid">"You" is the subject: what did you, where are you, can you.</param>
/// <param name="AsksAboutOthers">"He", "she" or "they" of the turn before.</param>
public sealed record QuestionReading(
    string Text, QuestionKind Kind, AnswerType Expects, IReadOnlyList<QuestionTerm> Terms, bool LeansOnPrevious, bool AsksWhatSpeakerDid,
    bool AsksAboutOthers)
{
    /// <summary>What it is about, as far as that is a common thing to ask.</summary>
    public IReadOnlyList<Topic> Topics { get; init; } = [];
}

public enum QuestionKind
{
    Question,
    Greeting,
    Thanks,
    Goodbye,
    HowAreYou,

    /// <summary>Ok. I see. 👍</summary>
    Acknowledgement,

    /// <summary>Who are you?</summary>
    Identity,

    /// <summary>Are you a machine?</summary>
    Nature,

    /// <summary>What can I ask you?</summary>
    Capabilities,

    /// <summary>Tell me more.</summary>
    More,
}

public enum AnswerType
{
    Anything,

    /// <summary>When, which year.</summary>
    Time,

    /// <summary>What time, until when.</summary>
    Clock,

    /// <summary>How long.</summary>
    Duration,

    /// <summary>How often.</summary>
    Frequency,

    /// <summary>How many, how much, how far.</summary>
    Number,

    /// <summary>How much does it cost.</summary>
    Money,

    /// <summary>A telephone number, an address on the net.</summary>
    Contact,
    Place,
    Person,
    Reason,
}

/// <summary>A word that carries meaning.</summary>
/// <param name="Weight">1 for most; less for words that say little about what an answer must contain.</param>
/// <param name="IsName">Written with a capital inside the sentence.</param>
public sealed record QuestionTerm(string Word, string Stem, float Weight, bool IsName)
{
    /// <summary>Words that an answer may have in its place.</summary>
    public IReadOnlyList<Synonym> Synonyms { get; init; } = [];
}

/// <param name="Share">How much of the asked word it is worth, 0 to 1.</param>
public readonly record struct Synonym(string Stem, float Share);
