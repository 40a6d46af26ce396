using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Memory;

/// <summary>Everything about a visitor, taken along or erased; the files themselves are searched.</summary>
public sealed class EraseTests
{
    private const string Marker = "Marker-of-the-erased";

    [Fact]
    public async Task An_export_holds_everything_of_the_visitor_and_nothing_of_others()
    {
        await using var twin = TwinFixture.Start();
        var cookies = new CookieContainer();
        using var visitor = twin.NewVisitor(cookies);
        using var other = twin.NewVisitor();
        var first = await visitor.AskAsync("When were you born? mine-1");
        var second = await visitor.AskAsync("Who was your father? mine-2", first.Text("sessionId"));
        var third = await visitor.AskAsync("Who was Babbage? mine-3");
        await visitor.PostJsonAsync($"/api/chat/turns/{second.Text("turnId")}/feedback", """{"rating": "up", "comment": "mine-4"}""");
        await other.AskAsync("When were you born? not-mine");

        using var response = await visitor.GetAsync(new Uri("/api/memory/export", UriKind.Relative), TestContext.Current.CancellationToken);
        var export = await response.JsonAsync();

        Assert.Equal("attachment", response.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(VisitorId(twin, cookies), export.Text("visitorId"));
        var sessions = export["sessions"]!.AsArray().ToDictionary(session => session!.AsObject().Text("sessionId"), session => session!["turns"]!.AsArray());
        Assert.Equal(2, sessions.Count);
        AssertTurns(sessions[first.Text("sessionId")], first, second);
        AssertTurns(sessions[third.Text("sessionId")], third);
        var feedback = sessions[first.Text("sessionId")][1]!["feedback"]!.AsObject();
        Assert.Equal(("up", "mine-4"), (feedback.Text("rating"), feedback.Text("comment")));
        Assert.DoesNotContain("not-mine", export.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_goes_beyond_one_page_of_sessions_and_of_turns()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var longest = (await visitor.AskAsync("Hello (0)")).Text("sessionId");
        for (var i = 1; i < 105; i++)
        {
            await visitor.AskAsync($"Hello ({i})", longest);
            await visitor.AskAsync($"Hello again ({i})");
        }

        var sessions = (await visitor.GetJsonAsync("/api/memory/export"))["sessions"]!.AsArray();
        var receipt = await EraseAsync(visitor);

        Assert.Equal(105, sessions.Select(session => session!.AsObject().Text("sessionId")).Distinct().Count());
        var turns = sessions.Single(session => session!.AsObject().Text("sessionId") == longest)!["turns"]!.AsArray();
        Assert.Equal(Enumerable.Range(1, 105), turns.Select(turn => turn!["sequence"]!.GetValue<int>()));
        Assert.Equal((105, 209), Counts(receipt));
    }

    [Fact]
    public async Task Erasing_leaves_nothing_in_the_answers_and_nothing_in_the_files()
    {
        using var folder = new TempFolder();
        await using var twin = TwinFixture.Start(folder.Path);
        var cookies = new CookieContainer();
        using var visitor = twin.NewVisitor(cookies);
        using var other = twin.NewVisitor();
        var first = await visitor.AskAsync($"When were you born? {Marker}", clientMessageId: $"id-{Marker}");
        await visitor.AskAsync($"Who was your father? {Marker}", first.Text("sessionId"));
        await visitor.AskAsync($"Who was Babbage? {Marker}", clientMessageId: "m-2");
        await visitor.PostJsonAsync($"/api/chat/turns/{first.Text("turnId")}/feedback", $$"""{"rating": "down", "comment": "{{Marker}}"}""");
        var kept = await other.AskAsync("When were you born? Kept-by-another");
        var visitorId = VisitorId(twin, cookies);
        Assert.NotEmpty(DataFiles.Holding(folder.Path, Marker));
        Assert.NotEmpty(DataFiles.Holding(folder.Path, visitorId));

        using var response = await visitor.DeleteAsync(new Uri("/api/memory", UriKind.Relative), TestContext.Current.CancellationToken);
        var receipt = await response.JsonAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal((2, 3), Counts(receipt));
        // Two sessions and their places in the visitor's list, their jobs, three turns, two client message ids.
        Assert.Equal(11, receipt["erased"]!["items"]!.GetValue<int>());
        Assert.Contains(response.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("twin=;", StringComparison.Ordinal));
        foreach (var trace in new[] { Marker, visitorId, first.Text("sessionId") })
        {
            Assert.Empty(DataFiles.Holding(folder.Path, trace));
            Assert.DoesNotContain(trace, receipt.ToJsonString(), StringComparison.Ordinal);
        }

        Assert.NotEmpty(DataFiles.Holding(folder.Path, "Kept-by-another"));
        Assert.Single((await other.GetJsonAsync($"/api/memory/sessions/{kept.Text("sessionId")}"))["items"]!.AsArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Erasing_a_long_conversation_takes_a_few_writes(bool everything)
    {
        const int turns = 60;
        var watch = new WriteWatch();
        await using var twin = TwinFixture.Start(services: watch.Register, settings: ("Twin:Limits:Enabled", "false"));
        using var visitor = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync("When were you born?", clientMessageId: "m-1")).Text("sessionId");
        for (var i = 2; i <= turns; i++)
        {
            await visitor.AskAsync($"Hello ({i})", sessionId, $"m-{i}");
        }

        var before = watch.Written;
        using var response = await visitor.DeleteAsync(
            new Uri(everything ? "/api/memory" : $"/api/memory/sessions/{sessionId}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.True(response.IsSuccessStatusCode);
        Assert.InRange(watch.Written - before, 3, 8);
    }

    [Fact]
    public async Task The_old_cookie_finds_nothing_after_an_erasure()
    {
        await using var twin = TwinFixture.Start();
        var cookies = new CookieContainer();
        using var visitor = twin.NewVisitor(cookies);
        var answer = await visitor.AskAsync("When were you born?");
        using var thief = twin.Anonymous();
        thief.DefaultRequestHeaders.Add("Cookie", cookies.GetCookieHeader(twin.Address));
        Assert.Single((await thief.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());

        await EraseAsync(visitor);

        Assert.Empty((await thief.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
        Assert.Empty((await thief.GetJsonAsync("/api/memory/export"))["sessions"]!.AsArray());
        using var session = await thief.GetAsync(
            new Uri($"/api/memory/sessions/{answer.Text("sessionId")}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, session.StatusCode);
        Assert.Empty(cookies.GetCookieHeader(twin.Address));
    }

    [Fact(Timeout = 30_000)]
    public async Task Erasing_stops_a_running_turn_and_nothing_of_it_comes_back()
    {
        using var folder = new TempFolder();
        await using var twin = await ModelTwin.StartAsync(folder.Path);
        var cookies = new CookieContainer();
        using var visitor = twin.NewVisitor(cookies);
        var reply = twin.NextIsGated().Token($"I was born {Marker} ");
        using var reader = await visitor.StreamAsync($"When were you born? {Marker}", clientMessageId: "m-1");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        await reader.NextAsync("text-delta");
        var visitorId = VisitorId(twin.Twin, cookies);

        var receipt = await EraseAsync(visitor);
        await reader.RestAsync();
        await reply.ClientLeft;

        Assert.Equal((1, 1), Counts(receipt));
        foreach (var trace in new[] { Marker, visitorId, turnId[..turnId.LastIndexOf('.')] })
        {
            Assert.Empty(DataFiles.Holding(folder.Path, trace));
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_is_stored_only_after_the_erasure_is_not_stored()
    {
        using var folder = new TempFolder();
        var table = new HeldTable();
        await using var twin = await ModelTwin.StartAsync(folder.Path, table.Register);
        using var visitor = twin.NewVisitor();
        twin.NextIsGated().Token($"I was born {Marker} ");
        using var reader = await visitor.StreamAsync($"When were you born? {Marker}");
        await reader.NextAsync("text-delta");
        table.HoldNextPut("TURN#");

        await EraseAsync(visitor);
        await table.Arrived;
        Assert.Empty(DataFiles.Holding(folder.Path, Marker));
        table.Release();
        await reader.RestAsync();

        Assert.Empty(DataFiles.Holding(folder.Path, Marker));
    }

    [Fact(Timeout = 30_000)]
    public async Task Deleting_the_session_of_a_running_turn_ends_it_and_nothing_comes_back()
    {
        using var folder = new TempFolder();
        await using var twin = await ModelTwin.StartAsync(folder.Path);
        using var visitor = twin.NewVisitor();
        twin.NextIsGated().Token($"I was born {Marker} ");
        using var reader = await visitor.StreamAsync($"When were you born? {Marker}");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
        await reader.NextAsync("text-delta");

        using var response = await visitor.DeleteAsync(
            new Uri($"/api/memory/sessions/{turnId[..turnId.LastIndexOf('.')]}", UriKind.Relative), TestContext.Current.CancellationToken);
        await reader.RestAsync();

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Empty(DataFiles.Holding(folder.Path, Marker));
        Assert.Empty((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
    }

    [Fact]
    public async Task Whoever_is_unknown_erases_nothing_and_still_gets_a_receipt()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        using var nobody = twin.Anonymous();
        await visitor.AskAsync("When were you born?");

        var receipt = await EraseAsync(nobody);

        Assert.Equal((0, 0), Counts(receipt));
        Assert.Single((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
    }

    private static async Task<JsonObject> EraseAsync(HttpClient visitor)
    {
        using var response = await visitor.DeleteAsync(new Uri("/api/memory", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    private static (int Sessions, int Turns) Counts(JsonObject receipt) =>
        (receipt["erased"]!["sessions"]!.GetValue<int>(), receipt["erased"]!["turns"]!.GetValue<int>());

    private static void AssertTurns(JsonArray exported, params JsonObject[] answers) => Assert.Equal(
        answers.Select(answer => (answer.Text("turnId"), answer.Text("answer"), answer["citations"]!.ToJsonString())),
        exported.Select(turn => (turn!.AsObject().Text("turnId"), turn!.AsObject().Text("answer"), turn["citations"]!.ToJsonString())));

    private static string VisitorId(TwinFixture twin, CookieContainer cookies) =>
        cookies.GetCookies(twin.Address)["twin"]!.Value.Split('.')[0];
}
