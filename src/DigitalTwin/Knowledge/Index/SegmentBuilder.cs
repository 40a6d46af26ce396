namespace DigitalTwin.Knowledge;

/// <summary>Builds a segment from documents. Used by one thread and for one segment.</summary>
sealed class SegmentBuilder
{
    readonly List<Passage> passages = [];
    readonly List<string> documentIds = [];
    readonly List<int> firstPassage = [];
    readonly List<ushort> bodyLengths = [];
    readonly List<byte> titleLengths = [];
    readonly List<byte> headingLengths = [];
    readonly IntTable terms = new(1024);
    readonly HashSet<int> wordIds = [];

    // One entry per (passage, term), in passage order.
    readonly List<(int Term, int Passage, uint Counts)> postings = [];

    // Counts of the passage at hand by term; the terms it has are in touched.
    uint[] counts = new uint[1024];
    readonly List<int> touched = [];

    public void Add(string documentId, IReadOnlyList<Passage> document)
    {
        documentIds.Add(documentId);
        firstPassage.Add(passages.Count);
        foreach (var passage in document)
        {
            Add(passage);
        }
    }

    public IndexSegment Build()
    {
        firstPassage.Add(passages.Count);
        var start = new int[terms.Count + 1];
        foreach (var posting in postings)
        {
            start[posting.Term + 1]++;
        }

        for (var t = 0; t < terms.Count; t++)
        {
            start[t + 1] += start[t];
        }

        var next = start.AsSpan(0, terms.Count).ToArray();
        var postingPassages = new int[postings.Count];
        var postingCounts = new uint[postings.Count];
        foreach (var (term, passage, packed) in postings)
        {
            var at = next[term]++;
            postingPassages[at] = passage;
            postingCounts[at] = packed;
        }

        var documentOf = DocumentsOf(firstPassage);
        return new()
        {
            Passages = [.. passages],
            DocumentIds = [.. documentIds],
            FirstPassage = [.. firstPassage],
            DocumentOf = documentOf,
            BodyLengths = [.. bodyLengths],
            TitleLengths = [.. titleLengths],
            HeadingLengths = [.. headingLengths],
            Terms = terms,
            PostingStart = start,
            PostingPassages = postingPassages,
            PostingCounts = postingCounts,
            Frequencies = TermFrequencies.Of(start, postingPassages, documentOf),
            Words = new(wordIds),
        };
    }

    public static int[] DocumentsOf(IReadOnlyList<int> firstPassage)
    {
        var documentOf = new int[firstPassage[^1]];
        for (var d = 0; d + 1 < firstPassage.Count; d++)
        {
            documentOf.AsSpan(firstPassage[d]..firstPassage[d + 1]).Fill(d);
        }

        return documentOf;
    }

    void Add(Passage passage)
    {
        var body = 0;
        foreach (var word in PassageWords.InBody(passage))
        {
            body += Count(word, TermCounts.Body);
        }

        bodyLengths.Add((ushort)Math.Min(body, ushort.MaxValue));
        titleLengths.Add((byte)Math.Min(Count(passage.Title, TermCounts.Title), byte.MaxValue));
        headingLengths.Add((byte)Math.Min(Count(passage.Heading, TermCounts.Heading), byte.MaxValue));
        foreach (var term in touched)
        {
            postings.Add((term, passages.Count, counts[term]));
            counts[term] = 0;
        }

        touched.Clear();
        passages.Add(passage);
    }

    int Count(string text, uint field)
    {
        var length = 0;
        var scanner = new TokenScanner(text, fromDocument: true);
        while (scanner.MoveNext())
        {
            length += Count(scanner.Word, field);
        }

        return length;
    }

    int Count(VocabularyWord word, uint field)
    {
        if (word.IsStopWord)
        {
            return 0;
        }

        wordIds.Add(word.Id);
        var term = terms.FindOrAdd(word.StemId);
        if (term >= counts.Length)
        {
            Array.Resize(ref counts, counts.Length * 2);
        }

        if (counts[term] == 0)
        {
            touched.Add(term);
        }

        counts[term] = TermCounts.Add(counts[term], field);
        return 1;
    }
}
