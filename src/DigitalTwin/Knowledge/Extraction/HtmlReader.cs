using System.Collections.Frozen;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace DigitalTwin.Knowledge;

/// <summary>
/// Reads HTML by AngleSharp's tokens and not by its tree, which takes quadratic time for deeply nested or unclosed tags.
/// Navigation, scripts, page headers and footers, forms and hidden elements are left out; when the page marks its main
/// part, nothing else is read.
/// </summary>
static class HtmlReader
{
    static readonly FrozenSet<string> Skipped = FrozenSet.ToFrozenSet(
        [
            "script", "style", "noscript", "template", "nav", "aside", "footer", "svg", "math", "iframe", "object", "button",
            "select", "textarea", "dialog", "canvas", "audio", "video", "head", "map", "datalist", "noembed", "noframes", "xmp",
        ]);

    static readonly FrozenSet<string> Void = FrozenSet.ToFrozenSet(
        [
            "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
        ]);

    static readonly FrozenSet<string> Blocks = FrozenSet.ToFrozenSet(
        [
            "p", "div", "section", "article", "main", "header", "body", "html", "ul", "ol", "li", "dl", "dt", "dd", "table", "thead",
            "tbody", "tfoot", "tr", "td", "th", "caption", "blockquote", "figure", "figcaption", "address", "pre", "hr", "h1", "h2",
            "h3", "h4", "h5", "h6", "form", "fieldset", "details", "summary", "center", "menu", "hgroup", "search", "legend",
        ]);

    static readonly FrozenSet<string> NoiseRoles =
        FrozenSet.ToFrozenSet(["navigation", "banner", "contentinfo", "search", "complementary", "dialog", "menu"]);

    public static DocumentText Read(string html)
    {
        var whole = new Walk(new BlockWriter(), onlyMain: html.Contains("<main", StringComparison.OrdinalIgnoreCase));
        whole.Run(html);
        if (whole.OnlyMain && whole.Writer.Blocks.Count == 0)
        {
            whole = new Walk(new BlockWriter(), onlyMain: false);
            whole.Run(html);
        }

        return new(WithoutSiteName(whole.Title, whole.Writer.Blocks), whole.Writer.Blocks);
    }

    // "Your first visit | Example Dental Practice" is titled by its heading when the two begin alike.
    static string? WithoutSiteName(string? title, IReadOnlyList<DocumentBlock> blocks)
    {
        foreach (var block in blocks)
        {
            if (block.Kind == DocumentBlockKind.Heading)
            {
                return title is null || title.StartsWith(block.Text, StringComparison.OrdinalIgnoreCase) ? block.Text : title;
            }
        }

        return title;
    }

    /// <summary>Reads a fragment into what another reader is writing.</summary>
    public static void ReadInto(BlockWriter writer, string html) => new Walk(writer, onlyMain: false).Run(html);

    sealed class Walk(BlockWriter writer, bool onlyMain)
    {
        // Only elements that change how text is read are kept open; a closing tag ends the nearest open one of its name.
        readonly List<string> open = [];
        readonly Dictionary<string, int> openByName = [];
        DocumentBlockKind kind = DocumentBlockKind.Paragraph;
        int headingLevel;
        int skipFrom = -1;
        int mainDepth;
        int rowDepth;
        bool rowIsHeader;
        bool inTitle;
        int preDepth;

        public BlockWriter Writer => writer;

        public bool OnlyMain => onlyMain;

        public string? Title { get; private set; }

        public void Run(string html)
        {
            using var source = new TextSource(html);
            var tokenizer = new HtmlTokenizer(source, HtmlEntityProvider.Resolver) { SkipComments = true };
            for (var token = tokenizer.Get(); token.Type != HtmlTokenType.EndOfFile; token = tokenizer.Get())
            {
                switch (token.Type)
                {
                    case HtmlTokenType.StartTag:
                        Start(token.AsTag(), tokenizer);
                        break;
                    case HtmlTokenType.EndTag:
                        End(token.Name);
                        break;
                    case HtmlTokenType.Character:
                        Text(token.Data);
                        break;
                }
            }

            // A page may end with its tags open; a table's row is written when it closes.
            while (open.Count > 0)
            {
                CloseTo(open[^1]);
            }

            Flush();
        }

        bool IsRead => skipFrom < 0 && (!onlyMain || mainDepth > 0);

        void Text(string text)
        {
            if (inTitle && Title is null)
            {
                Title = TextCleaning.OneLine(text) is { Length: > 0 } title ? title : null;
            }
            else if (IsRead && preDepth > 0)
            {
                writer.AppendVerbatim(text);
            }
            else if (IsRead)
            {
                writer.Append(text);
            }
        }

