namespace DigitalTwin.Knowledge;

/// <summary>What a search found, best first, and what became of the question's words.</summary>
/// <param name="Terms">The question's distinct words in order, stop words left out.</param>
public sealed record SearchResult(IReadOnlyList<QueryTerm> Terms, IReadOnlyList<SearchHit> Hits);

/// <summary>A passage and its score, which compares passages of one search and means nothing on its own.</summary>
public readonly record struct SearchHit(Passage Passage, double Score);

/// <summary>A document by its best passage.</summary>
public readonly record struct DocumentHit(string DocumentId, double Score, Passage BestPassage);

/// <summary>A word of a question as the index sees it.</summary>
/// <param name="Word">As asked: lower case, diacritics and possessive removed.</param>
/// <param name="Stem">The stem that was searched for; after a correction the corrected word's.</param>
/// <param name="PassageFrequency">How many passages have the stem; 0 when the corpus does not know the word.</param>
/// <param name="Idf">Inverse passage frequency, ln(1 + (N - n + ½) / (n + ½)).</param>
/// <param name="CorrectedTo">The corpus's word that a misspelt one was taken for, or null.</param>
public sealed record QueryTerm(string Word, string Stem, int PassageFrequency, double Idf, string? CorrectedTo)
{
    public bool IsUnknown => PassageFrequency == 0;

    internal int StemId { get; init; }

    internal float Weight { get; set; }

    internal int Repetitions { get; set; } = 1;

    internal double DocumentIdf { get; init; }
}

/// <summary>A word to search for, with a weight of the caller's choice.</summary>
/// <param name="Stem">As <see cref="TextAnalyzer"/> makes it.</param>
/// <param name="MayBeMisspelt">Whether an unknown word may be taken for one that the corpus has.</param>
public readonly record struct WeightedWord(string Word, string Stem, float Weight, bool MayBeMisspelt);
