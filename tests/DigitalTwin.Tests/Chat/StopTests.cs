using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>Stop ends an answer and keeps what was said; how quick it is, <see cref="LatencyTests"/> measures.</summary>
public sealed class StopTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_stopped_turn_keeps_what_was_said_and_leaves_the_model()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated().Token("I was ").Token("born ");
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync("When were you born?");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        var said = "";
        while (said != "I was born ")
        {
            said += (await reader.NextAsync("text-delta")).Delta;
        }

        Assert.Equal(HttpStatusCode.Accepted, await visitor.StopAsync(turnId));
        var rest = await reader.RestAsync();
        await reply.ClientLeft;

        Assert.Equal(["text-end", "finish", ServerEvent.Done], rest.Select(e => e.Type));
        Assert.Equal("stopped", rest[1].Json["messageMetadata"]!.AsObject().Text("status"));
        var turn = Assert.Single(await TurnsAsync(visitor, turnId));
        Assert.Equal(("stopped", "I was born ", "openai"), (turn.Text("status"), turn.Text("answer"), turn.Text("engine")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_turn_can_be_stopped_before_its_first_word()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync("When were you born?");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        await reply.Started;

        await visitor.StopAsync(turnId);
        var rest = await reader.RestAsync();

        Assert.Equal("", rest.Text());
        Assert.Equal("stopped", rest[^2].Json["messageMetadata"]!.AsObject().Text("status"));
        Assert.Equal("stopped", Assert.Single(await TurnsAsync(visitor, turnId)).Text("status"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_whole_answer_can_be_stopped_from_another_page()
    {
        await using var twin = await ModelTwin.StartAsync();
        twin.Next("First.");
        using var visitor = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync("Hello there, who are you?")).Text("sessionId");
        var reply = twin.NextIsGated().Token("I was ");
        var asking = visitor.AskAsync("When were you born?", sessionId);
        await reply.Started;
        using var other = await visitor.ResumeAsync($"{sessionId}.2");
        await other.NextAsync("text-delta");

        Assert.Equal(HttpStatusCode.Accepted, await visitor.StopAsync($"{sessionId}.2"));

        var answer = await asking;
        Assert.Equal(("stopped", "I was "), (answer.Text("status"), answer.Text("answer")));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_session_goes_on_after_a_stop()
    {
        await using var twin = await ModelTwin.StartAsync();
        twin.NextIsGated().Token("I was ");
        twin.Next("In 1815.");
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync("When were you born?");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        await reader.NextAsync("text-delta");
        await visitor.StopAsync(turnId);
        await reader.RestAsync();

        var next = await visitor.AskAsync("Once more?", turnId[..turnId.LastIndexOf('.')]);

        Assert.Equal(("answered", "In 1815."), (next.Text("status"), next.Text("answer")));
        Assert.Equal(["stopped", "answered"], (await TurnsAsync(visitor, turnId)).Select(turn => turn.Text("status")));
    }

    [Fact]
    public async Task Stopping_a_finished_turn_is_accepted_and_changes_nothing()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var answer = await visitor.AskAsync("When were you born?");

        Assert.Equal(HttpStatusCode.Accepted, await visitor.StopAsync(answer.Text("turnId")));

        var turn = Assert.Single(await TurnsAsync(visitor, answer.Text("turnId")));
        Assert.Equal(("answered", answer.Text("answer")), (turn.Text("status"), turn.Text("answer")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Nobody_stops_another_visitors_turn()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        using var stranger = twin.NewVisitor();
        using var nobody = twin.Twin.Anonymous();
        using var reader = await visitor.StreamAsync("When were you born?");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        await reply.Started;
        twin.Next("Hello.");
        await stranger.AskAsync("Hello there, who are you?");

        Assert.Equal(HttpStatusCode.NotFound, await stranger.StopAsync(turnId));
        Assert.Equal(HttpStatusCode.NotFound, await nobody.StopAsync(turnId));
        Assert.Equal(HttpStatusCode.NotFound, await visitor.StopAsync(turnId + "0"));
        Assert.Equal(HttpStatusCode.NotFound, await visitor.StopAsync("nonsense"));

        reply.Token("In 1815.").Finish().Done();
        Assert.Equal("In 1815.", (await reader.RestAsync()).Text());
    }

    private static async Task<IReadOnlyList<JsonObject>> TurnsAsync(HttpClient visitor, string turnId) =>
        [.. (await visitor.GetJsonAsync($"/api/memory/sessions/{turnId[..turnId.LastIndexOf('.')]}"))["items"]!.AsArray().Select(item => item!.AsObject())];
}
