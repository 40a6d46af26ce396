namespace DigitalTwin.Engines.Extractive;

/// <summary>What speaks for whole passages and documents: how well they were found.</summary>
internal sealed class PassageEvidence
{
    private readonly Grounding grounding;
    private readonly List<string> documents;
    private readonly float bestRank;

    public PassageEvidence(Grounding grounding)
    {
        this.grounding = grounding;
        documents = [.. grounding.Passages.Select(passage => passage.DocumentId).Distinct()];
        bestRank = grounding.Scores.Count > 0 ? (float)Math.Max(grounding.Scores[0], 1e-9) : 1;
    }

    public void Read(int p, Span<float> features)
    {
        var id = grounding.Passages[p].DocumentId;
        var best = 0f;
        for (var other = 0; other < grounding.Passages.Count; other++)
        {
            if (grounding.Passages[other].DocumentId == id)
            {
                best = Math.Max(best, (float)grounding.Scores[other]);
            }
        }

        features[(int)SentenceFeature.Rank] = (float)grounding.Scores[p] / bestRank;
        features[(int)SentenceFeature.DocumentRank] = best / bestRank;
        features[(int)SentenceFeature.DocumentPlace] = 1f / (1 + documents.IndexOf(id));
        features[(int)SentenceFeature.Continues] = grounding.Previous?.DocumentIds.Contains(id) is true ? 1 : 0;
    }
}
