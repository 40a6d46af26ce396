namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// What speaks for a sentence as an answer, each between 0 and 1 (the malus ones count negatively). "Coverage" is the share of the question's
/// words, by weight.
/// </summary>
internal enum SentenceFeature
{
    /// <summary>Words that the sentence itself has, or stand-ins of them.</summary>
    InSentence,

    /// <summary>Words that the sentence has literally.</summary>
    Literally,

    /// <summary>A name that is asked about stands neither in the sentence nor beside or above it.</summary>
    MissesName,

    /// <summary>What the sentences beside it add.</summary>
    InNeighbours,

    /// <summary>What the headings above add.</summary>
    InHeading,

    /// <summary>What the document's title adds.</summary>
    InTitle,

    /// <summary>What the rest of the passage adds.</summary>
    InPassage,

    /// <summary>What the document's other passages found add.</summary>
    InDocument,

    /// <summary>Words of the headings above, whether the sentence has them or not.</summary>
    Heading,

    /// <summary>Words of the document's title.</summary>
    Title,

    /// <summary>Words of the document's title, for a question of one or two words that asks for nothing in particular.</summary>
    TitleOfTopic,

    /// <summary>The passage's score against the best passage's.</summary>
    Rank,

    /// <summary>The document's best passage against the best one.</summary>
    DocumentRank,

    /// <summary>The share of the sentence's own words that the question has.</summary>
    Density,

    /// <summary>Words that stand side by side in the question and in the sentence.</summary>
    Pairs,

    /// <summary>It holds a time or a number, as asked.</summary>
    RightType,

    /// <summary>A time or a number is asked for and it holds none.</summary>
    WrongType,

    /// <summary>It holds a name, a place or a reason, as asked.</summary>
    LikelyType,

    /// <summary>The question says "you" and the sentence speaks of its speaker.</summary>
    OfSpeaker,

    /// <summary>The question asks what "you" did or are, and the sentence begins with its speaker; -1 when
    /// somebody else is asked about.</summary>
    SpeakerActs,

    /// <summary>Asked who or what something is: the sentence begins with it and says what it is.</summary>
    Defines,

    /// <summary>It opens its passage.</summary>
    First,

    /// <summary>The document was cited in the turn that the question leans on.</summary>
    Continues,

    /// <summary>Fewer than four words.</summary>
    TooShort,

    /// <summary>Words that the sentence has something close to, beyond what it has of them.</summary>
    CloseInSentence,
    CloseInNeighbours,
    CloseInHeading,
    CloseInTitle,
    CloseInPassage,
    CloseInDocument,

    /// <summary>The whole sentence, passage, or title and headings beside the whole question.</summary>
    SentenceToQuestion,
    PassageToQuestion,
    TopicToQuestion,

    /// <summary>The weightiest word, as a share, of what sentence, neighbours, headings and title miss; of what the document misses.</summary>
    MissesNearby,
    MissesInDocument,

    /// <summary>"You" are asked about, and the sentence says that its speaker, or somebody else, does or has what matches.</summary>
    SpeakersMatch,
    OthersMatch,

    /// <summary>The share of the passages found that are the document's; one over its place among the documents found.</summary>
    DocumentShare,
    DocumentPlace,

    /// <summary>All of the document's passages found beside the question.</summary>
    DocumentToQuestion,

    /// <summary>The same without what all passages found have in common.</summary>
    PassageApart,
    DocumentApart,

    /// <summary>A telephone number or the like is asked for and it holds one.</summary>
    RightContact,

    /// <summary>How much the sentence, the sentences beside it, its passage, the title and headings speak of the question's topic.</summary>
    TopicInSentence,
    TopicInNeighbours,
    TopicInPassage,
    TopicInTitle,
    TopicNowhere,

    /// <summary>What sentence, neighbours, headings and title have together: closely, in stand-ins, literally; and the document.</summary>
    CoverClosely,
    CoverNearby,
    CoverLiterally,
    CoverInDocument,
    LiteralInSentence,
}
