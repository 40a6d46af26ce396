namespace DigitalTwin.Knowledge;

/// <summary>The ranking's numbers. Each stands in the middle of a broad optimum; see docs/retrieval.md for what they bring.</summary>
sealed record RankingSettings
{
    public static RankingSettings Default { get; } = new();

    /// <summary>BM25's saturation of repeated words.</summary>
    public float K1 { get; init; } = 1.2f;

    /// <summary>How much a field's length counts, 0 to 1.</summary>
    public float BodyB { get; init; } = 0.75f;

    public float ShortFieldB { get; init; } = 0.75f;

    /// <summary>How many times a word in the title, or in the headings, counts against one in the body.</summary>
    public float TitleWeight { get; init; } = 2.5f;

    public float HeadingWeight { get; init; } = 2f;

    /// <summary>The share of the whole document's score in a passage's score.</summary>
    public float DocumentShare { get; init; } = 0.3f;

    /// <summary>Feedback (RM3): how many passages are believed, how many of their words are added, and with what share.</summary>
    public int FeedbackPassages { get; init; } = 10;

    public int FeedbackTerms { get; init; } = 20;

    public float FeedbackShare { get; init; } = 0.5f;

    /// <summary>A passage is believed in proportion to its score to this power: the first ones much more than the tenth.</summary>
    public float FeedbackSharpness { get; init; } = 5;

    /// <summary>How many of the best passages are compared with each other, and how much their likeness may add to a score.</summary>
    public int AgreementPassages { get; init; } = 10;

    public float AgreementShare { get; init; } = 0.3f;

    /// <summary>Below this many passages, or known words in the question, feedback would add noise.</summary>
    public int FeedbackMinimumPassages { get; init; } = 120;

    public int FeedbackMinimumTerms { get; init; } = 5;

    public float CorrectedWeight { get; init; } = 0.7f;
}
