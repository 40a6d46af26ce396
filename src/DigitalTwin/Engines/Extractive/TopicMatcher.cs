using System.Numerics;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>How much a text speaks of what a question is about, by the topics' words.</summary>
internal sealed class TopicMatcher
{
    private const int MostTopics = 32;

    /// <summary>Stems by number plus one, 0 where there is none, at their own place or the next free one; a power of two of places.</summary>
    private readonly int[] places;

    /// <summary>Which of the topics have the stem at this place, as bits.</summary>
    private readonly uint[] topicsOf;
    private readonly int count;

    public TopicMatcher(IReadOnlyList<Topic> topics)
    {
        count = Math.Min(topics.Count, MostTopics);
        var most = 0;
        for (var t = 0; t < count; t++)
        {
            most += topics[t].Stems.Count;
        }

        places = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(most, 16) * 4)];
        topicsOf = new uint[places.Length];
        for (var t = 0; t < count; t++)
        {
            foreach (var stem in topics[t].Stems)
            {
                if (Vocabulary.StemId(stem) is >= 0 and var id)
                {
                    var place = PlaceOf(id);
                    places[place] = id + 1;
                    topicsOf[place] |= 1u << t;
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
        Span<ulong> seen = stackalloc ulong[places.Length / 64];
        seen.Clear();
        foreach (var stems in texts)
        {
            foreach (var stem in stems)
            {
                var place = stem >= 0 ? PlaceOf(stem) : 0;
                if (stem >= 0 && places[place] != 0 && (seen[place / 64] & (1UL << (place & 63))) == 0)
                {
                    seen[place / 64] |= 1UL << (place & 63);
                    var topics = topicsOf[place];
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

    /// <summary>Where the stem stands, or the free place that it would have.</summary>
    private int PlaceOf(int stem)
    {
        var place = stem & (places.Length - 1);
        while (places[place] != 0 && places[place] != stem + 1)
        {
            place = (place + 1) & (places.Length - 1);
        }

        return place;
    }
}
