using System.Net;
using DigitalTwin.Acceptance.Targets;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Acceptance;

/// <summary>It remembers a visitor's conversations, for that visitor.</summary>
public abstract class SessionsSuite(Target twin)
{
    [Fact]
    public async Task Sessions_are_listed_the_newest_first()
    {
        using var visitor = twin.NewVisitor();
        var older = (await visitor.AskAsync("Who are you?")).Text("sessionId");
        var newer = (await visitor.AskAsync("What do you do?")).Text("sessionId");

        var list = await visitor.GetJsonAsync("/api/memory/sessions");

        Assert.Equal([newer, older], list["items"]!.AsArray().Select(item => item!.AsObject().Text("sessionId")));
    }

    [Fact]
    public async Task A_session_holds_its_turns_the_oldest_first()
    {
        using var visitor = twin.NewVisitor();
        var first = await visitor.AskAsync("Who are you?");
        var second = await visitor.AskAsync("Tell me more.", first.Text("sessionId"));

        var session = await visitor.GetJsonAsync($"/api/memory/sessions/{first.Text("sessionId")}");

        var turns = session["items"]!.AsArray().Select(item => item!.AsObject()).ToList();
        Assert.Equal(["Who are you?", "Tell me more."], turns.Select(turn => turn.Text("question")));
        Assert.Equal([first.Text("answer"), second.Text("answer")], turns.Select(turn => turn.Text("answer")));
    }

    [Fact]
    public async Task A_session_can_be_deleted()
    {
        using var visitor = twin.NewVisitor();
        var path = $"/api/memory/sessions/{(await visitor.AskAsync("Who are you?")).Text("sessionId")}";

        using var deleted = await visitor.DeleteAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await visitor.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        await gone.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Another_visitors_session_is_not_found()
    {
        using var visitor = twin.NewVisitor();
        using var stranger = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync("Who are you?")).Text("sessionId");

        using var read = await stranger.GetAsync(new Uri($"/api/memory/sessions/{sessionId}", UriKind.Relative), TestContext.Current.CancellationToken);
        using var asked = await stranger.PostJsonAsync("/api/chat", ChatClientExtensions.Body("Who are you?", sessionId));

        await read.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
        await asked.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
    }
}
