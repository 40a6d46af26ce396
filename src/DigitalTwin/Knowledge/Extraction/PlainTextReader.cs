namespace DigitalTwin.Knowledge;

/// <summary>
/// Reads plain text: paragraphs between blank lines, hard-wrapped lines joined, list items and underlined or #-marked
/// headings recognised.
/// </summary>
static class PlainTextReader
{
    // A line shorter than this that is followed by a capital was not broken to fit a page: its end means something.
    const int ShortestWrappedLine = 45;

    public static DocumentText Read(string text)
    {
        var writer = new BlockWriter();
        var kind = DocumentBlockKind.Paragraph;
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].AsSpan().Trim().TrimStart('>').Trim();
            var marker = ListMarker(line);
            if (line.IsEmpty || marker > 0)
            {
                writer.End(kind);
                kind = marker > 0 ? DocumentBlockKind.ListItem : DocumentBlockKind.Paragraph;
            }
            else if (HeadingMarker(line) is var level && level > 0)
            {
                writer.End(kind);
                writer.Append(line[level..].Trim().TrimEnd('#'));
                writer.End(DocumentBlockKind.Heading, level);
                kind = DocumentBlockKind.Paragraph;
                continue;
            }
            else if (i + 1 < lines.Length && Underline(line, lines[i + 1].AsSpan().Trim()) is var underline && underline > 0)
            {
                writer.End(kind);
                writer.Append(line);
                writer.End(DocumentBlockKind.Heading, underline);
                kind = DocumentBlockKind.Paragraph;
                i++;
                continue;
            }
            else if (i > 0 && !IsWrapped(lines[i - 1].AsSpan().Trim(), line))
            {
                writer.Break();
            }

            writer.Append(line[marker..]);
            writer.Append(" ");
        }

        writer.End(kind);
        return new(null, writer.Blocks);
    }

    static bool IsWrapped(ReadOnlySpan<char> previous, ReadOnlySpan<char> line) =>
        previous.Length >= ShortestWrappedLine || (line.Length > 0 && char.IsLower(line[0]));

    // The length of "- ", "• ", "1. " or "1) " at the line's start.
    static int ListMarker(ReadOnlySpan<char> line)
    {
        if (line.Length > 2 && line[0] is '-' or '*' or '•' or '–' && line[1] == ' ')
        {
            return 2;
        }

        var digits = line.IndexOfAnyExceptInRange('0', '9');
        return digits is 1 or 2 && line.Length > digits + 2 && line[digits] is '.' or ')' && line[digits + 1] == ' '
            ? digits + 2
            : 0;
    }

    static int HeadingMarker(ReadOnlySpan<char> line)
    {
        var level = line.IndexOfAnyExcept('#');
        return level is > 0 and <= 6 && line[level] == ' ' ? level : 0;
    }

    // The level of a heading that the next line underlines with = or -.
    static int Underline(ReadOnlySpan<char> line, ReadOnlySpan<char> next) =>
        next.Length < 3 || line.Length > 100 || next.Length > line.Length + 10 ? 0
        : !next.ContainsAnyExcept('=') ? 1
        : !next.ContainsAnyExcept('-') ? 2
        : 0;
}
