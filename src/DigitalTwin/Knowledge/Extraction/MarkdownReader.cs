using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace DigitalTwin.Knowledge;

/// <summary>Reads Markdown by its syntax tree. Headings, lists, tables, quotes and code keep their meaning, not their marks.</summary>
static class MarkdownReader
{
    static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseGridTables().UseYamlFrontMatter().UseTaskLists().UseEmphasisExtras().UseFootnotes().Build();

    public static DocumentText Read(string markdown)
    {
        if (!MarkdownGuard.TryTame(ref markdown))
        {
            return PlainTextReader.Read(markdown);
        }

        MarkdownDocument document;
        try
        {
            document = Markdown.Parse(markdown, Pipeline);
        }
        catch (ArgumentException)
        {
            // Markdig's own limit on nesting.
            return PlainTextReader.Read(markdown);
        }

        var walk = new Walk(markdown);
        walk.Container(document, DocumentBlockKind.Paragraph);
        return new(walk.Title ?? FirstHeading(walk.Writer.Blocks), walk.Writer.Blocks);
    }

    static string? FirstHeading(IReadOnlyList<DocumentBlock> blocks) =>
        blocks.Count > 0 && blocks[0] is { Kind: DocumentBlockKind.Heading, Level: 1 } heading ? heading.Text : null;

    sealed class Walk(string source)
    {
        public BlockWriter Writer { get; } = new();

        public string? Title { get; private set; }

        // Recursion is bounded by Markdig's limit of 128 nested blocks.
        public void Container(ContainerBlock container, DocumentBlockKind kind)
        {
            foreach (var block in container)
            {
                switch (block)
                {
                    case YamlFrontMatterBlock front:
                        Title = FrontMatterTitle(front);
                        break;
                    case HeadingBlock heading:
                        Inlines(heading.Inline);
                        Writer.End(DocumentBlockKind.Heading, heading.Level);
                        break;
                    case CodeBlock code:
                        Writer.AppendVerbatim(code.Lines.ToString().Trim('\n'));
                        Writer.End(DocumentBlockKind.Code);
                        break;
                    case HtmlBlock html:
                        HtmlReader.ReadInto(Writer, source.AsSpan(html.Span.Start, html.Span.Length).ToString());
                        break;
                    case Table table:
                        Rows(table);
                        break;
                    case ListItemBlock item:
                        Container(item, DocumentBlockKind.ListItem);
                        break;
                    case LinkReferenceDefinitionGroup:
                        break;
                    case ContainerBlock inner:
                        Container(inner, kind);
                        break;
                    case LeafBlock { Inline: { } inline }:
                        Inlines(inline);
                        Writer.End(kind);
                        break;
                }
            }
        }

        void Rows(Table table)
        {
            Writer.BeginTable();
            foreach (var row in table.OfType<TableRow>())
            {
                foreach (var cell in row.OfType<TableCell>())
                {
                    foreach (var leaf in cell.Descendants<LeafBlock>())
                    {
                        Inlines(leaf.Inline);
                        Writer.Append(" ");
                    }

                    Writer.EndCell();
                }

                Writer.EndRow(row.IsHeader);
            }
        }

        // Follows the siblings' links instead of recursing: inlines may nest deeply.
        void Inlines(ContainerInline? root)
        {
            for (Inline? inline = root?.FirstChild; inline is not null;)
            {
                Text(inline);
                var next = (inline as ContainerInline)?.FirstChild ?? inline.NextSibling;
                while (next is null && inline.Parent is { } parent && parent != root)
                {
                    inline = parent;
                    next = inline.NextSibling;
                }

                inline = next!;
            }
        }

        void Text(Inline inline)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    Writer.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    Writer.Append(code.Content);
                    break;
                case LineBreakInline { IsHard: true }:
                    Writer.Break();
                    break;
                case LineBreakInline:
                    Writer.Append(" ");
                    break;
                case HtmlEntityInline entity:
                    Writer.Append(entity.Transcoded.AsSpan());
                    break;
                case AutolinkInline link:
                    Writer.Append(link.Url);
                    break;
                case HtmlInline { Tag: var tag } when tag.StartsWith("<br", StringComparison.OrdinalIgnoreCase):
                    Writer.Break();
                    break;
                case DelimiterInline delimiter:
                    Writer.Append(delimiter.ToLiteral());
                    break;
            }
        }

        static string? FrontMatterTitle(YamlFrontMatterBlock front)
        {
            foreach (var line in front.Lines.ToString().Split('\n'))
            {
                if (line.StartsWith("title:", StringComparison.OrdinalIgnoreCase))
                {
                    var title = line.AsSpan("title:".Length).Trim().Trim("\"'").ToString();
                    return title.Length > 0 ? title : null;
                }
            }

            return null;
        }
    }
}
