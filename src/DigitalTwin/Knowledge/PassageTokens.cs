using System.Collections;

namespace DigitalTwin.Knowledge;

/// <summary>
/// The tokens of a sentence as a window onto its passage's, eight bytes a token (28 bits word, 12 length, 24 start),
/// because ten thousand passages have two million of them.
/// </summary>
sealed class PassageTokens(ulong[] packed, int from, int count) : IReadOnlyList<TextToken>
{
    const int LongestToken = (1 << 12) - 1;

    public int Count => count;

    public TextToken this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)count, nameof(index));
            var token = packed[from + index];
            var word = Vocabulary.Get(WordId(token));
            return new((int)(token & 0xFFFFFF), (int)(token >> 24) & LongestToken, word.Text, word.Stem, word.IsStopWord);
        }
    }

    public ReadOnlySpan<ulong> Packed => packed.AsSpan(from, count);

    public static ulong Pack(int start, int length, int wordId) =>
        (uint)start | ((ulong)Math.Min(length, LongestToken) << 24) | ((ulong)wordId << 36);

    public static int WordId(ulong token) => (int)(token >> 36);

    public IEnumerator<TextToken> GetEnumerator()
    {
        for (var i = 0; i < count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
