using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DigitalTwin.Memory;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>Two twins on one table, as instances on AWS are: a session is answered by either, and a turn by one of them.</summary>
public sealed class ManyProcessesTests : IAsyncLifetime
{
    private const string Question = "When were you born?";
    private static readonly (string, string) Signing = ("Twin:Signing:Key", "the-signing-key-that-both-of-them-have-0123456789");

    private readonly SharedStorage table = new();
    private readonly CookieContainer cookies = new();
    private SharedStorage.Line line = null!;
    private ModelTwin answering = null!;
    private ModelTwin other = null!;
    private HttpClient here = null!;
    private HttpClient there = null!;

    public async ValueTask InitializeAsync()
    {
        answering = await ModelTwin.StartAsync(services: services => line = table.Register(services), settings: Signing);
        other = await ModelTwin.StartAsync(services: services => table.Register(services), settings: Signing);
        (here, there) = (answering.NewVisitor(cookies), other.NewVisitor(cookies));
    }

    public async ValueTask DisposeAsync()
    {
        here.Dispose();
        there.Dispose();
        await other.DisposeAsync();
        line.IsCut = false;
        await answering.DisposeAsync();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_session_goes_on_in_another_process()
    {
        answering.Next("First.");
        other.Next("Second.");
        var first = await here.AskAsync(Question);

        var second = await there.AskAsync("And then?", first.Text("sessionId"));

        Assert.Equal(("answered", "Second."), (second.Text("status"), second.Text("answer")));
        Assert.Equal(["First.", "Second."], (await TurnsAsync(here, first.Text("sessionId"))).Select(turn => turn.Text("answer")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_persona_that_is_changed_in_one_process_is_who_answers_in_the_other()
    {
        using var owner = answering.Twin.Owner();
        using var put = await owner.PutAsync(
            new Uri("/api/owner/persona", UriKind.Relative),
            new StringContent(TestPersona.Update(), Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        other.Next("It is saffron yellow [1].");

        var answer = await there.AskAsync("What is your favourite colour?");

        Assert.Equal("About Otto Lindqvist", answer["citations"]![0]!.AsObject().Text("title"));
    }

    [Fact(Timeout = 30_000)]
    public async Task While_one_process_answers_another_refuses_the_sessions_next_question()
    {
        var reply = answering.NextIsGated().Token("I was ");
        using var reader = await here.StreamAsync(Question);
        var sessionId = SessionOf(await reader.NextAsync("start"));
        await reader.NextAsync("text-delta");

        using var refused = await there.PostJsonAsync("/api/chat", ChatClientExtensions.Body("And then?", sessionId));

        await refused.AssertProblemAsync(HttpStatusCode.Conflict, "turn_in_progress");
        Assert.Equal("running", Assert.Single(await TurnsAsync(there, sessionId)).Text("status"));
        reply.Finish().Done();
        await reader.RestAsync();
        other.Next("Second.");
        Assert.Equal("Second.", (await there.AskAsync("And then?", sessionId)).Text("answer"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_reader_goes_on_in_another_process_while_the_first_answers()
    {
        var reply = answering.NextIsGated().Token("I was ");
        using var reader = await here.StreamAsync(Question);
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        var last = await reader.NextAsync("text-delta");
        await reader.CutAsync();

        using var resumed = await there.ResumeAsync(turnId, last.Id);
        reply.Token("born in ");
        var next = await resumed.NextAsync("text-delta");
        reply.Token("1815.").Finish().Done();
        var rest = await resumed.RestAsync();

        Assert.Equal("I was born in 1815.", last.Delta + next.Delta + rest.Text());
        Assert.Equal("answered", rest[^2].Json["messageMetadata"]!.AsObject().Text("status"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Stop_reaches_the_process_that_answers()
    {
        answering.NextIsGated().Token("I was ");
        using var reader = await here.StreamAsync(Question);
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        await reader.NextAsync("text-delta");

        Assert.Equal(HttpStatusCode.Accepted, await there.StopAsync(turnId));

        var rest = await reader.RestAsync();
        Assert.Equal("stopped", rest[^2].Json["messageMetadata"]!.AsObject().Text("status"));
        var turn = Assert.Single(await TurnsAsync(there, turnId[..turnId.LastIndexOf('.')]));
        Assert.Equal(("stopped", "I was "), (turn.Text("status"), turn.Text("answer")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_question_sent_again_to_another_process_gets_the_same_answer()
    {
        answering.Next("Hello.");
        await here.AskAsync("Hello?");
        var reply = answering.NextIsGated();
        var asked = here.AskAsync(Question, clientMessageId: "sent-twice");
        await reply.Started;

        var again = there.AskAsync(Question, clientMessageId: "sent-twice");
        reply.Token("In 1815.").Finish().Done();

        Assert.Equal((await asked).ToJsonString(), (await again).ToJsonString());
    }

    [Fact(Timeout = 30_000)]
    public async Task What_is_erased_in_one_process_ends_in_the_other_and_stays_erased()
    {
        var reply = answering.NextIsGated().Token("I was ");
        using var reader = await here.StreamAsync(Question);
        var sessionId = SessionOf(await reader.NextAsync("start"));
        await reader.NextAsync("text-delta");

        using var erased = await there.DeleteAsync(new Uri("/api/memory", UriKind.Relative), TestContext.Current.CancellationToken);
        await reply.ClientLeft;
        await reader.RestAsync();

        using var gone = await here.GetAsync(new Uri($"/api/memory/sessions/{sessionId}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Empty((await there.GetJsonAsync("/api/memory/export"))["sessions"]!.AsArray());
    }

    [Fact(Timeout = 30_000)]
    public async Task Racing_questions_to_both_processes_are_each_answered_once_and_in_order_or_refused()
    {
        answering.Next("First.");
        var sessionId = (await here.AskAsync(Question)).Text("sessionId");
        var answered = new List<(string TurnId, string Question)>();
        for (var round = 0; round < 5; round++)
        {
            for (var n = 0; n < 4; n++)
            {
                answering.Next("Here.");
                other.Next("There.");
            }

            var posts = Enumerable.Range(0, 8).Select(n => PostAsync(n % 2 == 0 ? here : there, $"Round {round}, question {n}?", sessionId)).ToList();
            var won = (await Task.WhenAll(posts)).Where(post => post.Turn is not null).ToList();
            Assert.NotEmpty(won);
            answered.AddRange(won.Select(post => (post.Turn!.Text("turnId"), post.Question)));
        }

        var turns = await TurnsAsync(here, sessionId);
        Assert.Equal(Enumerable.Range(1, turns.Count), turns.Select(turn => turn["sequence"]!.GetValue<int>()));
        Assert.All(turns, turn => Assert.Equal("answered", turn.Text("status")));
        Assert.Equal(
            turns.Skip(1).Select(turn => (turn.Text("turnId"), turn.Text("question"))).Order(),
            answered.Order());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_question_whose_process_died_is_answered_by_another_and_the_dead_one_changes_nothing()
    {
        var (reply, reader, turnId) = await DieWhileAnsweringAsync();
        using var _ = reader;
        Assert.Equal("unanswered", Assert.Single(await TurnsAsync(there, turnId[..turnId.LastIndexOf('.')])).Text("status"));

        other.Next("In 1815.");
        var answer = await there.AskAsync(Question, clientMessageId: "mine");
        line.IsCut = false;
        reply.Token("born.").Finish().Done();
        await reader.RestAsync();

        Assert.Equal((turnId, "In 1815."), (answer.Text("turnId"), answer.Text("answer")));
        Assert.Equal("In 1815.", Assert.Single(await TurnsAsync(here, turnId[..turnId.LastIndexOf('.')])).Text("answer"));
    }

    [Fact(Timeout = 30_000)]
    public async Task While_another_answers_a_question_anew_the_process_that_was_taken_for_dead_stores_nothing()
    {
        var (reply, reader, turnId) = await DieWhileAnsweringAsync();
        using var _ = reader;
        var anew = other.NextIsGated().Token("In ");
        using var again = await there.StreamAsync(Question, clientMessageId: "mine");
        await again.NextAsync("text-delta");

        line.IsCut = false;
        reply.Token("born.").Finish().Done();
        var rest = await reader.RestAsync();
        anew.Token("1815.").Finish().Done();
        await again.RestAsync();

        Assert.Equal("unanswered", rest[^2].Json["messageMetadata"]!.AsObject().Text("status"));
        var turn = Assert.Single(await TurnsAsync(here, turnId[..turnId.LastIndexOf('.')]));
        Assert.Equal(("answered", "In 1815."), (turn.Text("status"), turn.Text("answer")));
    }

    /// <summary>The first process has said a part of its answer when it loses the table, and its lease runs out.</summary>
    private async Task<(OpenAiReply Reply, TurnReader Reader, string TurnId)> DieWhileAnsweringAsync()
    {
        answering.Next("Hello.");
        await here.AskAsync("Hello?");
        var reply = answering.NextIsGated().Token("I was ");
        var reader = await here.StreamAsync(Question, clientMessageId: "mine");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        await reader.NextAsync("text-delta");
        line.IsCut = true;
        await ExpireAsync(turnId);
        return (reply, reader, turnId);
    }

    /// <summary>Sets the turn's lease back, as if its time had passed without a beat.</summary>
    private async Task ExpireAsync(string turnId)
    {
        Assert.True(TurnId.TryParse(turnId, out var id));
        var shared = other.Twin.Services.GetRequiredService<ITable>();
        var item = (await shared.GetAsync(MemoryKeys.Turn(id.SessionId, id.Sequence)))!;
        var turn = item.Read(MemoryRecordsJson.Default.TurnRecord);
        Assert.True(turn.IsLeased(DateTimeOffset.UtcNow));
        var body = StoredBody.From(turn with { LeaseUntil = DateTimeOffset.UnixEpoch }, MemoryRecordsJson.Default.TurnRecord);
        Assert.True((await shared.WriteAsync(new[] { TableWrite.Put(item with { Version = item.Version + 1, Body = body }) })).Committed);
    }

    private static async Task<(string Question, JsonObject? Turn)> PostAsync(HttpClient visitor, string question, string sessionId)
    {
        using var response = await visitor.PostJsonAsync("/api/chat", ChatClientExtensions.Body(question, sessionId));
        if (response.StatusCode is HttpStatusCode.OK)
        {
            return (question, await response.JsonAsync());
        }

        await response.AssertProblemAsync(HttpStatusCode.Conflict, "turn_in_progress");
        return (question, null);
    }

    private static string SessionOf(ServerEvent start) => start.Json.Text("messageId")[..start.Json.Text("messageId").LastIndexOf('.')];

    private static async Task<List<JsonObject>> TurnsAsync(HttpClient visitor, string sessionId) =>
        [.. (await visitor.GetJsonAsync($"/api/memory/sessions/{sessionId}?limit=100"))["items"]!.AsArray().Select(turn => turn!.AsObject())];
}
