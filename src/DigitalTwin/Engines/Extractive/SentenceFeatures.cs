namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// What speaks for a sentence as an answer, each between 0 and 1 (the malus ones count negatively). "Coverage" is the share of the question's
/// words, by weight.
/// </summary>
internal enum SentenceFeature
{
    /// <summary>Words that the sentence itself has, or stand-ins of them.</summary>
    InSentence,

    /// <summary>A name that is asked about stands neither in the sentence nor beside or above it.</summary>
    MissesName,

    /// <summary>What the headings above add.</summary>
    InHeading,

    /// <summary>What the document's title adds.</summary>
    InTitle,

    /// <summary>Words of the headings above, whether the sentence has them or not.</summary>
    Heading,

    /// <summary>Words of the document's title.</summary>
    Title,

    /// <summary>How much of the nearest heading, and of the title, the question asks for.</summary>
    HeadingAsked,
    TitleAsked,

    /// <summary>Words of the document's title, for a question of one or two words that asks for nothing in particular.</summary>
    TitleOfTopic,

    /// <summary>The passage's score against the best passage's.</summary>
    Rank,

    /// <summary>The document's best passage against the best one.</summary>
    DocumentRank,

    /// <summary>It holds a time or a number, as asked.</summary>
    RightType,

    /// <summary>A time or a number is asked for and it holds none.</summary>
    WrongType,

    /// <summary>It holds a name, a place or a reason, as asked.</summary>
    LikelyType,

    /// <summary>The question asks what "you" did or are, and the sentence begins with its speaker; -1 when
    /// somebody else is asked about.</summary>
    SpeakerActs,

    /// <summary>It opens its passage.</summary>
    First,

    /// <summary>The document was cited in the turn that the question leans on.</summary>
    Continues,

    /// <summary>The weightiest word, as a share, of what sentence, neighbours, headings and title miss.</summary>
    MissesNearby,

    /// <summary>One over the document's place among the documents found.</summary>
    DocumentPlace,

    /// <summary>How much the sentence, the sentences beside it, its passage, the title and headings speak of the question's topic.</summary>
    TopicInSentence,
    TopicInNeighbours,
    TopicInPassage,
    TopicInTitle,
    TopicNowhere,

    /// <summary>What sentence, neighbours, headings and title have together, in stand-ins too and literally; and the document.</summary>
    CoverNearby,
    CoverLiterally,
    CoverInDocument,

    /// <summary>Words that the sentence has literally, by number rather than by share.</summary>
    LiteralInSentence,
}
