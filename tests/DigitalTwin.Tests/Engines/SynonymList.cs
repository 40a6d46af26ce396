using System.Text;
using DigitalTwin.Engines.Extractive;
using DigitalTwin.Knowledge;

namespace DigitalTwin.Tests.Engines;

/// <summary>The list of synonyms as people write it, <c>word: stand-ins | associations</c> a line, and the table made from it.</summary>
internal sealed class SynonymList
{
    private readonly Dictionary<string, Dictionary<string, float>> groups = new(StringComparer.Ordinal);

    private SynonymList()
    {
    }

    /// <summary>The words before the colons.</summary>
    public List<string> Words { get; } = [];

    /// <summary>By stem.</summary>
    public Dictionary<string, Synonym[]> Synonyms => groups.ToDictionary(
        group => group.Key, group => group.Value.Select(other => new Synonym(other.Key, other.Value)).ToArray(), StringComparer.Ordinal);

    public static SynonymList Read(IEnumerable<string> lines)
    {
        var list = new SynonymList();
        foreach (var line in lines.Where(line => line.Length > 0 && line[0] != '#'))
        {
            list.Add(line);
        }

        list.AddConverses();
        return list;
    }

    /// <summary>The form that <see cref="SynonymTable"/> describes.</summary>
    public byte[] ToBytes()
    {
        var rows = Synonyms.Select(pair => (Text: Encoding.UTF8.GetBytes(pair.Key), Stem: pair.Key, Synonyms: pair.Value)).ToArray();
        Array.Sort(rows, (a, b) => a.Text.AsSpan().SequenceCompareTo(b.Text));
        var numbers = rows.Select((row, number) => (row.Stem, number)).ToDictionary(pair => pair.Stem, pair => pair.number, StringComparer.Ordinal);
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(rows.Length);
        var (text, entry) = (0, 0);
        foreach (var row in rows)
        {
            writer.Write(text);
            writer.Write(entry);
            (text, entry) = (text + row.Text.Length, entry + row.Synonyms.Length);
        }

        writer.Write(text);
        writer.Write(entry);
        Array.ForEach(rows, row => writer.Write(row.Text));
        foreach (var synonym in rows.SelectMany(row => row.Synonyms))
        {
            writer.Write(checked((ushort)numbers[synonym.Stem]));
            writer.Write(checked((byte)Array.IndexOf(SynonymTable.Shares, synonym.Share)));
        }

        writer.Write(Encoding.UTF8.GetBytes(string.Join('\n', Words)));
        return stream.ToArray();
    }

    private void AddConverses()
    {
        foreach (var (head, others) in groups.ToArray())
        {
            foreach (var (other, share) in others.ToArray())
            {
                OthersOf(other).TryAdd(head, share * SynonymTable.Converse);
            }
        }
    }

    private void Add(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        Words.Add(line[..colon]);
        var head = TextAnalyzer.Stem(line[..colon]);
        var others = OthersOf(head);
        var share = SynonymTable.StandIn;
        foreach (var word in line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "|")
            {
                share = SynonymTable.Association;
            }
            else if (TextAnalyzer.Stem(word) is var stem && stem != head)
            {
                others[stem] = Math.Max(others.GetValueOrDefault(stem), share);
            }
        }
    }

    private Dictionary<string, float> OthersOf(string stem)
    {
        if (!groups.TryGetValue(stem, out var others))
        {
            groups.Add(stem, others = new Dictionary<string, float>(StringComparer.Ordinal));
        }

        return others;
    }
}
