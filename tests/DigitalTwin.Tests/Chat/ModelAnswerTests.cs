using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Memory;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>A model behind an OpenAI-compatible server, from its socket to the visitor's.</summary>
public sealed class ModelAnswerTests
{
    private const string Question = "When were you born?";

    [Fact(Timeout = 30_000)]
    public async Task The_answer_is_the_models_and_names_it()
    {
        await using var twin = await ModelTwin.StartAsync();
        twin.Next("I was born ", "on 10 December 1815", ".");
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync(Question);

        Assert.Equal("I was born on 10 December 1815.", answer.Text("answer"));
        Assert.Equal(("answered", "openai"), (answer.Text("status"), answer.Text("engine")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Each_token_reaches_the_visitor_before_the_next_is_said()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync(Question);

        foreach (var token in new[] { "I ", "was ", "born ", "in ", "1815." })
        {
            reply.Token(token);
            Assert.Equal(token, (await reader.NextAsync("text-delta")).Delta);
        }

        reply.Finish().Done();
        Assert.Equal("finish", (await reader.RestAsync())[^2].Type);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_usage_is_kept_with_the_turn()
    {
        await using var twin = await ModelTwin.StartAsync();
        twin.Next("One ", "two ", "three.");
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync(Question);

        Assert.True(TurnId.TryParse(answer.Text("turnId"), out var id));
        var stored = await twin.Twin.Services.GetRequiredService<SessionStore>().FindTurnAsync(id, TestContext.Current.CancellationToken);
        Assert.Equal(new TokenUsage(10, 3), stored!.Record.Usage);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("500")]
    [InlineData("hang")]
    [InlineData("cut at once")]
    [InlineData("cut before the first token")]
    [InlineData("nothing said")]
    public async Task When_the_model_does_not_begin_the_built_in_engine_answers_and_is_named(string failure)
    {
        await using var twin = await ModelTwin.StartAsync(settings: ("Twin:Engines:FirstTokenTimeout", failure == "hang" ? "00:00:00.3" : "00:00:15"));
        var reply = twin.Model.Next(failure switch
        {
            "500" => OpenAiReply.Status(500),
            "hang" => OpenAiReply.Hang(),
            "cut at once" => OpenAiReply.CutAtOnce(),
            "nothing said" => OpenAiReply.Of(),
            _ => OpenAiReply.Gated().Role().Cut(),
        });
        using var visitor = twin.NewVisitor();

        using var reader = await visitor.StreamAsync(Question);
        var events = await reader.RestAsync();

        Assert.True(reply.Started.IsCompleted);
        Assert.Contains("10 December 1815", events.Text(), StringComparison.Ordinal);
        var finish = events[^2].Json["messageMetadata"]!.AsObject();
        Assert.Equal(("answered", "extractive"), (finish.Text("status"), finish.Text("engine")));
        var turn = await OnlyTurnAsync(visitor);
        Assert.Equal((events.Text(), "extractive"), (turn.Text("answer"), turn.Text("engine")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("cut")]
    [InlineData("error")]
    [InlineData("silence")]
    public async Task When_the_model_breaks_off_the_turn_has_failed_and_what_was_said_is_kept(string failure)
    {
        await using var twin = await ModelTwin.StartAsync(settings: ("Twin:Engines:TokenTimeout", failure == "silence" ? "00:00:00.3" : "00:00:30"));
        var reply = twin.Model.Next(OpenAiReply.Gated().Token("I was born in "));
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync(Question);
        await reader.NextAsync("text-delta");

        _ = failure switch
        {
            "cut" => reply.Cut(),
            "error" => reply.Error(),
            _ => reply,
        };
        var rest = await reader.RestAsync();

        Assert.Equal(["text-end", "error", "finish", ServerEvent.Done], rest.Select(e => e.Type));
        Assert.Equal("failed", rest[2].Json["messageMetadata"]!.AsObject().Text("status"));
        var turn = await OnlyTurnAsync(visitor);
        Assert.Equal(("failed", "I was born in ", "openai"), (turn.Text("status"), turn.Text("answer"), turn.Text("engine")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_session_goes_on_after_a_turn_that_failed()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.Model.Next(OpenAiReply.Gated().Token("I was "));
        twin.Next("In 1815.");
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync(Question);
        var sessionId = (await reader.NextAsync("data-turn")).Json["data"]!.AsObject().Text("sessionId");
        await reader.NextAsync("text-delta");
        reply.Cut();
        await reader.RestAsync();

        var next = await visitor.AskAsync("Once more?", sessionId);

        Assert.Equal(("answered", "In 1815."), (next.Text("status"), next.Text("answer")));
        Assert.EndsWith(".2", next.Text("turnId"), StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_models_markers_become_citations_whose_quotes_are_in_the_passages()
    {
        using var workshop = new Workshop();
        await using var twin = await ModelTwin.StartAsync(settings: workshop.Setting);
        twin.Next("A full leather binding is 180 pounds [", "1", "]. Cloth is cheaper [9].");
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync(Workshop.Question);

        Assert.Equal("A full leather binding is 180 pounds [1]. Cloth is cheaper.", answer.Text("answer"));
        var citation = Assert.Single(answer["citations"]!.AsArray())!.AsObject();
        Assert.Equal(("prices", Workshop.Answer), (citation.Text("documentId"), citation.Text("quote")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_passage_that_did_not_fit_into_the_prompt_cannot_be_cited()
    {
        using var workshop = new Workshop();
        await using var twin = await ModelTwin.StartAsync(settings: [workshop.Setting, ("Twin:Engines:MaxContextTokens", "1000")]);
        using (var owner = twin.Twin.Owner())
        {
            for (var n = 1; n <= 3; n++)
            {
                var text = string.Concat(Enumerable.Repeat($"A full leather binding of kind {n} costs more. ", 22));
                using var added = await owner.PostJsonAsync(
                    "/api/owner/knowledge/documents", new JsonObject { ["title"] = $"Kind {n}", ["text"] = text }.ToJsonString());
                Assert.Equal(HttpStatusCode.Created, added.StatusCode);
            }
        }

        twin.Next("One [1]. Two [2]. Three [3]. Four [4].");
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync(Workshop.Question);

        var prompt = Assert.Single(twin.Model.Requests).Messages[0].Text;
        Assert.Contains("\n[2] ", prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("\n[3] ", prompt, StringComparison.Ordinal);
        Assert.Equal("One [1]. Two [2]. Three. Four.", answer.Text("answer"));
        Assert.Equal(2, answer["citations"]!.AsArray().Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("A full leather binding costs 180 pounds [1].", Workshop.Answer)]
    [InlineData("A full leather binding costs [1] a lot.", "A full leather binding costs")]
    public async Task A_quoted_sentence_has_the_stop_that_the_model_put_behind_its_marker(string said, string quote)
    {
        using var workshop = new Workshop();
        await using var twin = await ModelTwin.StartAsync(settings: workshop.Setting);
        twin.Next(said);
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync(Workshop.Question);

        Assert.Equal(quote, Assert.Single(answer["citations"]!.AsArray())!.AsObject().Text("quote"));
    }

    private static async Task<JsonObject> OnlyTurnAsync(HttpClient visitor)
    {
        var sessions = await visitor.GetJsonAsync("/api/memory/sessions");
        var session = await visitor.GetJsonAsync($"/api/memory/sessions/{Assert.Single(sessions["items"]!.AsArray())!.AsObject().Text("sessionId")}");
        return Assert.Single(session["items"]!.AsArray())!.AsObject();
    }
}
