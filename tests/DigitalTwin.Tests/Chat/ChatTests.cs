using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>The conversation over HTTP, with the built-in persona and the extractive engine.</summary>
public sealed class ChatTests
{
    [Fact]
    public async Task A_question_is_answered_with_verified_citations()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync("When were you born?");

        Assert.Equal("answered", answer.Text("status"));
        Assert.Equal("extractive", answer.Text("engine"));
        Assert.Contains("10 December 1815", answer.Text("answer"), StringComparison.Ordinal);
        Assert.NotEmpty(answer["citations"]!.AsArray());
    }

    [Fact]
    public async Task What_the_knowledge_does_not_hold_is_declined_without_a_citation()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync("What is the capital of Peru?");

        Assert.Contains("I don't know", answer.Text("answer"), StringComparison.Ordinal);
        Assert.Empty(answer["citations"]!.AsArray());
    }

    [Fact]
    public async Task A_suggestion_that_was_asked_does_not_come_again_in_its_session()
    {
        using var workshop = new Workshop();
        await using var twin = TwinFixture.Start(settings: workshop.Setting);
        using var visitor = twin.NewVisitor();

        var first = await visitor.AskAsync("How long does a repair take?");
        var second = await visitor.AskAsync(Workshop.Question, first.Text("sessionId"));
        var third = await visitor.AskAsync("where is the workshop? ", first.Text("sessionId"));
        var fourth = await visitor.AskAsync(Workshop.Question, first.Text("sessionId"));
        var elsewhere = await visitor.AskAsync(Workshop.Question);

        Assert.All([first, second], answer => Assert.Equal(["Where is the workshop?"], Suggestions(answer)));
        Assert.All([third, fourth], answer => Assert.Empty(Suggestions(answer)));
        Assert.Equal(2, Suggestions(elsewhere).Count());
    }

    private static IEnumerable<string> Suggestions(JsonObject answer) => answer["suggestions"]!.AsArray().Select(suggestion => suggestion!.GetValue<string>());
}
