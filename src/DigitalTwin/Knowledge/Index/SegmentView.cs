using System.Collections;

namespace DigitalTwin.Knowledge;

/// <summary>A segment with the documents deleted from it since it was written, and the frequencies that are left.</summary>
sealed record SegmentView(IndexSegment Segment, BitArray? Deleted, int LivingPassages, TermFrequencies Frequencies)
{
    public SegmentView(IndexSegment segment)
        : this(segment, null, segment.Passages.Length, segment.Frequencies)
    {
    }

    public bool IsDeleted(int document) => Deleted is not null && Deleted[document];

    public bool IsDeletedPassage(int passage) => Deleted is not null && Deleted[Segment.DocumentOf[passage]];

    public SegmentView Without(IEnumerable<int> documents)
    {
        var deleted = Deleted is null ? new BitArray(Segment.DocumentIds.Length) : new BitArray(Deleted);
        var frequencies = Frequencies.Copy();
        var living = LivingPassages;
        foreach (var document in documents)
        {
            deleted[document] = true;
            living -= Segment.FirstPassage[document + 1] - Segment.FirstPassage[document];
            Subtract(frequencies, document);
        }

        return new(Segment, deleted, living, frequencies);
    }

    void Subtract(TermFrequencies frequencies, int document)
    {
        var all = new HashSet<int>();
        for (var p = Segment.FirstPassage[document]; p < Segment.FirstPassage[document + 1]; p++)
        {
            foreach (var stem in PassageWords.Stems(Segment.Passages[p]))
            {
                var term = Segment.Terms.Find(stem);
                frequencies.Passages[term]--;
                frequencies.Documents[term] -= all.Add(stem) ? 1 : 0;
            }
        }
    }
}
