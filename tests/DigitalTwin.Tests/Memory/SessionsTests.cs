using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Memory;

/// <summary>A visitor's own list of sessions, one session with its turns, and deleting one.</summary>
public sealed class SessionsTests
{
    [Fact]
    public async Task Sessions_are_listed_last_used_first()
    {
        var clock = new ManualTimeProvider();
        await using var twin = Start(clock);
        using var visitor = twin.NewVisitor();
        var ids = await OpenSessionsAsync(visitor, clock, 3);
        clock.Advance(TimeSpan.FromMinutes(1));
        await visitor.AskAsync("Who was your father?", ids[0]);

        var sessions = Items(await visitor.GetJsonAsync("/api/memory/sessions"));

        Assert.Equal([ids[0], ids[2], ids[1]], sessions.Select(session => session.Text("sessionId")));
        Assert.Equal([2, 1, 1], sessions.Select(session => session["turnCount"]!.GetValue<int>()));
        Assert.Equal("Question 0", sessions[0].Text("title"));
        Assert.Equal("2030-01-01T12:00:01+00:00", sessions[0].Text("createdAt"));
        Assert.Equal("2030-01-01T12:01:03+00:00", sessions[0].Text("lastActiveAt"));
    }

    [Theory]
    [InlineData(1, 7)]
    [InlineData(3, 7)]
    [InlineData(7, 7)]
    [InlineData(100, 105)]
    public async Task Pages_of_sessions_join_without_gap_or_double(int limit, int count)
    {
        var clock = new ManualTimeProvider();
        await using var twin = Start(clock);
        using var visitor = twin.NewVisitor();
        var ids = await OpenSessionsAsync(visitor, clock, count);

        var listed = await PagesAsync(visitor, "/api/memory/sessions", limit);

        Assert.Equal(ids.Reverse(), listed.Select(session => session.Text("sessionId")));
    }

    [Fact]
    public async Task A_session_shows_its_turns_oldest_first_in_pages()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var answers = new List<JsonObject> { await visitor.AskAsync("When were you born? (0)") };
        var sessionId = answers[0].Text("sessionId");
        for (var i = 1; i < 5; i++)
        {
            answers.Add(await visitor.AskAsync($"When were you born? ({i})", sessionId));
        }

        var turns = await PagesAsync(visitor, $"/api/memory/sessions/{sessionId}", 2);

        Assert.Equal([1, 2, 3, 4, 5], turns.Select(turn => turn["sequence"]!.GetValue<int>()));
        foreach (var (turn, answer) in turns.Zip(answers))
        {
            foreach (var member in new[] { "turnId", "status", "answer", "agent", "engine", "createdAt", "citations" })
            {
                Assert.Equal(answer[member]!.ToJsonString(), turn[member]!.ToJsonString());
            }
        }

