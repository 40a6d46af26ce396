using System.Diagnostics;
using DigitalTwin.Knowledge;
using Xunit;

namespace DigitalTwin.Tests.Knowledge;

public sealed class DocumentTextTests
{
    [Fact]
    public void Markdown_keeps_its_meaning_and_loses_its_marks()
    {
        var document = DocumentText.FromMarkdown("""
            # Prices

            Our *fees* are **fair**, see [the list](https://example.com) or `ask`.
            Second line &amp; <b>bold</b>.

            ## For adults

            - one
              - nested
            - two

            | Treatment | Fee |
            |---|---|
            | Crown | £695 |

            > quoted words

            ```
            let x = 1;
            ```
            """);

        Assert.Equal("Prices", document.Title);
        Assert.Equal(
            [
                "Heading:Prices", "Paragraph:Our fees are fair, see the list or ask. Second line & bold.", "Heading:For adults",
                "ListItem:one", "ListItem:nested", "ListItem:two", "TableRow:Crown — Fee: £695", "Paragraph:quoted words", "Code:let x = 1;",
            ],
            Shown(document));
    }

    [Fact]
    public void Html_is_read_without_its_furniture()
    {
        var document = DocumentText.FromHtml("""
            <!DOCTYPE html><html><head><title>Your visit | Example Practice</title><style>p{}</style><script>var x = "<p>no</p>";</script>
            <body><header>Banner</header><nav><ul><li>Home</ul></nav>
            <main><h1>Your visit</h1><p>We ask for a &pound;20 <em>deposit</em>.<p hidden>secret</p><p style="display: none">secret</p>
            <ul><li>one<li>two <a href=x>linked</a></ul>
            <table><tr><th>Day<th>Opens<th>Closes<tr><td>Monday<td>9<td>5</table>
            <span aria-hidden="true">icon <span>x</span></span>Tail<br>line</main><aside>Advert</aside><footer>(c)</footer>
            """);

        Assert.Equal("Your visit", document.Title);
        Assert.Equal(
            [
                "Heading:Your visit", "Paragraph:We ask for a £20 deposit.", "ListItem:one", "ListItem:two linked",
                "TableRow:Monday — Opens: 9; Closes: 5", "Paragraph:Tail\nline",
            ],
            Shown(document));
    }

    [Fact]
    public void Html_that_ends_with_its_tags_open_is_read_to_its_end()
    {
        var document = DocumentText.FromHtml("<p>One.<table><tr><td>Monday<td>9 to 5<h2>Later<p>Two.");

        Assert.Equal(["Paragraph:One.", "TableRow:Monday: 9 to 5 Later Two."], Shown(document));
    }

    [Fact]
    public void Plain_text_is_read_by_its_layout()
    {
        var document = DocumentText.FromPlainText(
            "Opening\r\n=======\r\nA line that was wrapped by someone's old editor\r\nand goes on here.\r\n\r\n- item one\r\n- item two\r\n\r\nMonday: 9 to 5\r\nTuesday: closed\0\u0007\r\n");

        Assert.Equal(
            [
                "Heading:Opening", "Paragraph:A line that was wrapped by someone's old editor and goes on here.", "ListItem:item one",
                "ListItem:item two", "Paragraph:Monday: 9 to 5\nTuesday: closed",
            ],
            Shown(document));
    }

    [Fact]
    public void Front_matter_gives_the_title_and_no_text()
    {
        var document = DocumentText.FromMarkdown("---\ntitle: \"About me\"\ndate: 2024\n---\n\nHello.");

        Assert.Equal("About me", document.Title);
        Assert.Equal(["Paragraph:Hello."], Shown(document));
    }

    [Theory]
    [InlineData("> ")]
    [InlineData("- ")]
    [InlineData("[")]
    [InlineData("[](")]
    [InlineData("![a")]
    [InlineData("*a **b ")]
    [InlineData("_(")]
    [InlineData("<div>")]
    [InlineData("<b><p>")]
    [InlineData("<table><tr><td>")]
    [InlineData("<ul><li>")]
    [InlineData("<a b=\"")]
    [InlineData("<!--")]
    [InlineData("<script>")]
    [InlineData("<span hidden>")]
    [InlineData("&amp")]
    [InlineData("[a]: b\n")]
    [InlineData("a|b\n-|-\n")]
    [InlineData("# a\n")]
    [InlineData("\0\uD800")]
    public void A_hundred_thousand_of_anything_is_read_in_reasonable_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 100_000)) + "\n\nend";
        var clock = Stopwatch.StartNew();

        foreach (var mediaType in (ReadOnlySpan<string>)["text/markdown", "text/html", "text/plain"])
        {
            var document = DocumentText.Read(text, mediaType);
            PassageSplitter.Split("d", "t", document);
            Assert.DoesNotContain(document.Blocks, block => block.Text.Contains('\0'));
        }

        // Quadratic time would be minutes; the margin is for a busy machine.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
    }

    [Fact]
    public void Lists_indented_without_end_are_read_in_reasonable_time()
    {
        var clock = Stopwatch.StartNew();

        var document = DocumentText.FromMarkdown(string.Join('\n', Enumerable.Range(0, 5_000).Select(i => new string(' ', i * 2) + "- x")));

        Assert.NotEmpty(document.Blocks);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"took {clock.Elapsed}");
    }

    static IEnumerable<string> Shown(DocumentText document) => document.Blocks.Select(block => $"{block.Kind}:{block.Text}");
}
