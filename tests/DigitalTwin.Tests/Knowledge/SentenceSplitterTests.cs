using DigitalTwin.Knowledge;
using Xunit;

namespace DigitalTwin.Tests.Knowledge;

public sealed class SentenceSplitterTests
{
    [Theory]
    [InlineData("Dr. King met Mr. Babbage. They spoke.", "Dr. King met Mr. Babbage.|They spoke.")]
    [InlineData("She used tools, e.g. a loom. It worked.", "She used tools, e.g. a loom.|It worked.")]
    [InlineData("Signed A.A.L. in 1843. Nobody knew.", "Signed A.A.L. in 1843.|Nobody knew.")]
    [InlineData("It cost 3.14 pounds. Not much!", "It cost 3.14 pounds.|Not much!")]
    [InlineData("\"Why?\" she asked. \"Because.\" He left.", "\"Why?\" she asked.|\"Because.\"|He left.")]
    [InlineData("So did I. Then we left.", "So did I.|Then we left.")]
    [InlineData("See Fig. 3 and No. 5. Done.", "See Fig. 3 and No. 5.|Done.")]
    [InlineData("Wait... What? Yes.", "Wait...|What?|Yes.")]
    [InlineData("1. First step. 2nd part.", "1. First step.|2nd part.")]
    [InlineData("J. S. Bach wrote it. We play it.", "J. S. Bach wrote it.|We play it.")]
    [InlineData("a wing in a slipstream . an attempt is made .", "a wing in a slipstream .|an attempt is made .")]
    [InlineData("no full stop", "no full stop")]
    public void Sentences_end_where_a_reader_would_end_them(string text, string expected)
    {
        Assert.Equal(expected, string.Join('|', Sentences(text)));
    }

    [Fact]
    public void Every_line_is_a_paragraph_of_its_own()
    {
        var ranges = SentenceSplitter.Split("One. Two.\n\n- an item\nMonday: 9 to 5");

        Assert.Equal([0, 0, 1, 2], ranges.Select(range => range.Paragraph));
    }

    static IEnumerable<string> Sentences(string text) =>
        SentenceSplitter.Split(text).Select(range => text.Substring(range.Start, range.Length));
}
