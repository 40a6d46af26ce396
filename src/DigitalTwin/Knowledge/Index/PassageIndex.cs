using System.Runtime.InteropServices;

namespace DigitalTwin.Knowledge;

/// <summary>
/// Finds passages by the words of a question. Held in memory; searches never wait for changes and see a document either
/// as it was or as it is. Changing one document costs in proportion to it, with an occasional merge. Safe for
/// concurrent use.
/// </summary>
public sealed class PassageIndex
{
    readonly Lock writing = new();
    readonly RankingSettings settings;
    readonly Dictionary<string, (IndexSegment Segment, int Document)> locations = new(StringComparer.Ordinal);
    List<SegmentView> views = [];
    volatile IndexSnapshot snapshot = IndexSnapshot.Empty;

    public PassageIndex()
        : this(RankingSettings.Default)
    {
    }

    internal PassageIndex(RankingSettings settings) => this.settings = settings;

    public int PassageCount => snapshot.Passages;

    public int DocumentCount => snapshot.Documents;

    /// <summary>Adds a document or replaces the one with this id.</summary>
    public void Put(string documentId, IReadOnlyList<Passage> passages) => PutMany([new(documentId, passages)]);

    /// <summary>Adds or replaces many documents at once; searches see all of them or none. Of equal ids the last counts.</summary>
    public void PutMany(IEnumerable<KeyValuePair<string, IReadOnlyList<Passage>>> documents)
    {
        var latest = new Dictionary<string, IReadOnlyList<Passage>>(StringComparer.Ordinal);
        foreach (var (documentId, passages) in documents)
        {
            latest[documentId] = passages;
        }

        var builder = new SegmentBuilder();
        foreach (var (documentId, passages) in latest)
        {
            if (passages.Count > 0)
            {
                builder.Add(documentId, passages);
            }
        }

        var segment = builder.Build();
        lock (writing)
        {
            var next = new List<SegmentView>(views);
            Delete(latest.Keys, next);
            if (segment.Passages.Length > 0)
            {
                next.Add(new(segment));
                Locate(segment);
            }

            Publish(next);
        }
    }

    /// <summary>Removes a document; false when there is none with this id.</summary>
    public bool Remove(string documentId)
    {
        lock (writing)
        {
            var next = new List<SegmentView>(views);
            if (!Delete([documentId], next))
            {
                return false;
            }

            Publish(next);
            return true;
        }
    }

    /// <summary>
    /// The best passages for a question. With <paramref name="expand"/>, questions of several words to a large enough
    /// corpus are widened by words of the best passages.
    /// </summary>
    public SearchResult Search(string question, int top, bool expand = true)
    {
        var current = snapshot;
        var terms = QueryTerms.From(question, current, settings);
        return new(terms, Hits(current, terms, top, expand));
    }

    /// <summary>The best passages for weighted words, without widening. The result has one term for each word, in order.</summary>
    public SearchResult Search(IReadOnlyList<WeightedWord> words, int top)
    {
        var current = snapshot;
        var terms = QueryTerms.From(words, current, settings);
        return new(terms, Hits(current, terms, top, expand: false));
    }

    /// <summary>The best documents for a question, each by its best passage.</summary>
    public IReadOnlyList<DocumentHit> SearchDocuments(string question, int top, bool expand = true)
    {
        var current = snapshot;
        var terms = QueryTerms.From(question, current, settings);
        using var scoring = new Scoring(current, settings);
        var documents = new List<DocumentHit>(top);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var ranked in Rank(scoring, current, terms, top * 8, expand))
        {
            if (documents.Count < top && seen.Add(ranked.Passage.DocumentId))
            {
                documents.Add(new(ranked.Passage.DocumentId, ranked.Score, ranked.Passage));
            }
        }

        return documents;
    }

    /// <summary>The idf of a stem that one passage has.</summary>
    public double LargestIdf => IndexSnapshot.Idf(Math.Max(snapshot.Passages, 1), 1);

    SearchHit[] Hits(IndexSnapshot current, List<QueryTerm> terms, int top, bool expand)
    {
        using var scoring = new Scoring(current, settings);
        return Array.ConvertAll(Rank(scoring, current, terms, top, expand), ranked => new SearchHit(ranked.Passage, ranked.Score));
    }

    Ranked[] Rank(in Scoring scoring, IndexSnapshot current, List<QueryTerm> terms, int top, bool expand)
    {
        if (top <= 0)
        {
            return [];
        }

        var (known, weight) = (0, 0f);
        foreach (var term in terms)
        {
            scoring.Add(term.StemId, term.Weight * term.Idf, term.Weight * term.DocumentIdf);
            known += term.IsUnknown ? 0 : 1;
            weight += term.IsUnknown ? 0 : term.Weight;
        }

        if (!expand || known < settings.FeedbackMinimumTerms || current.Passages < settings.FeedbackMinimumPassages)
        {
            return scoring.Best(top);
        }

        var share = weight * settings.FeedbackShare / (1 - settings.FeedbackShare);
        foreach (var term in Feedback.Terms(scoring.Best(settings.FeedbackPassages), current, settings))
        {
            scoring.Add(term.StemId, share * term.Weight * term.Idf, share * term.Weight * term.DocumentIdf);
        }

        var best = scoring.Best(Math.Max(top, settings.AgreementPassages));
        Agreement.Apply(best.AsSpan(0, Math.Min(best.Length, settings.AgreementPassages)), current, settings.AgreementShare);
        return best.Length > top ? best[..top] : best;
    }

    bool Delete(IEnumerable<string> documentIds, List<SegmentView> next)
    {
        var found = new Dictionary<IndexSegment, List<int>>();
        foreach (var documentId in documentIds)
        {
            if (locations.Remove(documentId, out var location))
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(found, location.Segment, out _) ??= []).Add(location.Document);
            }
        }

        foreach (var (segment, documents) in found)
        {
            var at = next.FindIndex(view => view.Segment == segment);
            next[at] = next[at].Without(documents);
        }

        return found.Count > 0;
    }

    void Publish(List<SegmentView> next)
    {
        next.RemoveAll(view => view.LivingPassages == 0);
        Compact(next);
        views = next;
        snapshot = new(next, settings);
    }

    // Sizes at least double from the youngest segment to the oldest, so there are few; a segment that is a quarter
    // deleted is written anew.
    void Compact(List<SegmentView> next)
    {
        for (var i = 0; i < next.Count; i++)
        {
            if (next[i].LivingPassages * 4 < next[i].Segment.Passages.Length * 3)
            {
                Replace(next, i, 1);
            }
        }

        while (next.Count > 1 && next[^2].LivingPassages < next[^1].LivingPassages * 2)
        {
            Replace(next, next.Count - 2, 2);
        }
    }

    void Replace(List<SegmentView> next, int from, int count)
    {
        var merged = SegmentMerger.Merge(next.GetRange(from, count));
        next.RemoveRange(from, count);
        next.Insert(from, new(merged));
        Locate(merged);
    }

    void Locate(IndexSegment segment)
    {
        for (var d = 0; d < segment.DocumentIds.Length; d++)
        {
            locations[segment.DocumentIds[d]] = (segment, d);
        }
    }
}
