using System.Net;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>A session answers one turn at a time, and one client message id stands for one turn.</summary>
public sealed class OneTurnAtATimeTests
{
    private const string Question = "When were you born?";

    [Theory(Timeout = 30_000)]
    [InlineData("/api/chat")]
    [InlineData("/api/chat/stream")]
    public async Task Of_two_questions_at_once_in_a_session_one_is_refused(string path)
    {
        await using var twin = await ModelTwin.StartAsync();
        twin.Next("Hello.");
        using var visitor = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync("Hello there, who are you?")).Text("sessionId");
        var reply = twin.NextIsGated();

        Task<HttpResponseMessage>[] posts =
            [visitor.PostJsonAsync(path, ChatClientExtensions.Body("First?", sessionId)), visitor.PostJsonAsync(path, ChatClientExtensions.Body("Second?", sessionId))];
        using var refused = await await Task.WhenAny(posts);
        reply.Token("Yes.").Finish().Done();
        var responses = await Task.WhenAll(posts);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Equal("turn_in_progress", (await refused.JsonAsync()).Text("code"));
        Assert.Single(responses, response => response.StatusCode is HttpStatusCode.OK);
        var turns = (await visitor.GetJsonAsync($"/api/memory/sessions/{sessionId}"))["items"]!.AsArray();
        Assert.Equal([1, 2], turns.Select(turn => turn!["sequence"]!.GetValue<int>()));
        Assert.Equal(2, twin.Model.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_stranger_who_asks_in_a_session_does_not_keep_its_visitor_out()
    {
        var table = new HeldTable();
        await using var twin = TwinFixture.Start(services: table.Register);
        using var visitor = twin.NewVisitor();
        using var stranger = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync(Question)).Text("sessionId");
        table.HoldNextRead("META");

        var intrusion = stranger.PostJsonAsync("/api/chat", ChatClientExtensions.Body("And then?", sessionId));
        await table.Arrived;
        using var answer = await visitor.PostJsonAsync("/api/chat", ChatClientExtensions.Body("Who was your father?", sessionId));
        table.Release();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await intrusion).StatusCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Sessions_do_not_wait_for_each_other()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        using var waiting = await visitor.StreamAsync(Question);
        await reply.Started;
        twin.Next("Here.");

        Assert.Equal("Here.", (await visitor.AskAsync("And you?")).Text("answer"));

