namespace DigitalTwin.Knowledge;

/// <summary>What a reader sees: all segments, the corpus's counts, and the length factors of BM25F that follow from them.</summary>
sealed class IndexSnapshot
{
    public static IndexSnapshot Empty { get; } = new([], RankingSettings.Default);

    public IndexSnapshot(IReadOnlyList<SegmentView> views, RankingSettings settings)
    {
        var averages = Averages.Of(views);
        Passages = averages.Passages;
        Documents = averages.Documents;
        Parts = new SnapshotPart[views.Count];
        for (int v = 0, passage = 0, document = 0; v < views.Count; v++)
        {
            Parts[v] = new(views[v], passage, document, averages, settings);
            passage += views[v].Segment.Passages.Length;
            document += views[v].Segment.DocumentIds.Length;
            (PassageSlots, DocumentSlots) = (passage, document);
            HasLongDocuments |= views[v].Segment.HasLongDocuments;
        }
    }

    public SnapshotPart[] Parts { get; }

    public int Passages { get; }

    public int Documents { get; }

    /// <summary>Whether any document has several passages, so that documents are scored on their own as well.</summary>
    public bool HasLongDocuments { get; }

    /// <summary>How many passages, and documents, there are with the deleted ones.</summary>
    public int PassageSlots { get; }

    public int DocumentSlots { get; }

    /// <summary>In how many living passages, and documents, a stem stands.</summary>
    public (int Passages, int Documents) Frequency(int stemId)
    {
        var (passages, documents) = (0, 0);
        foreach (var part in Parts)
        {
            var term = stemId < 0 ? -1 : part.Segment.Terms.Find(stemId);
            if (term >= 0)
            {
                passages += part.View.Frequencies.Passages[term];
                documents += part.View.Frequencies.Documents[term];
            }
        }

        return (passages, documents);
    }

    public static double Idf(int population, int frequency) => Math.Log(1 + ((population - frequency + 0.5) / (frequency + 0.5)));
}
