using System.Numerics;

namespace DigitalTwin.Knowledge;

/// <summary>
/// Finds the corpus's word that a misspelt one was meant to be, or none. It is reluctant: everyday English words are
/// never corrected, short words only for a slip of the finger (two letters swapped, one missing or doubled, a vowel or a
/// like-sounding letter mistaken), long ones within two such edits (Damerau-Levenshtein, optimal string alignment).
/// </summary>
static class SpellingCorrector
{
    const int ShortWord = 5;
    const int LongWord = 8;

    // Letters that are taken for each other by ear.
    static readonly string[] SoundAlikes = ["ckqsx", "sz", "fv", "gj", "mn", "dt", "bp", "aeiouy", "iy"];

    public static VocabularyWord? Correct(VocabularyWord word, IndexSnapshot snapshot)
    {
        if (!SegmentWords.IsSpelling(word.Text) || EnglishWords.IsCommon(word.Text, word.Stem))
        {
            return null;
        }

        var most = MostEdits(word.Text);
        var letters = SegmentWords.LettersOf(word.Text);
        var best = default(VocabularyWord);
        var bestRank = (Cost: int.MaxValue, Frequency: 0);
        foreach (var part in snapshot.Parts)
        {
            for (var length = word.Text.Length - most; length <= word.Text.Length + most; length++)
            {
                part.Segment.Words.OfLength(length, out var ids, out var sets);
                for (var i = 0; i < sets.Length; i++)
                {
                    // The word itself may still stand in a segment whose documents that had it are deleted.
                    if (ids[i] == word.Id || BitOperations.PopCount(sets[i] ^ letters) > 2 * most)
                    {
                        continue;
                    }

                    var candidate = Vocabulary.Get(ids[i]);
                    var cost = Cost(word.Text, candidate.Text, most);
                    if (cost == int.MaxValue || cost > bestRank.Cost || candidate == best)
                    {
                        continue;
                    }

                    var frequency = snapshot.Frequency(candidate.StemId).Passages;
                    if (frequency > 0 && (cost < bestRank.Cost || frequency > bestRank.Frequency))
                    {
                        (best, bestRank) = (candidate, (cost, frequency));
                    }
                }
            }
        }

        return best;
    }

    /// <summary>The one of <paramref name="words"/> that a misspelt word was most likely meant to be, or null; of equals the first.</summary>
    public static string? Correct(string word, IReadOnlyList<string> words)
    {
        if (word.Length < SegmentWords.Shortest)
        {
            return null;
        }

        var most = MostEdits(word);
        var letters = SegmentWords.LettersOf(word);
        var (best, least) = (default(string), int.MaxValue);
        foreach (var candidate in words)
        {
            if (candidate.Length >= SegmentWords.Shortest && Math.Abs(candidate.Length - word.Length) <= most
                && BitOperations.PopCount(SegmentWords.LettersOf(candidate) ^ letters) <= 2 * most
                && Cost(word, candidate, most) is var cost && cost < least)
            {
                (best, least) = (candidate, cost);
            }
        }

        return best;
    }

    static int MostEdits(string word) => word.Length >= LongWord ? 2 : 1;

    // Twice the distance, one more when the first letter differs; int.MaxValue for what no slip explains.
    static int Cost(string asked, string candidate, int most)
    {
        var differs = asked[0] != candidate[0];
        var swapped = asked[0] == candidate[1] && asked[1] == candidate[0];
        if (differs && !swapped && (asked.Length <= ShortWord || most > 1 && !AreAlike(asked[0], candidate[0])))
        {
            return int.MaxValue;
        }

        var distance = Distance(asked, candidate);
        if (distance > most || (asked.Length <= ShortWord && !IsSlip(asked, candidate)))
        {
            return int.MaxValue;
        }

        return (distance * 2) + (differs ? 1 : 0);
    }

    // For short words at distance 1.
    static bool IsSlip(string asked, string candidate)
    {
        var i = 0;
        while (i < asked.Length && i < candidate.Length && asked[i] == candidate[i])
        {
            i++;
        }

        return (asked.Length - candidate.Length) switch
        {
            0 => asked.Length - i >= 2 && asked[i] == candidate[i + 1] && asked[i + 1] == candidate[i] || AreAlike(asked[i], candidate[i]),
            < 0 => asked.Length > SegmentWords.Shortest || (i > 0 && candidate[i] == candidate[i - 1]) || i == asked.Length - 1,
            > 0 => i > 0 && i < asked.Length && (asked[i] == asked[i - 1] || asked.Length >= ShortWord && i < candidate.Length),
        };
    }

    static bool AreAlike(char one, char other) =>
        Array.Exists(SoundAlikes, letters => letters.Contains(one, StringComparison.Ordinal) && letters.Contains(other, StringComparison.Ordinal));

    static int Distance(string a, string b)
    {
        Span<int> rows = stackalloc int[3 * (SegmentWords.Longest + 4)];
        var width = b.Length + 1;
        var before = rows[..width];
        var above = rows.Slice(width, width);
        var row = rows.Slice(2 * width, width);
        for (var j = 0; j < width; j++)
        {
            above[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j < width; j++)
            {
                var same = a[i - 1] == b[j - 1];
                row[j] = Math.Min(above[j - 1] + (same ? 0 : 1), Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
                }
            }

            var oldest = before;
            before = above;
            above = row;
            row = oldest;
        }

        return above[b.Length];
    }
}
