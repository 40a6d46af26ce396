namespace DigitalTwin.Engines.Extractive;

/// <summary>How close the words of texts come to each word of a question by their vectors; each word is compared once.</summary>
internal sealed class WordCloseness
{
    /// <summary>Words whose cosine is no higher have nothing to do with each other.</summary>
    private const float Unrelated = 0.35f;

    /// <summary>What even the commonest word weighs in a text.</summary>
    private const float CommonWord = 0.1f;

    private readonly int[] asked;
    private readonly float[] question;
    private readonly Dictionary<int, int> compared = new(512);
    private readonly List<float> shares = new(2048);

    public WordCloseness(IReadOnlyList<GroundedTerm> terms)
    {
        asked = new int[terms.Count];
        question = new float[WordVectors.Dimensions];
        for (var t = 0; t < asked.Length; t++)
        {
            asked[t] = WordVectors.RowOf(terms[t].Correction ?? terms[t].Term.Stem);
            if (asked[t] >= 0)
            {
                WordVectors.AddTo(question, asked[t], terms[t].Weight);
            }
        }

        Normalize(question);
    }

    /// <summary>Raises the shares, one for each word of the question, to what the best of a text's words is worth: 0 to 1.</summary>
    public void Raise(ReadOnlySpan<int> rows, Span<float> best)
    {
        foreach (var row in rows)
        {
            if (!compared.TryGetValue(row, out var at))
            {
                compared.Add(row, at = shares.Count);
                foreach (var term in asked)
                {
                    shares.Add(term < 0 ? 0 : Share(WordVectors.Cosine(term, row)));
                }
            }

            for (var t = 0; t < best.Length; t++)
            {
                best[t] = Math.Max(best[t], shares[at + t]);
            }
        }
    }

    /// <summary>The cosine between the question and a text, each the sum of its words.</summary>
    public float ToQuestion(ReadOnlySpan<int> rows) => Dot(Sum(rows));

    /// <summary>The same for what a text has that <paramref name="common"/> has not: in the knowledge of a violin maker all is about violins.</summary>
    public float Apart(ReadOnlySpan<int> rows, float[] common)
    {
        var sum = Sum(rows);
        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] -= common[i];
        }

        Normalize(sum);
        return Dot(sum);
    }

    /// <summary>The direction of a text: its words' vectors, telling ones more, of length one together.</summary>
    public float[] Sum(ReadOnlySpan<int> rows)
    {
        var sum = new float[question.Length];
        foreach (var row in rows)
        {
            WordVectors.AddTo(sum, row, CommonWord + WordVectors.Telling(row));
        }

        Normalize(sum);
        return sum;
    }

    private float Dot(float[] vector)
    {
        var dot = 0f;
        for (var i = 0; i < vector.Length; i++)
        {
            dot += vector[i] * question[i];
        }

        return dot;
    }

    private static float Share(float cosine)
    {
        var share = Math.Max(0, (cosine - Unrelated) / (1 - Unrelated));
        return share * share;
    }

    private static void Normalize(Span<float> vector)
    {
        var square = 0f;
        foreach (var x in vector)
        {
            square += x * x;
        }

        var scale = square > 0 ? 1 / MathF.Sqrt(square) : 0;
        foreach (ref var x in vector)
        {
            x *= scale;
        }
    }
}
