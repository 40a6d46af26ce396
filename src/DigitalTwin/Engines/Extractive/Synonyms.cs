using System.Collections.Frozen;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>Other words, as stems, that a sentence may use for a question's word. General English; nothing about any persona.</summary>
internal static class Synonyms
{
    private static readonly FrozenDictionary<string, string[]> ByStem = Load();

    public static IReadOnlyList<string> Of(string stem) => ByStem.GetValueOrDefault(stem, []);

    private static FrozenDictionary<string, string[]> Load()
    {
        using var stream = typeof(Synonyms).Assembly.GetManifestResourceStream("english-synonyms.txt")
            ?? throw new InvalidOperationException("The list of synonyms is not embedded.");
        using var reader = new StreamReader(stream);
        var groups = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            // The first word of a line is the one asked with; the others answer it.
            var stems = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(TextAnalyzer.Stem).ToArray();
            if (!groups.TryGetValue(stems[0], out var others))
            {
                groups.Add(stems[0], others = new HashSet<string>(StringComparer.Ordinal));
            }

            others.UnionWith(stems.Skip(1).Where(stem => stem != stems[0]));
        }

        return groups.ToFrozenDictionary(group => group.Key, group => group.Value.ToArray(), StringComparer.Ordinal);
    }
}
