using DigitalTwin.Memory;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>A model of Bedrock, from its socket to the visitor's.</summary>
public sealed class BedrockAnswerTests
{
    private const string Question = "When were you born?";

    [Fact(Timeout = 30_000)]
    public async Task Each_token_reaches_the_visitor_before_the_next_is_said_and_the_usage_is_kept()
    {
        await using var twin = await BedrockTwin.StartAsync();
        var reply = twin.Model.Next(BedrockReply.Gated().Role());
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync(Question);
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");

        foreach (var token in new[] { "I ", "was ", "born ", "in ", "1815." })
        {
            reply.Token(token);
            Assert.Equal(token, (await reader.NextAsync("text-delta")).Delta);
        }

        reply.Finish().Usage(321, 5).Done();
        var finish = (await reader.RestAsync())[^2].Json["messageMetadata"]!.AsObject();

        Assert.Equal(("answered", "bedrock"), (finish.Text("status"), finish.Text("engine")));
        Assert.True(TurnId.TryParse(turnId, out var id));
        var stored = await twin.Twin.Services.GetRequiredService<SessionStore>().FindTurnAsync(id, TestContext.Current.CancellationToken);
        Assert.Equal(new TokenUsage(321, 5), stored!.Record.Usage);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("500")]
    [InlineData("429")]
    [InlineData("hang")]
    [InlineData("cut")]
    [InlineData("exception")]
    public async Task When_the_model_does_not_begin_the_built_in_engine_answers_and_is_named(string failure)
    {
        await using var twin = await BedrockTwin.StartAsync(settings: ("Twin:Engines:FirstTokenTimeout", failure == "hang" ? "00:00:00.3" : "00:00:15"));
        twin.Model.Next(failure switch
        {
            "hang" => BedrockReply.Hang(),
            "cut" => BedrockReply.CutAtOnce(),
            "exception" => BedrockReply.Gated().Role().Exception("throttlingException").Done(),
            _ => BedrockReply.Status(int.Parse(failure, System.Globalization.CultureInfo.InvariantCulture)),
        });
        using var visitor = twin.NewVisitor();

        using var reader = await visitor.StreamAsync(Question);
        var events = await reader.RestAsync();

        Assert.Single(twin.Model.Requests);
        Assert.Contains("10 December 1815", events.Text(), StringComparison.Ordinal);
        var finish = events[^2].Json["messageMetadata"]!.AsObject();
        Assert.Equal(("answered", "extractive"), (finish.Text("status"), finish.Text("engine")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("cut")]
    [InlineData("exception")]
    [InlineData("hang")]
    public async Task When_the_model_breaks_off_the_turn_has_failed_and_what_was_said_is_kept(string failure)
    {
        await using var twin = await BedrockTwin.StartAsync(settings: ("Twin:Engines:TokenTimeout", failure == "hang" ? "00:00:00.3" : "00:00:30"));
        var reply = twin.Model.Next(BedrockReply.Gated().Role().Token("I was born in "));
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync(Question);
        await reader.NextAsync("text-delta");

        _ = failure switch
        {
            "cut" => reply.Cut(),
            "exception" => reply.Exception("modelStreamErrorException"),
            _ => reply,
        };
        var rest = await reader.RestAsync();

        Assert.Equal(["text-end", "error", "finish", ServerEvent.Done], rest.Select(e => e.Type));
        Assert.Equal(("failed", "bedrock"), (rest[2].Json["messageMetadata"]!.AsObject().Text("status"), rest[2].Json["messageMetadata"]!.AsObject().Text("engine")));
        var session = Assert.Single((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray())!.AsObject().Text("sessionId");
        var turn = Assert.Single((await visitor.GetJsonAsync($"/api/memory/sessions/{session}"))["items"]!.AsArray())!.AsObject();
        Assert.Equal(("failed", "I was born in "), (turn.Text("status"), turn.Text("answer")));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("[bedrock:500]", "answered", "extractive")]
    [InlineData("[bedrock:429]", "answered", "extractive")]
    [InlineData("[bedrock:cut]", "answered", "extractive")]
    [InlineData("[bedrock:hang]", "answered", "extractive")]
    [InlineData("[bedrock:exception]", "answered", "extractive")]
    [InlineData("[bedrock:late-cut]", "failed", "bedrock")]
    [InlineData("[bedrock:late-exception]", "failed", "bedrock")]
    [InlineData("[bedrock:late-hang]", "failed", "bedrock")]
    [InlineData("Really?", "answered", "bedrock")]
    public async Task A_question_can_script_the_model(string wish, string status, string engine)
    {
        await using var twin = await BedrockTwin.StartAsync(
            null,
            ("Twin:Engines:FirstTokenTimeout", wish == "[bedrock:hang]" ? "00:00:00.3" : "00:00:15"),
            ("Twin:Engines:TokenTimeout", wish == "[bedrock:late-hang]" ? "00:00:00.3" : "00:00:30"));
        twin.Model.Otherwise = BedrockScript.ByQuestion;
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync($"{Question} {wish}");

        Assert.Equal((status, engine), (answer.Text("status"), answer.Text("engine")));
        Assert.Equal(status == "failed", answer.Text("answer") == "I began ");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_model_answers_from_the_passages_of_the_prompt_and_is_cited_word_for_word()
    {
        using var workshop = new Workshop();
        await using var twin = await BedrockTwin.StartAsync(settings: workshop.Setting);
        twin.Model.Otherwise = BedrockScript.FromPassages;
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync(Workshop.Question);

        Assert.Equal(($"{Workshop.Answer} [1]", "bedrock"), (answer.Text("answer"), answer.Text("engine")));
        var citation = Assert.Single(answer["citations"]!.AsArray())!.AsObject();
        Assert.Equal(("prices", Workshop.Answer), (citation.Text("documentId"), citation.Text("quote")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_conversation_is_told_in_turns()
    {
        await using var twin = await BedrockTwin.StartAsync();
        twin.Model.Next(BedrockReply.Of("In 1815."));
        twin.Model.Next(BedrockReply.CutAtOnce());
        twin.Model.Next(BedrockReply.Of("Yes."));
        using var visitor = twin.NewVisitor();

        var session = (await visitor.AskAsync(Question)).Text("sessionId");
        var second = await visitor.AskAsync("And where was that?", session);
        await visitor.AskAsync("Really?", session);

        Assert.Equal(
            [("user", Question), ("assistant", "In 1815."), ("user", "And where was that?"), ("assistant", second.Text("answer")), ("user", "Really?")],
            twin.Model.Requests[^1].Messages);
        Assert.Contains("You are the AI twin of Ada Lovelace", twin.Model.Requests[^1].System, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData("[bedrock:500]")]
    [InlineData("[bedrock:late-exception]")]
    public async Task Neither_words_nor_keys_are_logged_at_any_level(string wish)
    {
        using var logs = new CapturedLogs();
        await using var twin = await BedrockTwin.StartAsync(
            services =>
            {
                services.AddSingleton<ILoggerProvider>(logs);
                services.Configure<LoggerFilterOptions>(filter => filter.MinLevel = LogLevel.Trace);
            },
            ("Twin:LogLevel", "Verbose"), ("Twin:Knowledge:Retriever", "KnowledgeBase"), ("Twin:Knowledge:KnowledgeBaseId", "KB12345678"));
        twin.Model.Otherwise = BedrockScript.ByQuestion;
        twin.Model.Passages = wish.Length == 0 ? [new BedrockPassage("The zebramarker lives on the passagemarker.", "s3://bucket/zebra.md", 0.8)] : null;
        using var visitor = twin.NewVisitor();

        await visitor.AskAsync($"Where does the zebramarker live? {wish}");

        Assert.NotEmpty(twin.Model.Requests);
        var own = logs.Lines.Where(line => line.Level >= LogLevel.Information || line.Category.StartsWith("DigitalTwin.", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(own);
        Assert.All(own, line => Assert.DoesNotContain("zebramarker", line.Text, StringComparison.OrdinalIgnoreCase));
        Assert.All(own, line => Assert.DoesNotContain("passagemarker", line.Text, StringComparison.OrdinalIgnoreCase));
        Assert.All(logs.Lines, line => Assert.DoesNotContain(BedrockTwin.SecretKey, line.Text, StringComparison.Ordinal));
        Assert.All(logs.Lines, line => Assert.DoesNotContain(BedrockTwin.SessionToken, line.Text, StringComparison.Ordinal));
        Assert.All(logs.Lines, line => Assert.DoesNotContain("AWS4-HMAC", line.Text, StringComparison.Ordinal));
    }
}
