using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace DigitalTwin.Engines.Extractive;

/// <summary>
/// The synonyms of every stem, both ways, as bytes that are searched as they are: what no question has asked for is never decoded.
/// Safe for concurrent use.
/// </summary>
/// <remarks>
/// Little-endian: the number of stems; for each stem and once behind the last where its text begins and at which entry its synonyms begin
/// (4 bytes each, stems in the order of their UTF-8); the stems' texts; their synonyms (2 bytes number of the stem, 1 byte number of the
/// share); the list's own words in its order, a line each.
/// </remarks>
internal sealed class SynonymTable
{
    public const float StandIn = 0.85f;
    public const float Association = 0.5f;

    /// <summary>What stands in for a word, the word stands in for too, a little less.</summary>
    public const float Converse = 0.8f;

    private const int Header = 4;
    private const int RowSize = 8;
    private const int EntrySize = 3;
    private const int LongestStem = 64;

    /// <summary>What a synonym may count, by number: stand-ins, associations, and both in the other direction.</summary>
    public static readonly float[] Shares = [StandIn, Association, StandIn * Converse, Association * Converse];

    private readonly byte[] bytes;
    private readonly int count;
    private readonly int texts;
    private readonly int entries;
    private readonly string?[] stems;
    private readonly Synonym[]?[] known;
    private readonly Lazy<string[]> words;

    public SynonymTable(byte[] bytes)
    {
        this.bytes = bytes;
        count = Number(0);
        texts = Header + ((count + 1) * RowSize);
        entries = texts + TextStart(count);
        stems = new string?[count];
        known = new Synonym[]?[count];
        words = new(() => Encoding.UTF8.GetString(bytes.AsSpan(entries + (EntryStart(count) * EntrySize))).Split('\n'));
    }

    /// <summary>The words that the list has synonyms for, as they are written and in its order.</summary>
    public IReadOnlyList<string> Words => words.Value;

    public IReadOnlyList<Synonym> Of(string stem) => Find(stem) is >= 0 and var at ? known[at] ??= Decode(at) : [];

    private int Find(string stem)
    {
        Span<byte> text = stackalloc byte[LongestStem * 3];
        if (stem.Length > LongestStem || Utf8.FromUtf16(stem, text, out _, out var length) != OperationStatus.Done)
        {
            return -1;
        }

        var (low, high) = (0, count - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = TextOf(middle).SequenceCompareTo(text[..length]);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private Synonym[] Decode(int at)
    {
        var synonyms = new Synonym[EntryStart(at + 1) - EntryStart(at)];
        var entry = bytes.AsSpan(entries + (EntryStart(at) * EntrySize));
        for (var i = 0; i < synonyms.Length; i++, entry = entry[EntrySize..])
        {
            var stem = BinaryPrimitives.ReadUInt16LittleEndian(entry);
            synonyms[i] = new Synonym(stems[stem] ??= Encoding.UTF8.GetString(TextOf(stem)), Shares[entry[2]]);
        }

        return synonyms;
    }

    private ReadOnlySpan<byte> TextOf(int stem) => bytes.AsSpan(texts + TextStart(stem), TextStart(stem + 1) - TextStart(stem));

    private int TextStart(int stem) => Number(Header + (stem * RowSize));

    private int EntryStart(int stem) => Number(Header + (stem * RowSize) + 4);

    private int Number(int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
}
