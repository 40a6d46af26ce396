using System.Net;
using DigitalTwin.Acceptance.Targets;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Acceptance;

/// <summary>It answers from what it knows, shows where that stands, and does not make up the rest.</summary>
public abstract class QuestionsSuite(Target twin)
{
    [Fact]
    public async Task An_answer_cites_the_document_that_says_so_word_by_word()
    {
        await using var lighthouse = await Lighthouse.AddAsync(twin);
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync(Lighthouse.Question);

        Assert.Equal("answered", answer.Text("status"));
        Assert.Contains("Halvor Tindeland", answer.Text("answer"), StringComparison.Ordinal);
        var citation = answer["citations"]![0]!.AsObject();
        Assert.Equal((lighthouse.DocumentId, Lighthouse.Title), (citation.Text("documentId"), citation.Text("title")));
        Assert.Contains(citation.Text("quote"), Lighthouse.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_that_was_set_up_answers()
    {
        using var visitor = twin.NewVisitor();

        var engine = (await visitor.AskAsync("Who are you?")).Text("engine");

        Assert.Equal(twin.Engine ?? engine, engine);
    }

    [Fact]
    public async Task What_it_does_not_know_it_does_not_cite()
    {
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync("How many goats were on Brandholm Skerry in 1702?");

        Assert.Equal("answered", answer.Text("status"));
        Assert.Empty(answer["citations"]!.AsArray());
    }

    [Fact]
    public async Task A_question_sent_twice_is_one_turn()
    {
        using var visitor = twin.NewVisitor();
        var first = await visitor.AskAsync("Who are you?", clientMessageId: "sent-twice");

        var again = await visitor.AskAsync("Who are you?", first.Text("sessionId"), "sent-twice");

        Assert.Equal(first.ToJsonString(), again.ToJsonString());
        var session = await visitor.GetJsonAsync($"/api/memory/sessions/{first.Text("sessionId")}");
        Assert.Single(session["items"]!.AsArray());
    }

    [Fact]
    public async Task Feedback_is_kept_with_its_turn()
    {
        using var visitor = twin.NewVisitor();
        var answer = await visitor.AskAsync("Who are you?");

        using var rated = await visitor.PostJsonAsync($"/api/chat/turns/{answer.Text("turnId")}/feedback", """{"rating":"up","comment":"Clear."}""");

        Assert.Equal(HttpStatusCode.NoContent, rated.StatusCode);
        var turn = (await visitor.GetJsonAsync($"/api/memory/sessions/{answer.Text("sessionId")}"))["items"]![0]!;
        Assert.Equal("Clear.", turn["feedback"]!.AsObject().Text("comment"));
    }
}
