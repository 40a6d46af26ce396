namespace DigitalTwin.Knowledge;

/// <summary>What a piece of a document's text is.</summary>
public enum DocumentBlockKind
{
    Heading,
    Paragraph,
    ListItem,
    TableRow,
    Code,
}

/// <summary>A piece of a document's text, free of markup, with runs of white space folded into one space.</summary>
/// <param name="Text">Lines that belong apart (a hard break, a line of code) are separated by one newline.</param>
/// <param name="Level">1 to 6 for a heading, else 0.</param>
public readonly record struct DocumentBlock(DocumentBlockKind Kind, string Text, int Level = 0);

/// <summary>
/// A document's readable text in reading order. Reading never fails: text that is not what it claims to be, or that is
/// nested beyond reason, is read as plain text. Takes time in proportion to the input.
/// </summary>
/// <param name="Title">The title that the document itself states, or null.</param>
public sealed record DocumentText(string? Title, IReadOnlyList<DocumentBlock> Blocks)
{
    public static DocumentText FromMarkdown(string markdown) => MarkdownReader.Read(TextCleaning.Clean(markdown));

    public static DocumentText FromHtml(string html) => HtmlReader.Read(TextCleaning.Clean(html));

    public static DocumentText FromPlainText(string text) => PlainTextReader.Read(TextCleaning.Clean(text));

    /// <summary>Reads by media type; what is neither Markdown nor HTML is plain text.</summary>
    public static DocumentText Read(string text, string mediaType) => mediaType switch
    {
        "text/markdown" or "text/x-markdown" => FromMarkdown(text),
        "text/html" or "application/xhtml+xml" => FromHtml(text),
        _ => FromPlainText(text),
    };
}
