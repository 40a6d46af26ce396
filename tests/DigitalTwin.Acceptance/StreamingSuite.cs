using System.Net;
using DigitalTwin.Acceptance.Targets;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Acceptance;

/// <summary>The answer as it is written, with nothing missing and nothing twice after a cut.</summary>
public abstract class StreamingSuite(Target twin)
{
    [Fact]
    public async Task The_stream_is_the_answer_event_by_event()
    {
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync("Who are you?");

        var events = await reader.RestAsync();

        Assert.Equal("text/event-stream", reader.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("v1", Assert.Single(reader.Response.Headers.GetValues("x-vercel-ai-ui-message-stream")));
        Assert.Equal("start", events[0].Type);
        Assert.Equal(["finish", ServerEvent.Done], events.TakeLast(2).Select(e => e.Type));
        Assert.All(events.SkipLast(1).Where(e => e.Comment is null), e => Assert.NotNull(e.Id));
        var turn = await TurnAsync(visitor, events);
        Assert.Equal(turn.Answer, events.Text());
        Assert.Equal("answered", turn.Status);
    }

    [Fact]
    public async Task After_a_cut_the_rest_comes_and_nothing_twice()
    {
        using var visitor = twin.NewVisitor();
        string turnId, said, last;
        using (var reader = await visitor.StreamAsync("Who are you?"))
        {
            turnId = (await reader.NextAsync("start")).Json.Text("messageId");
            var delta = await reader.NextAsync("text-delta");
            (said, last) = (delta.Delta, delta.Id!);
        }

        using var resumed = await visitor.ResumeAsync(turnId, last);
        var rest = await resumed.RestAsync();
        using var replay = await visitor.ResumeAsync(turnId);
        var whole = await replay.RestAsync();

        Assert.Equal(whole.Text(), said + rest.Text());
        Assert.Equal((await TurnAsync(visitor, whole)).Answer, whole.Text());
    }

    [Fact]
    public async Task A_turn_that_is_over_can_be_stopped_and_stays_as_it_is()
    {
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync("Who are you?");
        var events = await reader.RestAsync();

        Assert.Equal(HttpStatusCode.Accepted, await visitor.StopAsync(events[0].Json.Text("messageId")));

        Assert.Equal("answered", (await TurnAsync(visitor, events)).Status);
    }

    [Fact]
    public async Task A_strangers_turn_cannot_be_read_or_stopped()
    {
        using var visitor = twin.NewVisitor();
        using var stranger = twin.NewVisitor();
        var turnId = (await visitor.AskAsync("Who are you?")).Text("turnId");

        using var read = await stranger.SendAsync(TurnReaderExtensions.ResumeRequest(turnId, null), TestContext.Current.CancellationToken);

        await read.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
        Assert.Equal(HttpStatusCode.NotFound, await stranger.StopAsync(turnId));
    }

    private static async Task<(string Answer, string Status)> TurnAsync(HttpClient visitor, IReadOnlyList<ServerEvent> events)
    {
        var data = events.First(e => e.Type == "data-turn").Json["data"]!.AsObject();
        var session = await visitor.GetJsonAsync($"/api/memory/sessions/{data.Text("sessionId")}");
        var turn = session["items"]!.AsArray().Select(item => item!.AsObject()).Single(item => item.Text("turnId") == data.Text("turnId"));
        return (turn.Text("answer"), turn.Text("status"));
    }
}
