using System.Text;

namespace DigitalTwin.Knowledge;

/// <summary>Packs the blocks of one section into texts of passage size.</summary>
static class PassagePacker
{
    const int MostWords = 200;
    const int WholeSection = 230;
    const int LongestOverlap = 40;
    const int LongestPiece = 2_000;

    public static IEnumerable<string> Pack(IReadOnlyList<DocumentBlock> blocks)
    {
        var words = blocks.Sum(block => CountWords(block.Text));
        if (words <= WholeSection && blocks.Sum(block => block.Text.Length) < LongestPiece * 2)
        {
            yield return string.Join('\n', blocks.Select(block => block.Text));
            yield break;
        }

        var pieces = Pieces(blocks);
        var target = words / (int)Math.Ceiling(words / (double)MostWords * 1.15);
        for (var from = 0; from < pieces.Count;)
        {
            var to = Fill(pieces, from, target);
            var first = from > 0 && pieces[from - 1] is { IsSentence: true, Words: <= LongestOverlap } ? from - 1 : from;
            yield return Join(pieces, first, to);
            from = to;
        }
    }

    /// <summary>Words as the eye counts them; text without spaces counts by its length.</summary>
    public static int CountWords(ReadOnlySpan<char> text)
    {
        var words = 0;
        var inWord = false;
        foreach (var c in text)
        {
            var isSpace = char.IsWhiteSpace(c);
            words += !isSpace && !inWord ? 1 : 0;
            inWord = !isSpace;
        }

        return Math.Max(words, text.Length / 12);
    }

    // Takes pieces up to the target, and beyond it to the paragraph's end if that is near.
    static int Fill(List<Piece> pieces, int from, int target)
    {
        var words = 0;
        var to = from;
        while (to < pieces.Count)
        {
            var next = pieces[to];
            var startsParagraph = to > from && next.Block != pieces[to - 1].Block;
            var isFull = to > from
                && (words + next.Words > MostWords || words >= target || (startsParagraph && words >= target * 4 / 5));
            if (isFull && !next.StaysWithPrevious)
            {
                break;
            }

            words += next.Words;
            to++;
        }

        return to;
    }

    static List<Piece> Pieces(IReadOnlyList<DocumentBlock> blocks)
    {
        var pieces = new List<Piece>();
        var run = 0;
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            var isItem = block.Kind is DocumentBlockKind.ListItem or DocumentBlockKind.TableRow;
            run = isItem ? run + CountWords(block.Text) : 0;
            var follows = isItem && i > 0 && run <= MostWords / 2
                && (blocks[i - 1].Kind == block.Kind || blocks[i - 1].Text.EndsWith(':'));
            if (isItem && CountWords(block.Text) <= MostWords && block.Text.Length <= LongestPiece)
            {
                pieces.Add(new(i, block.Text, 0, block.Text.Length, CountWords(block.Text), IsSentence: false, follows));
                run = follows ? run : CountWords(block.Text);
                continue;
            }

            foreach (var sentence in SentenceSplitter.Split(block.Text))
            {
                AddSentence(pieces, i, block, sentence);
            }
        }

        return pieces;
    }

    // A sentence without end is cut at spaces, or anywhere if it has none.
    static void AddSentence(List<Piece> pieces, int index, DocumentBlock block, SentenceRange sentence)
    {
        var start = sentence.Start;
        var end = sentence.Start + sentence.Length;
        var isSentence = block.Kind == DocumentBlockKind.Paragraph;
        while (end - start > LongestPiece)
        {
            var space = block.Text.LastIndexOf(' ', start + LongestPiece - 1, LongestPiece / 2);
            var cut = space > start ? space : start + LongestPiece;
            cut -= char.IsLowSurrogate(block.Text[cut]) ? 1 : 0;
            pieces.Add(new(index, block.Text, start, cut - start, CountWords(block.Text.AsSpan(start, cut - start)), false, false));
            start = block.Text[cut] == ' ' ? cut + 1 : cut;
            isSentence = false;
        }

        pieces.Add(new(index, block.Text, start, end - start, CountWords(block.Text.AsSpan(start, end - start)), isSentence, false));
    }

    // Pieces of one block are taken as they stand in it, so that what lies between them is kept.
    static string Join(List<Piece> pieces, int from, int to)
    {
        var text = new StringBuilder();
        for (var i = from; i < to;)
        {
            var last = i;
            while (last + 1 < to && pieces[last + 1].Block == pieces[i].Block)
            {
                last++;
            }

            var start = pieces[i].Start;
            text.Append(text.Length > 0 ? "\n" : "").Append(pieces[i].Source, start, pieces[last].Start + pieces[last].Length - start);
            i = last + 1;
        }

        return text.ToString();
    }

    /// <param name="StaysWithPrevious">Whether a list item or row belongs to what is before it.</param>
    readonly record struct Piece(
        int Block, string Source, int Start, int Length, int Words, bool IsSentence, bool StaysWithPrevious);
}