        Assert.Equal("When were you born? (4)", turns[4].Text("question"));
    }

    [Fact]
    public async Task A_long_session_opens_with_its_newest_turns()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync("Question 1")).Text("sessionId");
        for (var i = 2; i <= 7; i++)
        {
            await visitor.AskAsync($"Question {i}", sessionId);
        }

        var first = await visitor.GetJsonAsync($"/api/memory/sessions/{sessionId}?order=desc&limit=3");
        await visitor.AskAsync("Question 8", sessionId);
        var all = await PagesAsync(visitor, $"/api/memory/sessions/{sessionId}?order=desc", 3);
        var older = await visitor.GetJsonAsync($"/api/memory/sessions/{sessionId}?order=desc&limit=100&cursor={first.Text("nextCursor")}");

        Assert.Equal([7, 6, 5], Items(first).Select(turn => turn["sequence"]!.GetValue<int>()));
        Assert.Equal(7, first["turnCount"]!.GetValue<int>());
        Assert.Equal([8, 7, 6, 5, 4, 3, 2, 1], all.Select(turn => turn["sequence"]!.GetValue<int>()));
        Assert.Equal([4, 3, 2, 1], Items(older).Select(turn => turn["sequence"]!.GetValue<int>()));
        Assert.Equal(8, older["turnCount"]!.GetValue<int>());
        Assert.Null(older["nextCursor"]);
    }

    [Fact]
    public async Task The_order_of_turns_is_one_of_two()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync("When were you born?")).Text("sessionId");
        Assert.Single(Items(await visitor.GetJsonAsync($"/api/memory/sessions/{sessionId}?order=asc")));

        foreach (var order in new[] { "", "DESC", "newest", "asc,desc", "asc&order=desc" })
        {
            using var response = await visitor.GetAsync(new Uri($"/api/memory/sessions/{sessionId}?order={order}", UriKind.Relative), TestContext.Current.CancellationToken);
            await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
        }
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=101")]
    [InlineData("limit=-1")]
    [InlineData("limit=many")]
    [InlineData("cursor=nonsense")]
    [InlineData("cursor=%00")]
    [InlineData("cursor=")]
    public async Task A_page_that_does_not_exist_is_refused(string query)
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync("When were you born?")).Text("sessionId");

        foreach (var path in new[] { "/api/memory/sessions", $"/api/memory/sessions/{sessionId}" })
        {
            using var response = await visitor.GetAsync(new Uri($"{path}?{query}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Equal("validation", (await response.JsonAsync()).Text("code"));
        }
    }

    [Theory]
    [InlineData(1025, 1, 1)]
    [InlineData(1, 1025, 1)]
    [InlineData(1, 1, 1025)]
    public async Task A_cursor_that_no_key_fits_is_refused(int sort, int pk, int sk)
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        await visitor.AskAsync("When were you born?");
        var cursor = new TableCursor(new string('9', sort), new ItemKey(new string('P', pk), new string('S', sk)));

        using var response = await visitor.GetAsync(new Uri($"/api/memory/sessions?cursor={cursor}", UriKind.Relative), TestContext.Current.CancellationToken);

        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task A_cursor_shows_nobody_what_is_anothers()
    {
        var clock = new ManualTimeProvider();
        await using var twin = Start(clock);
        using var visitor = twin.NewVisitor();
        using var stranger = twin.NewVisitor();
        var own = await OpenSessionsAsync(visitor, clock, 3);
        await OpenSessionsAsync(stranger, clock, 3);
        var cursor = (await stranger.GetJsonAsync("/api/memory/sessions?limit=1")).Text("nextCursor");

        var listed = Items(await visitor.GetJsonAsync($"/api/memory/sessions?cursor={cursor}"));
        var turns = Items(await visitor.GetJsonAsync($"/api/memory/sessions/{own[0]}?cursor={cursor}"));

        Assert.All(listed, session => Assert.Contains(session.Text("sessionId"), own));
        Assert.All(turns, turn => Assert.StartsWith(own[0], turn.Text("turnId"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_comes_without_a_cookie_has_no_sessions_and_gets_no_cookie()
    {
        await using var twin = TwinFixture.Start();
        using var nobody = twin.Anonymous();

        using var response = await nobody.GetAsync(new Uri("/api/memory/sessions", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Empty(Items(await response.JsonAsync()));
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task A_deleted_session_is_gone_with_all_that_pointed_at_it()
    {
        using var folder = new TempFolder();
        await using var twin = TwinFixture.Start(folder.Path);
        using var visitor = twin.NewVisitor();
        var kept = await visitor.AskAsync("Who was your father?");
        var deleted = await visitor.AskAsync("When were you born? Marker-of-the-deleted.", clientMessageId: "m-1");
        var id = deleted.Text("sessionId");
        Assert.NotEmpty(DataFiles.Holding(folder.Path, "Marker-of-the-deleted"));

        using var response = await visitor.DeleteAsync(new Uri($"/api/memory/sessions/{id}", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(kept.Text("sessionId"), Assert.Single(Items(await visitor.GetJsonAsync("/api/memory/sessions"))).Text("sessionId"));
        foreach (var path in new[] { $"/api/memory/sessions/{id}", $"/api/chat/turns/{id}.1/stream" })
        {
            using var gone = await visitor.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        }

        using var twice = await visitor.DeleteAsync(new Uri($"/api/memory/sessions/{id}", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);
        Assert.Empty(DataFiles.Holding(folder.Path, "Marker-of-the-deleted"));
        Assert.Empty(DataFiles.Holding(folder.Path, id));
        Assert.NotEqual(id, (await visitor.AskAsync("When were you born?", clientMessageId: "m-1")).Text("sessionId"));
    }

    private static TwinFixture Start(TimeProvider clock) => TwinFixture.Start(services: services => services.AddSingleton(clock));

    /// <summary>Sessions of one turn each, a second apart; their ids, oldest first.</summary>
    private static async Task<string[]> OpenSessionsAsync(HttpClient visitor, ManualTimeProvider clock, int count)
    {
        var ids = new string[count];
        for (var i = 0; i < count; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            ids[i] = (await visitor.AskAsync($"Question {i}")).Text("sessionId");
        }

        return ids;
    }

    private static async Task<IReadOnlyList<JsonObject>> PagesAsync(HttpClient visitor, string path, int limit)
    {
        var items = new List<JsonObject>();
        string? cursor = null;
        do
        {
            var page = await visitor.GetJsonAsync($"{path}{(path.Contains('?') ? '&' : '?')}limit={limit}{(cursor is null ? "" : $"&cursor={cursor}")}");
            Assert.InRange(Items(page).Count, cursor is null ? 1 : 0, limit);
            items.AddRange(Items(page));
            cursor = page["nextCursor"]?.GetValue<string>();
        }
        while (cursor is not null);
        return items;
    }

    private static List<JsonObject> Items(JsonObject page) => [.. page["items"]!.AsArray().Select(item => item!.AsObject())];
}
