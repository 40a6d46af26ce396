namespace DigitalTwin.Knowledge;

/// <summary>The corpus's counts and mean field lengths, deleted documents left out.</summary>
readonly record struct Averages(int Passages, int Documents, double Body, double Title, double Heading, double DocumentBody)
{
    public static Averages Of(IReadOnlyList<SegmentView> views)
    {
        var (passages, documents) = (0, 0);
        long body = 0, title = 0, heading = 0;
        foreach (var view in views)
        {
            var segment = view.Segment;
            for (var d = 0; d < segment.DocumentIds.Length; d++)
            {
                if (view.IsDeleted(d))
                {
                    continue;
                }

                documents++;
                passages += segment.FirstPassage[d + 1] - segment.FirstPassage[d];
                for (var p = segment.FirstPassage[d]; p < segment.FirstPassage[d + 1]; p++)
                {
                    body += segment.BodyLengths[p];
                    title += segment.TitleLengths[p];
                    heading += segment.HeadingLengths[p];
                }
            }
        }

        double n = Math.Max(1, passages);
        return new(passages, documents, Math.Max(1, body / n), Math.Max(1, title / n), Math.Max(1, heading / n),
            Math.Max(1, body / (double)Math.Max(1, documents)));
    }
}
