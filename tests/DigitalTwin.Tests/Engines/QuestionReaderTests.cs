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
    [InlineData("ok", QuestionKind.Acknowledgement)]
    [InlineData("👍", QuestionKind.Acknowledgement)]
    [InlineData("???", QuestionKind.Acknowledgement)]
    [InlineData("I see.", QuestionKind.Acknowledgement)]
    [InlineData("Wow, that's very interesting!", QuestionKind.Acknowledgement)]
    [InlineData("Is it good?", QuestionKind.Question)]
    [InlineData("good wine", QuestionKind.Question)]
    [InlineData("why is that interesting?", QuestionKind.Question)]
    public void What_somebody_is_or_does_at_all_asks_for_an_introduction(string question, QuestionKind kind) =>
        Assert.Equal(kind, QuestionReader.Read(question, "Nutkeep").Kind);

    [Fact]
    public void A_question_without_a_word_of_its_own_asks_for_its_topic() =>
        Assert.Equal("location", Assert.Single(QuestionReader.Read("Where exactly are you?", "Ada").Terms).Word);

    [Fact]
    public void A_misspelt_question_asks_for_what_was_meant()
    {
        var question = QuestionReader.Read("How meny spaces has the parkng?", "Ada");

        var corrected = QuestionReader.Correct(question, new Dictionary<string, (string, string)>
        {
            [TextAnalyzer.Stem("meny")] = ("many", TextAnalyzer.Stem("many")),
            [TextAnalyzer.Stem("parkng")] = ("parking", TextAnalyzer.Stem("parking")),
        });

        Assert.Equal(AnswerType.Anything, question.Expects);
        Assert.Equal(AnswerType.Number, corrected.Expects);
        Assert.Contains("parking", corrected.Topics.Select(topic => topic.Name));
        Assert.Equal(question.Terms, corrected.Terms);
    }
}
