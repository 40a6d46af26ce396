using System.Collections.Frozen;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// Words that a sentence may answer a question's word with. General English; nothing about any persona. The list's lines are
/// <c>word: stand-ins | associations</c>.
/// </summary>
internal static class Synonyms
{
    private const float StandIn = 0.85f;
    private const float Association = 0.5f;
    private const float Converse = 0.8f;

    private static readonly List<string> Heads = [];
    private static readonly FrozenDictionary<string, Synonym[]> ByStem = Load();

    public static IReadOnlyList<Synonym> Of(string stem) => ByStem.GetValueOrDefault(stem, []);

    /// <summary>The list's word that a misspelt one was most likely meant to be, or null.</summary>
    public static string? Correct(string word) => SpellingCorrector.Correct(word, Heads);

    private static FrozenDictionary<string, Synonym[]> Load()
    {
        using var stream = typeof(Synonyms).Assembly.GetManifestResourceStream("english-synonyms.txt")
            ?? throw new InvalidOperationException("The list of synonyms is not embedded.");
        using var reader = new StreamReader(stream);
        var groups = new Dictionary<string, Dictionary<string, float>>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#')
            {
                Add(groups, line);
            }
        }

        AddConverses(groups);
        return groups.ToFrozenDictionary(
            group => group.Key, group => group.Value.Select(other => new Synonym(other.Key, other.Value)).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>What stands in for a word, the word stands in for too, a little less.</summary>
    private static void AddConverses(Dictionary<string, Dictionary<string, float>> groups)
    {
        foreach (var (head, others) in groups.ToArray())
        {
            foreach (var (other, share) in others.ToArray())
            {
                if (!groups.TryGetValue(other, out var back))
                {
                    groups.Add(other, back = new Dictionary<string, float>(StringComparer.Ordinal));
                }

                back.TryAdd(head, share * Converse);
            }
        }
    }

    private static void Add(Dictionary<string, Dictionary<string, float>> groups, string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var head = TextAnalyzer.Stem(line[..colon]);
        Heads.Add(line[..colon]);
        if (!groups.TryGetValue(head, out var others))
        {
            groups.Add(head, others = new Dictionary<string, float>(StringComparer.Ordinal));
        }

        var share = StandIn;
        foreach (var word in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "|")
            {
                share = Association;
            }
            else if (TextAnalyzer.Stem(word) is var stem && stem != head)
            {
                others[stem] = Math.Max(others.GetValueOrDefault(stem), share);
            }
        }
    }
}
