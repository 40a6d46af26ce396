using System.Collections.Frozen;
using System.Runtime.InteropServices;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// What people ask about, from opening hours to childhood: by which words a question is about it, and which words a text about it uses.
/// General English; nothing about any persona. The list's lines are <c>topic: cues | words</c>; a cue is a word, words_in_a_row, or
/// words+anywhere+in+the+question.
/// </summary>
internal sealed class Topics
{
    private static readonly Lazy<(FrozenDictionary<string, Cue[]> CuesByFirst, FrozenDictionary<string, int[]> ByWord)> List = new(Load);

    /// <summary>The topics of a question; most have one to three.</summary>
    public static IReadOnlyList<Topic> Of(IReadOnlyList<TextToken> question)
    {
        List<Topic>? found = null;
        foreach (var token in question)
        {
            foreach (var cue in List.Value.CuesByFirst.GetValueOrDefault(token.Stem, []))
            {
                if (found?.Contains(cue.Topic) is not true && Array.TrueForAll(cue.Parts, part => Has(question, part)))
                {
                    (found ??= []).Add(cue.Topic);
                }
            }
        }

        return found ?? (IReadOnlyList<Topic>)[];
    }

    /// <summary>The numbers of the topics that have the word in their texts.</summary>
    public static IReadOnlyList<int> WithWord(string stem) => List.Value.ByWord.GetValueOrDefault(stem, []);

    private static bool Has(IReadOnlyList<TextToken> question, string[] part)
    {
        for (var start = 0; start + part.Length <= question.Count; start++)
        {
            var i = 0;
            while (i < part.Length && question[start + i].Stem == part[i])
            {
                i++;
            }

            if (i == part.Length)
            {
                return true;
            }
        }

        return false;
    }

    private static (FrozenDictionary<string, Cue[]>, FrozenDictionary<string, int[]>) Load()
    {
        var words = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        var cues = new List<Cue>();
        var number = 0;
        foreach (var line in EnglishWords.Lines("english-topics.txt"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var bar = line.IndexOf('|', StringComparison.Ordinal);
            var topic = new Topic(number++, line[..colon]);
            foreach (var stem in TextAnalyzer.Analyze(line[(bar + 1)..]).Where(word => !word.IsStopWord).Select(word => word.Stem).Distinct())
            {
                (CollectionsMarshal.GetValueRefOrAddDefault(words, stem, out _) ??= []).Add(topic.Number);
            }

            cues.AddRange(line[(colon + 1)..bar].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(cue => new Cue(topic, [.. cue.Split('+').Select(part => TextAnalyzer.Analyze(part.Replace('_', ' ')).Select(word => word.Stem).ToArray())])));
        }

        return (
            cues.GroupBy(cue => cue.Parts[0][0]).ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal),
            words.ToFrozenDictionary(word => word.Key, word => word.Value.ToArray(), StringComparer.Ordinal));
    }

    private sealed record Cue(Topic Topic, string[][] Parts);
}

/// <param name="Number">Its place in the list, from 0.</param>
public sealed record Topic(int Number, string Name);
