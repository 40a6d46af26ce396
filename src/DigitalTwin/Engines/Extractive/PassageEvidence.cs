namespace DigitalTwin.Engines.Extractive;

/// <summary>What speaks for whole passages and documents: how well they were found, and how close they come to the question.</summary>
internal sealed class PassageEvidence
{
    private readonly Grounding grounding;
    private readonly WordCloseness words;
    private readonly int[][] rows;
    private readonly float[] common;
    private readonly string[] documents;
    private readonly float bestRank;

    public PassageEvidence(Grounding grounding, WordCloseness words)
    {
        this.grounding = grounding;
        this.words = words;
        rows = [.. grounding.Passages.Select(passage => PassageTraits.Of(passage).Sentences.SelectMany(sentence => sentence.Rows).ToArray())];
        common = words.Sum([.. rows.SelectMany(row => row)]);
        documents = [.. grounding.Passages.Select(passage => passage.DocumentId).Distinct()];
        bestRank = grounding.Scores.Count > 0 ? (float)Math.Max(grounding.Scores[0], 1e-9) : 1;
    }

    public void Read(int p, Span<float> features)
    {
        var id = grounding.Passages[p].DocumentId;
        var traits = PassageTraits.Of(grounding.Passages[p]);
        var own = Enumerable.Range(0, rows.Length).Where(other => grounding.Passages[other].DocumentId == id).ToArray();
        int[] document = [.. own.SelectMany(other => rows[other]), .. traits.TitleRows];
        features[(int)SentenceFeature.Rank] = (float)grounding.Scores[p] / bestRank;
        features[(int)SentenceFeature.DocumentRank] = own.Max(other => (float)grounding.Scores[other]) / bestRank;
        features[(int)SentenceFeature.DocumentShare] = (float)own.Length / rows.Length;
        features[(int)SentenceFeature.DocumentPlace] = 1f / (1 + Array.IndexOf(documents, id));
        features[(int)SentenceFeature.DocumentToQuestion] = words.ToQuestion(document);
        features[(int)SentenceFeature.DocumentApart] = words.Apart(document, common);
        features[(int)SentenceFeature.PassageApart] = words.Apart([.. rows[p], .. traits.HeadingRows], common);
        features[(int)SentenceFeature.Continues] = grounding.Previous?.DocumentIds.Contains(id) is true ? 1 : 0;
    }
}
