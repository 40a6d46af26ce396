using System.Buffers;

namespace DigitalTwin.Knowledge;

/// <summary>
/// The accumulators of one search. Scores are BM25F (Robertson and Zaragoza, 2009): per term the fields' counts are
/// normalised by length and weighted, summed, saturated by k1 and weighted by idf. A passage's final score has a share of
/// the same sum over its whole document.
/// </summary>
readonly ref struct Scoring : IDisposable
{
    readonly IndexSnapshot snapshot;
    readonly RankingSettings settings;
    readonly float[] passageScores;
    readonly float[] documentScores;

    public Scoring(IndexSnapshot snapshot, RankingSettings settings)
    {
        this.snapshot = snapshot;
        this.settings = settings;
        passageScores = ArrayPool<float>.Shared.Rent(snapshot.PassageSlots);
        documentScores = ArrayPool<float>.Shared.Rent(snapshot.HasLongDocuments ? snapshot.DocumentSlots : 1);
        passageScores.AsSpan(0, snapshot.PassageSlots).Clear();
        documentScores.AsSpan(0, snapshot.HasLongDocuments ? snapshot.DocumentSlots : 1).Clear();
    }

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(passageScores);
        ArrayPool<float>.Shared.Return(documentScores);
    }

    public void Add(int stemId, double passageWeight, double documentWeight)
    {
        if (stemId < 0)
        {
            return;
        }

        foreach (var part in snapshot.Parts)
        {
            var term = part.Segment.Terms.Find(stemId);
            if (term >= 0)
            {
                AddToPassages(part, term, (float)passageWeight);
                if (snapshot.HasLongDocuments)
                {
                    AddToDocuments(part, term, (float)documentWeight);
                }
            }
        }
    }

    /// <summary>The best living passages, best first; equal scores by document id and place, whatever order they came in.</summary>
    public Ranked[] Best(int top)
    {
        var heap = new PriorityQueue<Ranked, Ranked>(Ranked.WorstFirst);
        foreach (var part in snapshot.Parts)
        {
            var scores = passageScores.AsSpan(part.FirstPassageSlot, part.Segment.Passages.Length);
            for (var p = 0; p < scores.Length; p++)
            {
                if (scores[p] > 0)
                {
                    Offer(heap, new(part, p, Combined(part, p, scores[p])), top);
                }
            }
        }

        var best = new Ranked[heap.Count];
        for (var i = best.Length - 1; i >= 0; i--)
        {
            best[i] = heap.Dequeue();
        }

        return best;
    }

    static void Offer(PriorityQueue<Ranked, Ranked> heap, Ranked ranked, int top)
    {
        if (heap.Count < top)
        {
            if (!ranked.Part.View.IsDeletedPassage(ranked.PassageNumber))
            {
                heap.Enqueue(ranked, ranked);
            }
        }
        else if (ranked.Score >= heap.Peek().Score && Ranked.WorstFirst.Compare(ranked, heap.Peek()) > 0
            && !ranked.Part.View.IsDeletedPassage(ranked.PassageNumber))
        {
            heap.DequeueEnqueue(ranked, ranked);
        }
    }

    float Combined(SnapshotPart part, int passage, float score) => snapshot.HasLongDocuments
        ? ((1 - settings.DocumentShare) * score)
            + (settings.DocumentShare * documentScores[part.FirstDocumentSlot + part.Segment.DocumentOf[passage]])
        : score;

    void AddToPassages(SnapshotPart part, int term, float weight)
    {
        var segment = part.Segment;
        var (from, to) = (segment.PostingStart[term], segment.PostingStart[term + 1]);
        var passages = segment.PostingPassages.AsSpan(from, to - from);
        var counts = segment.PostingCounts.AsSpan(from, to - from);
        var scores = passageScores.AsSpan(part.FirstPassageSlot, segment.Passages.Length);
        var k1 = settings.K1;
        weight *= k1 + 1;
        for (var i = 0; i < passages.Length; i++)
        {
            var p = passages[i];
            var count = new TermCounts(counts[i]);
            var frequency = count.InBody * part.BodyFactors[p];
            if (count.Packed >= TermCounts.Title)
            {
                frequency += (count.InTitle * part.TitleFactors[p]) + (count.InHeading * part.HeadingFactors[p]);
            }

            scores[p] += weight * frequency / (frequency + k1);
        }
    }

    void AddToDocuments(SnapshotPart part, int term, float weight)
    {
        var segment = part.Segment;
        var k1 = settings.K1;
        weight *= k1 + 1;
        for (int i = segment.PostingStart[term], to = segment.PostingStart[term + 1]; i < to;)
        {
            var document = segment.DocumentOf[segment.PostingPassages[i]];
            var end = segment.FirstPassage[document + 1];
            float body = 0, heading = 0, title = 0;
            for (; i < to && segment.PostingPassages[i] is var p && p < end; i++)
            {
                var count = new TermCounts(segment.PostingCounts[i]);
                body += count.InBody;
                if (count.Packed >= TermCounts.Title)
                {
                    title = count.InTitle * part.TitleFactors[p];
                    heading = Math.Max(heading, count.InHeading * part.HeadingFactors[p]);
                }
            }

            var frequency = (body * part.DocumentBodyFactors[document]) + title + heading;
            documentScores[part.FirstDocumentSlot + document] += weight * frequency / (frequency + k1);
        }
    }
}

/// <summary>A passage that a search found, in its segment.</summary>
readonly record struct Ranked(SnapshotPart Part, int PassageNumber, float Score)
{
    /// <summary>By score, then against document id and place, so that the order does not depend on how the index grew.</summary>
    public static readonly Comparer<Ranked> WorstFirst = Comparer<Ranked>.Create((a, b) =>
        a.Score != b.Score ? a.Score.CompareTo(b.Score)
        : string.CompareOrdinal(b.Passage.DocumentId, a.Passage.DocumentId) is var byId && byId != 0 ? byId
        : b.Passage.Ordinal.CompareTo(a.Passage.Ordinal));

    public Passage Passage => Part.Segment.Passages[PassageNumber];
}
