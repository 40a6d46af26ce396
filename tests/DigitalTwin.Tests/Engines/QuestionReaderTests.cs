using DigitalTwin.Engines.Extractive;
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
}
