using DigitalTwin.Engines.Extractive;
using DigitalTwin.Knowledge;
using Xunit;

namespace DigitalTwin.Tests.Engines;

public sealed class QuestionReaderTests
{
    [Fact]
    public void A_question_of_hundreds_of_words_is_read_as_far_as_a_search_goes()
    {
        var question = string.Join(' ', Enumerable.Range(0, 500).Select(i => $"x{(char)('a' + (i % 26))}{(char)('a' + (i / 26))}zq"));

        Assert.Equal(64, QuestionReader.Read(question, "Ada Lovelace").Terms.Count);
    }

    [Theory]
    [InlineData("when did he die?", true)]
    [InlineData("why?", true)]
    [InlineData("Did Babbage like his engine?", false)]
    [InlineData("Who taught you mathematics?", false)]
    public void A_pronoun_without_a_word_of_substance_before_it_leans_on_the_turn_before(string question, bool leans) =>
        Assert.Equal(leans, QuestionReader.Read(question, "Ada Lovelace").LeansOnPrevious);

    [Theory]
    [InlineData("what do you do?", QuestionKind.Identity)]
    [InlineData("What is Nutkeep?", QuestionKind.Identity)]
    [InlineData("What can you do?", QuestionKind.Capabilities)]
    [InlineData("What do you do on Sundays?", QuestionKind.Question)]
    public void What_somebody_is_or_does_at_all_asks_for_an_introduction(string question, QuestionKind kind) =>
        Assert.Equal(kind, QuestionReader.Read(question, "Nutkeep").Kind);

    [Fact]
    public void A_question_without_a_word_of_its_own_asks_for_its_topic() =>
        Assert.Equal("location", Assert.Single(QuestionReader.Read("Where exactly are you?", "Ada").Terms).Word);

    [Fact]
    public void Topics_are_those_of_the_word_that_was_meant()
    {
        var corrected = new Dictionary<string, string> { [TextAnalyzer.Stem("parkng")] = TextAnalyzer.Stem("parking") };

        Assert.Empty(QuestionReader.Read("Is there parkng?", "Ada").Topics);
        Assert.Equal("parking", Assert.Single(QuestionReader.TopicsOf("Is there parkng?", corrected)).Name);
    }
}
