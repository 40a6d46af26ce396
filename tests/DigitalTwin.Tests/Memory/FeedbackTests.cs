using System.Net;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Memory;

public sealed class FeedbackTests
{
    [Fact]
    public async Task Feedback_is_kept_with_the_turn_and_the_last_one_counts()
    {
        using var folder = new TempFolder();
        var clock = new ManualTimeProvider();
        var cookies = new CookieContainer();
        string sessionId;
        await using (var twin = TwinFixture.Start(folder.Path, services => services.AddSingleton<TimeProvider>(clock)))
        {
            using var visitor = twin.NewVisitor(cookies);
            var answer = await visitor.AskAsync("When were you born?");
            sessionId = answer.Text("sessionId");

            Assert.Equal(HttpStatusCode.NoContent, await RateAsync(visitor, answer.Text("turnId"), """{"rating": "up", "comment": "Just so."}"""));
            Assert.Equal(("up", "Just so.", "2030-01-01T12:00:00+00:00"), await FeedbackAsync(visitor, sessionId));

            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(HttpStatusCode.NoContent, await RateAsync(visitor, answer.Text("turnId"), """{"rating": "down"}"""));
        }

        await using var restarted = TwinFixture.Start(folder.Path, services => services.AddSingleton<TimeProvider>(clock));
        using var returned = restarted.NewVisitor(cookies);
        Assert.Equal(("down", null, "2030-01-01T12:01:00+00:00"), await FeedbackAsync(returned, sessionId));
    }

    [Fact]
    public async Task Bad_feedback_is_refused_and_changes_nothing()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var answer = await visitor.AskAsync("When were you born?");
        var tooLong = new string('x', 1001);
        string[] bodies =
        [
            "{}", "[]", "null", "not json", """{"rating": "maybe"}""", """{"rating": "UP"}""", """{"rating": 1}""", """{"rating": null}""", """{"rating": "up", "comment": "\u0000"}""", $$"""{"rating": "up", "comment": "{{tooLong}}"}""",
        ];

        foreach (var body in bodies)
        {
            using var response = await visitor.PostJsonAsync($"/api/chat/turns/{answer.Text("turnId")}/feedback", body);
            Assert.Equal((body, HttpStatusCode.BadRequest), (body, response.StatusCode));
            Assert.Equal("validation", (await response.JsonAsync()).Text("code"));
        }

        Assert.Null(await FeedbackAsync(visitor, answer.Text("sessionId")));
        Assert.Equal(HttpStatusCode.NoContent, await RateAsync(visitor, answer.Text("turnId"), $$"""{"rating": "up", "comment": "{{tooLong[1..]}}"}"""));
    }

    [Fact]
    public async Task A_turn_that_is_missing_takes_no_feedback()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        var answer = await visitor.AskAsync("When were you born?");

        Assert.Equal(HttpStatusCode.NotFound, await RateAsync(visitor, $"{answer.Text("sessionId")}.2", """{"rating": "up"}"""));
        Assert.Equal(HttpStatusCode.NotFound, await RateAsync(visitor, "nonsense", """{"rating": "up"}"""));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_running_turn_takes_no_feedback_yet()
    {
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync("When were you born?");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");

        Assert.Equal(HttpStatusCode.Conflict, await RateAsync(visitor, turnId, """{"rating": "up"}"""));

        reply.Token("In 1815.").Finish().Done();
        await reader.RestAsync();
        Assert.Equal(HttpStatusCode.NoContent, await RateAsync(visitor, turnId, """{"rating": "up"}"""));
    }

    private static async Task<HttpStatusCode> RateAsync(HttpClient visitor, string turnId, string body)
    {
        using var response = await visitor.PostJsonAsync($"/api/chat/turns/{turnId}/feedback", body);
        return response.StatusCode;
    }

    /// <summary>What memory shows of the session's only turn, or null.</summary>
    private static async Task<(string Rating, string? Comment, string At)?> FeedbackAsync(HttpClient visitor, string sessionId)
    {
        var turn = Assert.Single((await visitor.GetJsonAsync($"/api/memory/sessions/{sessionId}"))["items"]!.AsArray())!;
        return turn["feedback"]?.AsObject() is { } feedback
            ? (feedback.Text("rating"), feedback["comment"]?.GetValue<string>(), feedback.Text("at"))
            : null;
    }
}