        reply.Token("In 1815.").Finish().Done();
        Assert.Equal("In 1815.", (await waiting.RestAsync()).Text());
    }

    [Fact]
    public async Task The_same_client_message_id_is_answered_once()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();

        var first = await visitor.AskAsync(Question, clientMessageId: "m-1");
        var second = await visitor.AskAsync(Question, clientMessageId: "m-1");
        var third = await visitor.AskAsync(Question, first.Text("sessionId"), "m-1");

        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        Assert.Equal(first.ToJsonString(), third.ToJsonString());
        await AssertOneTurnAsync(visitor, first.Text("turnId"));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retries_that_overtake_each_other_get_one_turn(bool inSession)
    {
        await using var twin = await ModelTwin.StartAsync();
        using var visitor = twin.NewVisitor();
        twin.Next("Hello.");
        var sessionId = (await visitor.AskAsync("Hello there, who are you?")).Text("sessionId");
        var reply = twin.NextIsGated();

        var retries = Enumerable.Range(0, 12)
            .Select(_ => visitor.AskAsync(Question, inSession ? sessionId : null, "m-1"))
            .ToArray();
        await reply.Started;
        reply.Token("In 1815.").Finish().Done();
        var answers = await Task.WhenAll(retries);

        Assert.Single(answers.Select(answer => answer.ToJsonString()).Distinct());
        Assert.Equal("In 1815.", answers[0].Text("answer"));
        Assert.Equal(2, twin.Model.Requests.Count);
        var turns = (await visitor.GetJsonAsync($"/api/memory/sessions/{answers[0].Text("sessionId")}"))["items"]!.AsArray();
        Assert.Single(turns, turn => turn!.AsObject().Text("question") == Question);
        Assert.Equal(inSession ? 1 : 2, (await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray().Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task Retries_that_come_while_the_question_is_being_stored_wait_for_it()
    {
        const int retries = 12;
        var table = new HeldTable();
        await using var twin = TwinFixture.Start(services: table.Register);
        using var visitor = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync("Who was your father?")).Text("sessionId");
        table.HoldNextPut("TURN#");

        var first = visitor.AskAsync(Question, sessionId, "m-1");
        await table.Arrived;
        await table.ReadAsync("MESSAGE#m-1");
        var others = Enumerable.Range(0, retries).Select(_ => visitor.AskAsync(Question, sessionId, "m-1")).ToArray();
        for (var i = 0; i < retries; i++)
        {
            await table.ReadAsync("MESSAGE#m-1");
        }

        table.Release();
        var answer = await first;

        Assert.All(await Task.WhenAll(others), other => Assert.Equal(answer.ToJsonString(), other.ToJsonString()));
        Assert.Equal(2, (await visitor.GetJsonAsync($"/api/memory/sessions/{sessionId}"))["items"]!.AsArray().Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_retry_of_a_running_turn_reads_the_same_stream()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated().Token("In ");
        using var visitor = twin.NewVisitor();
        using var first = await visitor.StreamAsync(Question, clientMessageId: "m-1");
        await first.NextAsync("text-delta");

        using var second = await visitor.StreamAsync(Question, clientMessageId: "m-1");
        Assert.Equal("In ", (await second.NextAsync("text-delta")).Delta);
        reply.Token("1815.").Finish().Done();

        await first.RestAsync();
        await second.RestAsync();
        Assert.Equal(first.Transcript, second.Transcript);
        Assert.Single(twin.Model.Requests);
    }

    [Fact]
    public async Task A_client_message_id_is_known_after_a_restart()
    {
        using var folder = new TempFolder();
        var cookies = new CookieContainer();
        string first;
        await using (var twin = TwinFixture.Start(folder.Path))
        {
            using var visitor = twin.NewVisitor(cookies);
            first = (await visitor.AskAsync(Question, clientMessageId: "m-1")).ToJsonString();
        }

        await using var restarted = TwinFixture.Start(folder.Path);
        using var returned = restarted.NewVisitor(cookies);
        var second = await returned.AskAsync(Question, clientMessageId: "m-1");

        Assert.Equal(first, second.ToJsonString());
        await AssertOneTurnAsync(returned, second.Text("turnId"));
    }

    [Fact]
    public async Task A_client_message_id_with_another_message_or_session_is_a_conflict()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var turnId = (await visitor.AskAsync(Question, clientMessageId: "m-1")).Text("turnId");
        var elsewhere = (await visitor.AskAsync("Who was your father?")).Text("sessionId");

        using var otherMessage = await visitor.PostJsonAsync("/api/chat", ChatClientExtensions.Body("Who was your father?", clientMessageId: "m-1"));
        using var otherSession = await visitor.PostJsonAsync("/api/chat/stream", ChatClientExtensions.Body(Question, elsewhere, "m-1"));

        Assert.All([otherMessage, otherSession], response => Assert.Equal(HttpStatusCode.Conflict, response.StatusCode));
        Assert.Equal("idempotency_conflict", (await otherMessage.JsonAsync()).Text("code"));
        Assert.Equal("idempotency_conflict", (await otherSession.JsonAsync()).Text("code"));
        Assert.Single((await visitor.GetJsonAsync($"/api/memory/sessions/{turnId[..turnId.LastIndexOf('.')]}"))["items"]!.AsArray());
        Assert.Single((await visitor.GetJsonAsync($"/api/memory/sessions/{elsewhere}"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Client_message_ids_of_different_visitors_have_nothing_to_do_with_each_other()
    {
        await using var twin = TwinFixture.Start();
        using var first = twin.NewVisitor();
        using var second = twin.NewVisitor();

        var one = await first.AskAsync(Question, clientMessageId: "m-1");
        var other = await second.AskAsync("Who was your father?", clientMessageId: "m-1");

        Assert.NotEqual(one.Text("sessionId"), other.Text("sessionId"));
        Assert.NotEqual(one.Text("answer"), other.Text("answer"));
    }

    /// <summary>The visitor's memory holds this turn and nothing else.</summary>
    private static async Task AssertOneTurnAsync(HttpClient visitor, string turnId)
    {
        var session = Assert.Single((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray())!.AsObject();
        Assert.Equal(1, session["turnCount"]!.GetValue<int>());
        var turns = (await visitor.GetJsonAsync($"/api/memory/sessions/{session.Text("sessionId")}"))["items"]!.AsArray();
        Assert.Equal(turnId, Assert.Single(turns)!.AsObject().Text("turnId"));
    }
}
