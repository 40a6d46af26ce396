using DigitalTwin.Knowledge;
using Xunit;

namespace DigitalTwin.Tests.Knowledge;

public sealed class TextAnalyzerTests
{
    [Theory]
    [InlineData("Charles Babbage's engine", "charles babbage engine")]
    [InlineData("1,842 and 3.14 and 10,5", "1842 and 3.14 and 10 5")]
    [InlineData("C++ or C# or .NET", "c++ or c# or net")]
    [InlineData("node.js", "nodejs node js")]
    [InlineData("an e-mail", "an email e mail")]
    [InlineData("ada@example.com", "adaexamplecom ada example com")]
    [InlineData("U.S.A. R&D", "usa rd")]
    [InlineData("1956-57", "1956 57")]
    [InlineData("X-15", "x15 x 15")]
    [InlineData("don't can’t we'll I'd", "dont cant we i")]
    [InlineData("O'Brien", "obrien o brien")]
    [InlineData("Dvořák naïve Straße Æsop e\u0301tude ﬁn", "dvorak naive strasse aesop etude fin")]
    [InlineData("東京 tower", "東 京 tower")]
    [InlineData("Привет", "привет")]
    [InlineData("the teachers' room", "the teachers room")]
    [InlineData("co\u00ADoperate", "cooperate")]
    [InlineData("--- ... '' !?", "")]
    public void Text_is_cut_into_folded_words(string text, string words)
    {
        Assert.Equal(words, string.Join(' ', TextAnalyzer.Analyze(text).Select(token => token.Word)));
    }

    [Fact]
    public void Tokens_point_at_their_place_in_the_text()
    {
        const string Text = "Who was Mr. Babbage's e-mail friend, in 1,842?";

        var places = TextAnalyzer.Analyze(Text).Select(token => Text.Substring(token.Start, token.Length));

        Assert.Equal(["Who", "was", "Mr", "Babbage's", "e-mail", "e", "mail", "friend", "in", "1,842"], places);
    }

    [Theory]
    [InlineData("what's", true)]
    [InlineData("don't", true)]
    [InlineData("I", true)]
    [InlineData("the", true)]
    [InlineData("engine", false)]
    [InlineData("1842", false)]
    public void Stop_words_are_marked(string word, bool isStopWord)
    {
        Assert.Equal(isStopWord, Assert.Single(TextAnalyzer.Analyze(word)).IsStopWord);
    }

    [Fact]
    public void Equal_stems_are_one_string()
    {
        var tokens = TextAnalyzer.Analyze("engines engine ENGINE's");

        Assert.All(tokens, token => Assert.Same(tokens[0].Stem, token.Stem));
    }

    [Fact]
    public void Endless_words_and_hostile_text_are_analysed_all_the_same()
    {
        var word = Assert.Single(TextAnalyzer.Analyze(new string('x', 1_000_000)));
        Assert.Equal(1_000_000, word.Length);
        Assert.Equal(64, word.Word.Length);
        Assert.Equal(100_000, TextAnalyzer.Analyze(string.Concat(Enumerable.Repeat("a. ", 100_000))).Count);
        Assert.NotEmpty(TextAnalyzer.Analyze(string.Concat(Enumerable.Repeat("a-", 100_000))));
        Assert.Empty(TextAnalyzer.Analyze("\uD800 \uDC00 \u0301"));
    }
}
