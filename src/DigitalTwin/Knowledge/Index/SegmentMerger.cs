namespace DigitalTwin.Knowledge;

/// <summary>Writes the living documents of some segments into one, without analysing anything again.</summary>
static class SegmentMerger
{
    public static IndexSegment Merge(IReadOnlyList<SegmentView> views)
    {
        var moved = views.Select(view => new int[view.Segment.Passages.Length]).ToArray();
        var kept = Kept(views, moved);
        var (terms, start) = Terms(views);
        var next = start.AsSpan(0, terms.Count).ToArray();
        var (passages, counts) = (new int[start[^1]], new uint[start[^1]]);
        for (var v = 0; v < views.Count; v++)
        {
            var segment = views[v].Segment;
            for (var t = 0; t < segment.Terms.Count; t++)
            {
                var term = terms.Find(segment.Terms.Keys[t]);
                for (var i = segment.PostingStart[t]; term >= 0 && i < segment.PostingStart[t + 1]; i++)
                {
                    var passage = moved[v][segment.PostingPassages[i]];
                    if (passage >= 0)
                    {
                        passages[next[term]] = passage;
                        counts[next[term]++] = segment.PostingCounts[i];
                    }
                }
            }
        }

        var documentOf = SegmentBuilder.DocumentsOf(kept.FirstPassage);
        return new()
        {
            Passages = [.. kept.Passages],
            DocumentIds = [.. kept.DocumentIds],
            FirstPassage = [.. kept.FirstPassage],
            DocumentOf = documentOf,
            BodyLengths = Gather(views, moved, segment => segment.BodyLengths, kept.Passages.Count),
            TitleLengths = Gather(views, moved, segment => segment.TitleLengths, kept.Passages.Count),
            HeadingLengths = Gather(views, moved, segment => segment.HeadingLengths, kept.Passages.Count),
            Terms = terms,
            PostingStart = start,
            PostingPassages = passages,
            PostingCounts = counts,
            Frequencies = TermFrequencies.Of(start, passages, documentOf),
            Words = new(Words(views, terms)),
        };
    }

    // Numbers the living passages anew; -1 marks a deleted one.
    static (List<Passage> Passages, List<string> DocumentIds, List<int> FirstPassage) Kept(
        IReadOnlyList<SegmentView> views, int[][] moved)
    {
        var passages = new List<Passage>();
        var documentIds = new List<string>();
        var firstPassage = new List<int>();
        for (var v = 0; v < views.Count; v++)
        {
            var segment = views[v].Segment;
            for (var d = 0; d < segment.DocumentIds.Length; d++)
            {
                var isDeleted = views[v].IsDeleted(d);
                if (!isDeleted)
                {
                    documentIds.Add(segment.DocumentIds[d]);
                    firstPassage.Add(passages.Count);
                }

                for (var p = segment.FirstPassage[d]; p < segment.FirstPassage[d + 1]; p++)
                {
                    moved[v][p] = isDeleted ? -1 : passages.Count;
                    if (!isDeleted)
                    {
                        passages.Add(segment.Passages[p]);
                    }
                }
            }
        }

        firstPassage.Add(passages.Count);
        return (passages, documentIds, firstPassage);
    }

    static (IntTable Terms, int[] Start) Terms(IReadOnlyList<SegmentView> views)
    {
        var terms = new IntTable(views.Max(view => view.Segment.Terms.Count));
        var sizes = new List<int>();
        for (var v = 0; v < views.Count; v++)
        {
            var segment = views[v].Segment;
            for (var t = 0; t < segment.Terms.Count; t++)
            {
                var living = views[v].Frequencies.Passages[t];
                if (living > 0)
                {
                    var term = terms.FindOrAdd(segment.Terms.Keys[t]);
                    if (term == sizes.Count)
                    {
                        sizes.Add(0);
                    }

                    sizes[term] += living;
                }
            }
        }

        var start = new int[terms.Count + 1];
        for (var t = 0; t < terms.Count; t++)
        {
            start[t + 1] = start[t] + sizes[t];
        }

        return (terms, start);
    }

    static HashSet<int> Words(IReadOnlyList<SegmentView> views, IntTable terms)
    {
        var words = new HashSet<int>();
        foreach (var view in views)
        {
            foreach (var id in view.Segment.Words.All)
            {
                if (terms.Find(Vocabulary.Get(id).StemId) >= 0)
                {
                    words.Add(id);
                }
            }
        }

        return words;
    }

    static T[] Gather<T>(IReadOnlyList<SegmentView> views, int[][] moved, Func<IndexSegment, T[]> field, int count)
    {
        var gathered = new T[count];
        for (var v = 0; v < views.Count; v++)
        {
            var values = field(views[v].Segment);
            for (var p = 0; p < values.Length; p++)
            {
                if (moved[v][p] >= 0)
                {
                    gathered[moved[v][p]] = values[p];
                }
            }
        }

        return gathered;
    }
}