        void Start(HtmlTagToken tag, HtmlTokenizer tokenizer)
        {
            var name = tag.Name;
            tokenizer.State = name switch
            {
                "script" => HtmlParseMode.Script,
                "style" or "iframe" or "noembed" or "noframes" or "xmp" => HtmlParseMode.Rawtext,
                "title" or "textarea" => HtmlParseMode.RCData,
                _ => HtmlParseMode.PCData,
            };
            inTitle = name == "title" && !openByName.ContainsKey("svg");
            if (name == "br" && IsRead)
            {
                writer.Break();
            }

            if (Void.Contains(name) || inTitle)
            {
                return;
            }

            var isNoise = skipFrom < 0 && IsNoise(tag);
            var nestsInNoise = skipFrom >= 0 && name == open[skipFrom];
            if (!isNoise && !nestsInNoise && !Blocks.Contains(name) && !Skipped.Contains(name))
            {
                return;
            }

            CloseImplied(name);
            Flush();
            Push(name);
            if (isNoise)
            {
                skipFrom = open.Count - 1;
            }
            else if (skipFrom < 0)
            {
                Enter(name);
            }
        }

        void Enter(string name)
        {
            switch (name)
            {
                case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                    (kind, headingLevel) = (DocumentBlockKind.Heading, name[1] - '0');
                    break;
                case "li" or "dd" or "dt":
                    kind = DocumentBlockKind.ListItem;
                    break;
                case "table":
                    writer.BeginTable();
                    break;
                case "tr":
                    (rowDepth, rowIsHeader) = (rowDepth + 1, true);
                    break;
                case "td":
                    rowIsHeader = false;
                    break;
                case "main":
                    mainDepth++;
                    break;
                case "pre":
                    preDepth++;
                    kind = DocumentBlockKind.Code;
                    break;
            }
        }

        void End(string name)
        {
            inTitle = false;
            if (openByName.GetValueOrDefault(name) > 0)
            {
                CloseTo(name);
            }
        }

        void CloseTo(string name)
        {
            string closed;
            do
            {
                Flush();
                closed = open[^1];
                open.RemoveAt(open.Count - 1);
                openByName[closed]--;
                if (open.Count == skipFrom)
                {
                    skipFrom = -1;
                }
                else if (skipFrom < 0)
                {
                    Leave(closed);
                }
            }
            while (closed != name);
        }

        void Leave(string name)
        {
            switch (name)
            {
                case "td" or "th" when rowDepth == 1:
                    writer.EndCell();
                    break;
                case "tr":
                    if (--rowDepth == 0)
                    {
                        writer.EndRow(rowIsHeader);
                    }

                    break;
                case "main":
                    mainDepth--;
                    break;
                case "pre":
                    preDepth--;
                    break;
            }

            if (name is "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "pre" or "li" or "dd" or "dt")
            {
                kind = openByName.GetValueOrDefault("li") > 0 ? DocumentBlockKind.ListItem : DocumentBlockKind.Paragraph;
            }
        }

        // Inside a table row the text stays in its cell.
        void Flush()
        {
            if (rowDepth > 0)
            {
                writer.Append(" ");
            }
            else
            {
                writer.End(kind, kind == DocumentBlockKind.Heading ? headingLevel : 0);
            }
        }

        // <p>, <li>, <dt>, <td> and <tr> may be left unclosed; the next of their kind closes them.
        void CloseImplied(string name)
        {
            if (openByName.GetValueOrDefault("head") > 0 && Blocks.Contains(name))
            {
                CloseTo("head");
            }

            if (open.Count == 0)
            {
                return;
            }

            var last = open[^1];
            var implied = name switch
            {
                "li" => last is "li" or "p",
                "dt" or "dd" => last is "dt" or "dd" or "p",
                "td" or "th" => last is "td" or "th" or "p",
                "tr" => last is "tr" or "td" or "th" or "p",
                _ => last == "p" && Blocks.Contains(name),
            };
            if (implied && (skipFrom < 0 || open.Count - 1 > skipFrom))
            {
                CloseTo(last);
                CloseImplied(name);
            }
        }

        void Push(string name)
        {
            open.Add(name);
            openByName[name] = openByName.GetValueOrDefault(name) + 1;
        }

        bool IsNoise(HtmlTagToken tag) =>
            Skipped.Contains(tag.Name)
            || (tag.Name == "header" && mainDepth == 0 && openByName.GetValueOrDefault("article") == 0)
            || tag.Attributes.Exists(attribute => attribute.Name switch
            {
                "hidden" => true,
                "aria-hidden" => attribute.Value == "true",
                "role" => NoiseRoles.Contains(attribute.Value),
                "style" => IsHiddenStyle(attribute.Value),
                "class" or "id" => IsCookieNotice(attribute.Value),
                _ => false,
            });

        static bool IsHiddenStyle(string style)
        {
            var compact = style.Replace(" ", "", StringComparison.Ordinal);
            return compact.Contains("display:none", StringComparison.OrdinalIgnoreCase)
                || compact.Contains("visibility:hidden", StringComparison.OrdinalIgnoreCase);
        }

        static bool IsCookieNotice(string name) =>
            name.Contains("cookie-", StringComparison.OrdinalIgnoreCase) || name.Contains("cookieb", StringComparison.OrdinalIgnoreCase);
    }
}
