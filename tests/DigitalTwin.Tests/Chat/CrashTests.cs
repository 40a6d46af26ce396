using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>The real process, killed in the middle of an answer.</summary>
public sealed class CrashTests
{
    private const string Question = "When were you born?";

    [Fact(Timeout = 60_000)]
    public async Task A_question_outlives_the_crash_and_is_answered_in_the_same_turn_when_it_is_sent_again()
    {
        using var folder = new TempFolder();
        await using var model = await OpenAiServer.StartAsync();
        var cookies = new CookieContainer();
        var turnId = await CrashInTheMiddleAsync(folder, model, cookies);

        model.Next(OpenAiReply.Of("In 1815."));
        model.Next(OpenAiReply.Of("Next."));
        await using var twin = await StartAsync(folder, model);
        using var visitor = twin.NewVisitor(cookies);
        var kept = Assert.Single(await TurnsAsync(visitor, turnId));
        var answer = await visitor.AskAsync(Question, clientMessageId: "m-1");
        var again = await visitor.AskAsync(Question, clientMessageId: "m-1");
        var next = await visitor.AskAsync("And then?", SessionOf(turnId));

        Assert.Equal((Question, "unanswered", ""), (kept.Text("question"), kept.Text("status"), kept.Text("answer")));
        Assert.Equal((turnId, "answered", "In 1815."), (answer.Text("turnId"), answer.Text("status"), answer.Text("answer")));
        Assert.Equal(answer.ToJsonString(), again.ToJsonString());
        Assert.Equal("Next.", next.Text("answer"));
        Assert.Equal(
            [(1, "answered", "In 1815."), (2, "answered", "Next.")],
            (await TurnsAsync(visitor, turnId)).Select(turn => (turn["sequence"]!.GetValue<int>(), turn.Text("status"), turn.Text("answer"))));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_session_goes_on_after_the_crash_and_the_question_stays_unanswered()
    {
        using var folder = new TempFolder();
        await using var model = await OpenAiServer.StartAsync();
        var cookies = new CookieContainer();
        var turnId = await CrashInTheMiddleAsync(folder, model, cookies);

        await using var twin = await StartAsync(folder, model);
        using var visitor = twin.NewVisitor(cookies);
        using var replay = await visitor.ResumeAsync(turnId);
        var events = await replay.RestAsync();
        var reply = model.Next(OpenAiReply.Gated());
        var asking = visitor.AskAsync("And then?", SessionOf(turnId), "m-2");
        await reply.Started;
        var meanwhile = await TurnsAsync(visitor, turnId);
        using var retry = await visitor.PostJsonAsync("/api/chat", ChatClientExtensions.Body(Question, clientMessageId: "m-1"));
        reply.Token("Next.").Finish().Done();
        await asking;

        Assert.Equal(["start", "data-turn", "error", "finish", ServerEvent.Done], events.Select(e => e.Type));
        Assert.Equal("unanswered", events[3].Json["messageMetadata"]!.AsObject().Text("status"));
        Assert.Equal(["unanswered", "running"], meanwhile.Select(turn => turn.Text("status")));
        Assert.Equal(HttpStatusCode.Conflict, retry.StatusCode);
        Assert.Equal("turn_in_progress", (await retry.JsonAsync()).Text("code"));
        Assert.Equal(["unanswered", "answered"], (await TurnsAsync(visitor, turnId)).Select(turn => turn.Text("status")));
    }

    /// <summary>The lost answer is nowhere any more, so the new one may read differently from the first word.</summary>
    [Fact(Timeout = 60_000)]
    public async Task A_reader_of_the_lost_answer_is_given_the_new_one_from_its_start()
    {
        using var folder = new TempFolder();
        await using var model = await OpenAiServer.StartAsync();
        var cookies = new CookieContainer();
        var turnId = await CrashInTheMiddleAsync(folder, model, cookies);
        const string Position = "4.11";

        await using var twin = await StartAsync(folder, model);
        using var visitor = twin.NewVisitor(cookies);
        var reply = model.Next(OpenAiReply.Gated().Token("In "));
        using var asking = await visitor.StreamAsync(Question, clientMessageId: "m-1");
        await asking.NextAsync("text-delta");
        using var returned = await visitor.ResumeAsync(turnId, Position);
        var seen = new List<ServerEvent> { (await returned.NextAsync())!, await returned.NextAsync("text-delta") };
        using var cut = await visitor.ResumeAsync(turnId, seen[1].Id);
        reply.Token("1815.").Finish().Done();
        var rest = await returned.RestAsync();
        var resumed = await cut.RestAsync();
        using var late = await visitor.ResumeAsync(turnId, Position);
        using var known = await visitor.ResumeAsync(turnId, rest[^2].Id);

        Assert.Equal("start", seen[0].Type);
        Assert.Equal("In 1815.", seen.Concat(rest).Text());
        Assert.Matches("^4\\.3\\.[0-9a-f]{6}$", seen[1].Id);
        Assert.Equal("1815.", resumed.Text());
        Assert.Equal("In 1815.", (await late.RestAsync()).Text());
        Assert.Equal(ServerEvent.Done, Assert.Single(await known.RestAsync()).Type);
    }

    /// <summary>Asks with client message id m-1, reads half of the answer, kills the process; returns the turn's id.</summary>
    private static async Task<string> CrashInTheMiddleAsync(TempFolder folder, OpenAiServer model, CookieContainer cookies)
    {
        await using var twin = await StartAsync(folder, model);
        model.Next(OpenAiReply.Gated().Token("I was born "));
        using var visitor = twin.NewVisitor(cookies);
        using var reader = await visitor.StreamAsync(Question, clientMessageId: "m-1");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        await reader.NextAsync("text-delta");
        await twin.KillAsync();
        return turnId;
    }

    private static Task<TwinProcess> StartAsync(TempFolder folder, OpenAiServer model) =>
        TwinProcess.StartAsync(folder.Path, ("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl), ("Twin:Engines:MaxRetries", "0"));

    private static string SessionOf(string turnId) => turnId[..turnId.LastIndexOf('.')];

    private static async Task<IReadOnlyList<JsonObject>> TurnsAsync(HttpClient visitor, string turnId) =>
        [.. (await visitor.GetJsonAsync($"/api/memory/sessions/{SessionOf(turnId)}"))["items"]!.AsArray().Select(item => item!.AsObject())];
}
