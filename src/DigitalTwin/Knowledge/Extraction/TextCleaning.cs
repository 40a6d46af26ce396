using System.Buffers;
using System.Text;

namespace DigitalTwin.Knowledge;

/// <summary>Makes any string safe to work on: one kind of newline, no control characters, no lone surrogates.</summary>
static class TextCleaning
{
    static readonly SearchValues<char> Suspect = SearchValues.Create(
        [.. Enumerable.Range(0, 0x10000).Select(i => (char)i).Where(IsSuspect)]);

    public static string Clean(string text)
    {
        if (text.AsSpan().IndexOfAny(Suspect) < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\r' || c is '\u0085' or '\u2028' or '\u2029')
            {
                i += c == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                clean.Append('\n');
            }
            else if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                clean.Append(c).Append(text[++i]);
            }
            else if (!IsSuspect(c))
            {
                clean.Append(c);
            }
            else if (c is '\f' or '\v')
            {
                clean.Append('\n');
            }
        }

        return clean.ToString();
    }

    /// <summary>Folds runs of white space into one space and trims.</summary>
    public static string OneLine(ReadOnlySpan<char> text)
    {
        var line = new StringBuilder(text.Length);
        AppendFolded(line, text);
        return line.ToString().TrimEnd();
    }

    /// <summary>Appends with runs of white space folded into one space, also across the border of two calls.</summary>
    public static void AppendFolded(StringBuilder line, ReadOnlySpan<char> text)
    {
        var afterSpace = line.Length == 0 || line[^1] is ' ' or '\n';
        foreach (var c in text)
        {
            var isSpace = char.IsWhiteSpace(c) || c == '\u200B';
            if (!isSpace)
            {
                line.Append(c);
            }
            else if (!afterSpace)
            {
                line.Append(' ');
            }

            afterSpace = isSpace;
        }
    }

    static bool IsSuspect(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t')) || char.IsSurrogate(c)
        || c is '\uFEFF' or '\uFFFE' or '\uFFFF' or '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E');
}
