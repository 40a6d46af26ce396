namespace DigitalTwin.Knowledge;

/// <summary>
/// The distinct words of a segment that a misspelt word may be meant to be, grouped by length, each with the set of its
/// letters as a bit mask so that most can be ruled out without being looked at.
/// </summary>
sealed class SegmentWords
{
    public const int Shortest = 4;
    public const int Longest = 24;

    readonly int[] wordIds;
    readonly uint[] letters;
    readonly int[] startByLength = new int[Longest + 2];

    public SegmentWords(IEnumerable<int> distinctWordIds)
    {
        var words = distinctWordIds.Select(Vocabulary.Get).Where(IsCandidate).OrderBy(word => word.Text.Length).ToArray();
        wordIds = Array.ConvertAll(words, word => word.Id);
        letters = Array.ConvertAll(words, word => LettersOf(word.Text));
        for (int length = 0, i = 0; length < startByLength.Length; length++)
        {
            while (i < words.Length && words[i].Text.Length < length)
            {
                i++;
            }

            startByLength[length] = i;
        }
    }

    public ReadOnlySpan<int> All => wordIds;

    /// <summary>The words of one length: their ids and, in the same order, their letter sets.</summary>
    public void OfLength(int length, out ReadOnlySpan<int> ids, out ReadOnlySpan<uint> sets)
    {
        var (from, to) = length is < Shortest or > Longest ? (0, 0) : (startByLength[length], startByLength[length + 1]);
        ids = wordIds.AsSpan(from, to - from);
        sets = letters.AsSpan(from, to - from);
    }

    public static uint LettersOf(string word)
    {
        var mask = 0u;
        foreach (var c in word)
        {
            mask |= 1u << (c - 'a');
        }

        return mask;
    }

    /// <summary>Whether a word is made of a to z only and of a length that spelling is judged for.</summary>
    public static bool IsSpelling(string word) =>
        word.Length is >= Shortest and <= Longest && !word.AsSpan().ContainsAnyExceptInRange('a', 'z');

    static bool IsCandidate(VocabularyWord word) => !word.IsStopWord && IsSpelling(word.Text);
}
