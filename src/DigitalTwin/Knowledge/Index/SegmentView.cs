using System.Collections;

namespace DigitalTwin.Knowledge;

/// <summary>A segment with the documents deleted from it since it was written.</summary>
sealed record SegmentView(IndexSegment Segment, BitArray? Deleted, int LivingPassages)
{
    public SegmentView(IndexSegment segment)
        : this(segment, null, segment.Passages.Length)
    {
    }

    public bool IsDeleted(int document) => Deleted is not null && Deleted[document];

    public bool IsDeletedPassage(int passage) => Deleted is not null && Deleted[Segment.DocumentOf[passage]];

    public SegmentView Without(int document)
    {
        var deleted = Deleted is null ? new BitArray(Segment.DocumentIds.Length) : new BitArray(Deleted);
        deleted[document] = true;
        var size = Segment.FirstPassage[document + 1] - Segment.FirstPassage[document];
        return new(Segment, deleted, LivingPassages - size);
    }
}
