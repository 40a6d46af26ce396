using System.Text;

namespace DigitalTwin.Knowledge;

/// <summary>
/// Keeps away from Markdig what it takes quadratic time for: brackets left open by the hundred, lists indented by the
/// hundred, link definitions by the thousand. No document that a person wrote comes near these limits.
/// </summary>
static class MarkdownGuard
{
    const int MostOpenBrackets = 100;
    const int MostIndentation = 120;
    const int MostLinkDefinitions = 1_000;
    const int LongestBlock = 200_000;

    /// <summary>Returns false when the text should be read as plain; otherwise it may have been changed to be harmless.</summary>
    public static bool TryTame(ref string markdown)
    {
        var (openBrackets, openParentheses, definitions, blockLength) = (0, 0, 0, 0);
        var tamed = default(StringBuilder);
        foreach (var range in markdown.AsSpan().Split('\n'))
        {
            var line = markdown.AsSpan(range);
            var indentation = line.Length - line.TrimStart().Length;
            if (indentation == line.Length)
            {
                openBrackets = openParentheses = blockLength = 0;
            }

            blockLength += line.Length;
            foreach (var c in line)
            {
                openBrackets = Math.Max(0, openBrackets + (c == '[' ? 1 : c == ']' ? -1 : 0));
                openParentheses = Math.Max(0, openParentheses + (c == '(' ? 1 : c == ')' ? -1 : 0));
                if (openBrackets > MostOpenBrackets || openParentheses > MostOpenBrackets)
                {
                    return false;
                }
            }

            definitions += line.Length > indentation && line[indentation] == '[' && line.Contains("]:", StringComparison.Ordinal) ? 1 : 0;
            if (definitions > MostLinkDefinitions || blockLength > LongestBlock)
            {
                return false;
            }

            if (indentation > MostIndentation && tamed is null)
            {
                tamed = new StringBuilder(markdown, 0, range.Start.Value, markdown.Length);
            }

            tamed?.Append(line[Math.Max(0, indentation - MostIndentation)..]).Append('\n');
        }

        markdown = tamed?.ToString() ?? markdown;
        return true;
    }
}
