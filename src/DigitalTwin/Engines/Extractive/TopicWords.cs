using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>How many different words a text has of each topic.</summary>
internal sealed class TopicWords
{
    private readonly (int Topic, int Words)[] counts;

    private TopicWords((int Topic, int Words)[] counts) => this.counts = counts;

    /// <summary>Counts over all the texts, a word once however often it stands there.</summary>
    public static TopicWords In(params ReadOnlySpan<IReadOnlyList<TextToken>> texts)
    {
        HashSet<string>? seen = null;
        Dictionary<int, int>? counts = null;
        foreach (var text in texts)
        {
            for (var i = 0; i < text.Count; i++)
            {
                var stem = text[i].Stem;
                var topics = Topics.WithWord(stem);
                if (topics.Count > 0 && (seen ??= new(StringComparer.Ordinal)).Add(stem))
                {
                    foreach (var topic in topics)
                    {
                        counts ??= [];
                        counts[topic] = counts.GetValueOrDefault(topic) + 1;
                    }
                }
            }
        }

        return new([.. counts?.Select(count => (count.Key, count.Value)) ?? []]);
    }

    /// <summary>How much the text speaks of the topic that it speaks most of, 0 to 1: each word says its part of what is still unsaid.</summary>
    public float SpeaksOf(IReadOnlyList<Topic> topics, float each)
    {
        var most = 0;
        for (var t = 0; t < topics.Count; t++)
        {
            foreach (var (topic, words) in counts)
            {
                most = topic == topics[t].Number ? Math.Max(most, words) : most;
            }
        }

        var unsaid = 1f;
        for (; most > 0; most--)
        {
            unsaid *= 1 - each;
        }

        return 1 - unsaid;
    }
}
