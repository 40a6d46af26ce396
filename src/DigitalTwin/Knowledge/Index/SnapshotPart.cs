namespace DigitalTwin.Knowledge;

/// <summary>A segment in a snapshot: where its scores stand in the accumulators, and its length factors.</summary>
sealed class SnapshotPart
{
    public SnapshotPart(SegmentView view, int firstPassageSlot, int firstDocumentSlot, Averages averages, RankingSettings settings)
    {
        View = view;
        FirstPassageSlot = firstPassageSlot;
        FirstDocumentSlot = firstDocumentSlot;
        var segment = view.Segment;
        var count = segment.Passages.Length;
        BodyFactors = new float[count];
        TitleFactors = new float[count];
        HeadingFactors = new float[count];
        for (var p = 0; p < count; p++)
        {
            BodyFactors[p] = Factor(segment.BodyLengths[p], averages.Body, settings.BodyB);
            TitleFactors[p] = settings.TitleWeight * Factor(segment.TitleLengths[p], averages.Title, settings.ShortFieldB);
            HeadingFactors[p] = settings.HeadingWeight * Factor(segment.HeadingLengths[p], averages.Heading, settings.ShortFieldB);
        }

        DocumentBodyFactors = new float[segment.DocumentIds.Length];
        for (var d = 0; d < DocumentBodyFactors.Length; d++)
        {
            var length = 0;
            for (var p = segment.FirstPassage[d]; p < segment.FirstPassage[d + 1]; p++)
            {
                length += segment.BodyLengths[p];
            }

            DocumentBodyFactors[d] = Factor(length, averages.DocumentBody, settings.BodyB);
        }
    }

    public SegmentView View { get; }

    public IndexSegment Segment => View.Segment;

    public int FirstPassageSlot { get; }

    public int FirstDocumentSlot { get; }

    public float[] BodyFactors { get; }

    public float[] TitleFactors { get; }

    public float[] HeadingFactors { get; }

    public float[] DocumentBodyFactors { get; }

    static float Factor(int length, double average, float b) => (float)(1 / (1 - b + (b * length / average)));
}
