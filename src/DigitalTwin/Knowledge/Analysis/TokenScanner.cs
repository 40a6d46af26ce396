using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace DigitalTwin.Knowledge;

/// <summary>
/// Finds the words of a text, left to right, without allocating. A compound (e-mail, node.js, R&amp;D, x-15) is reported
/// as a whole, spelt without its joints, and then part by part; the whole's range covers its parts'.
/// </summary>
ref struct TokenScanner(ReadOnlySpan<char> text, bool fromDocument)
{
    const int LongestWord = 64;
    const int MostParts = 8;

    readonly ReadOnlySpan<char> text = text;
    int position;
    Parts parts;
    int partCount;
    int nextPart;

    public int Start { get; private set; }

    public int Length { get; private set; }

    public VocabularyWord Word { get; private set; } = null!;

    public bool MoveNext()
    {
        if (nextPart < partCount)
        {
            (Start, Length, Word) = parts[nextPart++];
            return true;
        }

        while (position < text.Length && !IsWordCharacter(position))
        {
            position++;
        }

        if (position == text.Length)
        {
            return false;
        }

        ScanCompound();
        return true;
    }

    void ScanCompound()
    {
        Span<char> joined = stackalloc char[LongestWord];
        var joinedLength = 0;
        var (first, hasLetter, onlyInitials) = (position, false, true);
        partCount = 0;
        while (true)
        {
            var start = position;
            var length = ScanPart(joined[joinedLength..], out var partHasLetter);
            hasLetter |= partHasLetter;
            onlyInitials &= position - start == 1;
            parts[partCount++] = (start, position - start, Vocabulary.Find(joined.Slice(joinedLength, length), fromDocument));
            joinedLength += length;
            if (partCount == MostParts || joinedLength >= LongestWord - 2 || !AtJoint(partHasLetter))
            {
                break;
            }

            position++;
        }

        if (partCount == 1)
        {
            (Start, Length, Word) = parts[0];
            nextPart = partCount;
            return;
        }

        nextPart = 0;
        if (!hasLetter)
        {
            (Start, Length, Word) = parts[nextPart++];
            return;
        }

        (Start, Length) = (first, position - first);
        Word = Vocabulary.Find(joined[..joinedLength], fromDocument);
        if (onlyInitials)
        {
            nextPart = partCount;
        }
    }

    /// <summary>Reads letters and digits up to a joint or the word's end and writes them folded.</summary>
    int ScanPart(scoped Span<char> into, out bool hasLetter)
    {
        var length = 0;
        var start = position;
        var goesOn = true;
        hasLetter = false;
        while (goesOn && position < text.Length)
        {
            goesOn = IsWordCharacter(position) || LetterFolding.IsMark(text[position])
                ? TakeLetter(start, into, ref length, ref hasLetter)
                : TakeInnerMark(start, into, ref length, hasLetter);
        }

        return length + LanguageSuffix(start, into, length);
    }

    bool TakeLetter(int start, scoped Span<char> into, ref int length, ref bool hasLetter)
    {
        var c = text[position];
        if (IsIdeograph(c) && position > start)
        {
            return false;
        }

        Span<char> folded = stackalloc char[2];
        var pieces = LetterFolding.Fold(c, folded);
        if (length + pieces <= into.Length)
        {
            folded[..pieces].CopyTo(into[length..]);
            length += pieces;
        }

        hasLetter |= !char.IsAsciiDigit(c);
        position++;
        return !IsIdeograph(c);
    }

    // A possessive or contraction ends the word, a point or comma inside a number does not.
    bool TakeInnerMark(int start, scoped Span<char> into, ref int length, bool hasLetter)
    {
        if (IsApostrophe(text[position]))
        {
            var skip = Possessive(length > 0 && hasLetter ? into[length - 1] : ' ');
            if (skip == 2 && text[position + 1] is 't' or 'T' && length < into.Length)
            {
                into[length++] = 't'; // n't stays: dont and cant are stop words, don and can are other words
            }

            position += skip;
            return false;
        }

        if (!IsInsideNumber(start))
        {
            return false;
        }

        if (text[position] == '.' && length < into.Length)
        {
            into[length++] = '.';
        }

        position++;
        return true;
    }

    // The apostrophe and the letters of 's, 're, 've, 'll, 'd, 'm or n't when nothing else follows; 0 for another apostrophe.
    readonly int Possessive(char before)
    {
        var end = position + 1;
        while (end < text.Length && char.IsAsciiLetter(text[end]))
        {
            end++;
        }

        if (before == ' ' || (end < text.Length && IsWordCharacter(end)))
        {
            return 0;
        }

        Span<char> suffix = stackalloc char[2];
        var length = end - position - 1;
        if (length is 0 or > 2)
        {
            return 0;
        }

        text.Slice(position + 1, length).ToLowerInvariant(suffix);
        return suffix[..length] switch
        {
            "s" or "re" or "ve" or "ll" or "d" or "m" => length + 1,
            "t" when before == 'n' => length + 1,
            _ => 0,
        };
    }

    // 3.14 keeps its point, 1,842 loses its comma.
    readonly bool IsInsideNumber(int start) =>
        position > start && position + 1 < text.Length && char.IsAsciiDigit(text[position - 1])
        && char.IsAsciiDigit(text[position + 1])
        && (text[position] == '.' || (text[position] == ',' && DigitsFrom(position + 1) == 3));

    readonly int DigitsFrom(int from)
    {
        var end = from;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - from;
    }

    // C++, C#
    int LanguageSuffix(int start, scoped Span<char> into, int length)
    {
        if (position < text.Length && length > 0 && length + 2 <= into.Length && char.IsAsciiLetter(text[position - 1]))
        {
            if (text[position] == '#' && position - start == 1)
            {
                into[length] = '#';
                position++;
                return 1;
            }

            if (text[position] == '+' && position + 1 < text.Length && text[position + 1] == '+')
            {
                "++".CopyTo(into[length..]);
                position += 2;
                return 2;
            }
        }

        return 0;
    }

    readonly bool AtJoint(bool afterLetter)
    {
        if (position + 1 >= text.Length || !IsWordCharacter(position + 1) || IsIdeograph(text[position + 1]))
        {
            return false;
        }

        var c = text[position];
        return c is '-' or '\u2010' or '\u2011' or '@' or '_' or '.' or '&' || (IsApostrophe(c) && afterLetter);
    }

    readonly bool IsWordCharacter(int at)
    {
        var c = text[at];
        if (c < '\u0080')
        {
            return char.IsAsciiLetterOrDigit(c);
        }

        return char.IsSurrogate(c) ? IsSurrogateLetter(at) : char.IsLetterOrDigit(c);
    }

    readonly bool IsSurrogateLetter(int at)
    {
        var from = char.IsLowSurrogate(text[at]) ? at - 1 : at;
        return from >= 0 && Rune.DecodeFromUtf16(text[from..], out var rune, out _) == OperationStatus.Done
            && Rune.IsLetterOrDigit(rune);
    }

    // Scripts written without spaces: each sign is a word of its own.
    static bool IsIdeograph(char c) =>
        c >= '\u2E80' && (c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF'));

    static bool IsApostrophe(char c) => c is '\'' or '\u2019' or '\u02BC' or '\u2018';

    [InlineArray(MostParts)]
    struct Parts
    {
        (int Start, int Length, VocabularyWord Word) first;
    }
}
