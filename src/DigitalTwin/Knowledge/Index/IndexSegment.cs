namespace DigitalTwin.Knowledge;

/// <summary>How often a term stands in a passage: 16 bits for the body, 8 each for title and headings.</summary>
readonly record struct TermCounts(uint Packed)
{
    public const uint Body = 1;
    public const uint Title = 1 << 16;
    public const uint Heading = 1 << 24;

    public uint InBody => Packed & 0xFFFF;

    public uint InTitle => (Packed >> 16) & 0xFF;

    public uint InHeading => Packed >> 24;

    /// <summary>One more occurrence, saturating in its field.</summary>
    public static uint Add(uint packed, uint field)
    {
        var full = field == Body ? 0xFFFFu : 0xFFu * field;
        return (packed & full) == full ? packed : packed + field;
    }
}

/// <summary>
/// An immutable part of the index: whole documents, each one's passages next to each other, and for each term the
/// passages that have it, in order. Deletions are kept outside.
/// </summary>
sealed class IndexSegment
{
    public required Passage[] Passages { get; init; }

    public required string[] DocumentIds { get; init; }

    /// <summary>Document d has the passages from FirstPassage[d] up to FirstPassage[d + 1].</summary>
    public required int[] FirstPassage { get; init; }

    public required int[] DocumentOf { get; init; }

    /// <summary>Words per field that the index counts, stop words left out.</summary>
    public required ushort[] BodyLengths { get; init; }

    public required byte[] TitleLengths { get; init; }

    public required byte[] HeadingLengths { get; init; }

    /// <summary>Stem ids to term numbers.</summary>
    public required IntTable Terms { get; init; }

    /// <summary>Term t has the postings from PostingStart[t] up to PostingStart[t + 1].</summary>
    public required int[] PostingStart { get; init; }

    public required int[] PostingPassages { get; init; }

    public required uint[] PostingCounts { get; init; }

    /// <summary>In how many passages, and documents, each term stands.</summary>
    public required TermFrequencies Frequencies { get; init; }

    public required SegmentWords Words { get; init; }

    public bool HasLongDocuments => Passages.Length > DocumentIds.Length;
}

/// <summary>By term number: in how many passages, and in how many documents, the term stands.</summary>
sealed record TermFrequencies(int[] Passages, int[] Documents)
{
    public static TermFrequencies Of(int[] postingStart, int[] postingPassages, int[] documentOf)
    {
        var passages = new int[postingStart.Length - 1];
        var documents = new int[postingStart.Length - 1];
        for (var t = 0; t < passages.Length; t++)
        {
            passages[t] = postingStart[t + 1] - postingStart[t];
            var last = -1;
            for (var i = postingStart[t]; i < postingStart[t + 1]; i++)
            {
                var document = documentOf[postingPassages[i]];
                documents[t] += document != last ? 1 : 0;
                last = document;
            }
        }

        return new(passages, documents);
    }

    public TermFrequencies Copy() => new((int[])Passages.Clone(), (int[])Documents.Clone());
}
