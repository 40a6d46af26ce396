using DigitalTwin.Engines;
using DigitalTwin.Engines.Extractive;
using DigitalTwin.Knowledge;
using Xunit;

namespace DigitalTwin.Tests.Engines;

public sealed class AnswerSelectorTests
{
    [Fact]
    public void The_document_that_all_of_its_sentences_speak_for_comes_before_a_single_better_sentence()
    {
        Passage[] passages = [Passage.Create("one", "", "", 0, "Alone."), Passage.Create("many", "", "", 0, "First. Second.")];
        var grounding = new Grounding(
            QuestionReader.Read("Anything?", "Ada"), [], passages, [2, 1], new Speaker("Ada", "", []), null, "");
        List<SentenceScore> scores = [new(0, 0, 5f), new(1, 0, 4.5f), new(1, 1, 4.8f)];

        AnswerSelector.PutDocumentFirst(grounding, scores);

        Assert.Equal([new SentenceScore(1, 1, 4.8f), new SentenceScore(1, 0, 4.5f), new SentenceScore(0, 0, 5f)], scores);
    }

    [Theory]
    [InlineData("when did you open the shop", "founding")]
    [InlineData("where can I park?", "parking")]
    public void A_question_is_about_the_topics_whose_cues_it_has(string question, string topic) =>
        Assert.Contains(topic, QuestionReader.Read(question, "Ada").Topics.Select(t => t.Name));
}
