using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace DigitalTwin.Hosting.Pages;

/// <summary>
/// A page of <c>wwwroot</c> with places for the persona: <c>{{name}}</c> and the like, and <c>{{#list}}…{{.}}…{{/list}}</c>, which is
/// repeated. It is cut into pieces once and values are never read as template, so a value that looks like a place comes out as text.
/// </summary>
internal sealed class PageTemplate
{
    /// <summary>Escapes what has a meaning in HTML and leaves every script of the world readable.</summary>
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly List<Piece> pieces = [];

    /// <summary>Throws <see cref="FormatException"/> when a place does not end or a list does not close.</summary>
    public PageTemplate(string text)
    {
        var rest = text.AsSpan();
        for (var start = rest.IndexOf("{{"); start >= 0; start = rest.IndexOf("{{"))
        {
            var end = rest[start..].IndexOf("}}");
            if (end < 0)
            {
                throw new FormatException("A page has '{{' without '}}'.");
            }

            pieces.Add(new Piece(rest[..start].ToString(), rest.Slice(start + 2, end - 2).ToString()));
            rest = rest[(start + end + 2)..];
        }

        pieces.Add(new Piece(rest.ToString(), null));
    }

    /// <summary>The page of that file name, as it was built into the application.</summary>
    public static PageTemplate Load(string file)
    {
        using var stream = typeof(PageTemplate).Assembly.GetManifestResourceStream("wwwroot/" + file)
            ?? throw new InvalidOperationException($"The page {file} was not built into the application.");
        using var reader = new StreamReader(stream);
        return new PageTemplate(reader.ReadToEnd());
    }

    /// <summary>Throws <see cref="FormatException"/> for a place that has no value.</summary>
    /// <param name="texts">Values by name; they are escaped for HTML.</param>
    /// <param name="lists">Lists by name; their items are escaped as well.</param>
    /// <param name="raw">Values that are markup, or safe where they stand.</param>
    public string Render(
        IReadOnlyDictionary<string, string> texts, IReadOnlyDictionary<string, IReadOnlyList<string>> lists, IReadOnlyDictionary<string, string> raw)
    {
        var page = new StringBuilder();
        for (var i = 0; i < pieces.Count; i++)
        {
            page.Append(pieces[i].Text);
            if (pieces[i].Place is { } place)
            {
                if (place.StartsWith('#'))
                {
                    i = RenderList(page, i, lists.GetValueOrDefault(place[1..]) ?? throw Unknown(place));
                }
                else
                {
                    page.Append(texts.TryGetValue(place, out var value) ? Encoder.Encode(value) : raw.GetValueOrDefault(place) ?? throw Unknown(place));
                }
            }
        }

        return page.ToString();
    }

    /// <summary>The index of the piece that closes the list; the text behind it is the next piece's.</summary>
    private int RenderList(StringBuilder page, int open, IReadOnlyList<string> items)
    {
        var close = pieces.FindIndex(open, piece => piece.Place == "/" + pieces[open].Place![1..]);
        if (close < 0)
        {
            throw Unknown(pieces[open].Place!);
        }

        foreach (var item in items)
        {
            for (var i = open + 1; i <= close; i++)
            {
                page.Append(pieces[i].Text);
                if (i < close)
                {
                    page.Append(pieces[i].Place == "." ? Encoder.Encode(item) : throw Unknown(pieces[i].Place!));
                }
            }
        }

        return close;
    }

    private static FormatException Unknown(string place) => new($"A page has the place '{{{{{place}}}}}', which has no value or no end.");

    /// <param name="Place">What stands between the braces behind the text; null behind the last one.</param>
    private sealed record Piece(string Text, string? Place);
}
