using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>How much a text speaks of what a question is about, by the topics' words.</summary>
internal sealed class TopicMatcher
{
    private const int MostTopics = 32;

    /// <summary>For a stem which of the topics have it, as bits.</summary>
    private readonly Dictionary<int, uint> byStem = [];
    private readonly int count;

    public TopicMatcher(IReadOnlyList<Topic> topics)
    {
        count = Math.Min(topics.Count, MostTopics);
        for (var t = 0; t < count; t++)
        {
            foreach (var stem in topics[t].Stems)
            {
                var id = Vocabulary.StemId(stem);
                if (id >= 0)
                {
                    byStem[id] = byStem.GetValueOrDefault(id) | (1u << t);
                }
            }
        }
    }

    public bool IsEmpty => count == 0;

    /// <summary>What remains to be said after these texts' words, 1 without any to 0, of the topic that they speak most of.</summary>
    public float Speaks(float each, params ReadOnlySpan<int[]> texts)
    {
        if (count == 0)
        {
            return 0;
        }

        Span<float> left = stackalloc float[count];
        left.Fill(1);
        var seen = new HashSet<int>();
        foreach (var stems in texts)
        {
            foreach (var stem in stems)
            {
                if (stem >= 0 && byStem.TryGetValue(stem, out var topics) && seen.Add(stem))
                {
                    for (var t = 0; t < count; t++)
                    {
                        left[t] *= (topics & (1u << t)) != 0 ? 1 - each : 1;
                    }
                }
            }
        }

        var least = 1f;
        foreach (var share in left)
        {
            least = Math.Min(least, share);
        }

        return 1 - least;
    }
}
