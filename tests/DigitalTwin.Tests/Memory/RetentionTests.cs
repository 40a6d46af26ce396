using System.Net;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Memory;

/// <summary>What is old enough is gone, for every reader and at the very second.</summary>
public sealed class RetentionTests
{
    private const string Question = "When were you born?";

    [Fact]
    public async Task A_session_disappears_at_midnight_after_its_days_are_over()
    {
        var clock = new ManualTimeProvider();
        await using var twin = Start(clock, days: 1);
        using var visitor = twin.NewVisitor();
        var answer = await visitor.AskAsync(Question, clientMessageId: "m-1");
        var (sessionId, turnId) = (answer.Text("sessionId"), answer.Text("turnId"));
        await StayAsync(visitor, clock, new DateTimeOffset(2030, 1, 2, 23, 59, 59, TimeSpan.Zero));

        Assert.Single((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
        Assert.Single((await visitor.GetJsonAsync($"/api/memory/sessions/{sessionId}"))["items"]!.AsArray());
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
        Assert.Empty((await visitor.GetJsonAsync("/api/memory/export"))["sessions"]!.AsArray());
        foreach (var path in new[] { $"/api/memory/sessions/{sessionId}", $"/api/chat/turns/{turnId}/stream" })
        {
            using var gone = await visitor.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        }

        using var goOn = await visitor.PostJsonAsync("/api/chat", ChatClientExtensions.Body(Question, sessionId));
        Assert.Equal(HttpStatusCode.NotFound, goOn.StatusCode);
        Assert.NotEqual(turnId, (await visitor.AskAsync(Question, clientMessageId: "m-1")).Text("turnId"));
    }

    [Fact]
    public async Task A_session_that_is_used_lives_on_while_its_old_turns_go()
    {
        var clock = new ManualTimeProvider();
        await using var twin = Start(clock, days: 2);
        using var visitor = twin.NewVisitor();
        var sessionId = (await visitor.AskAsync(Question)).Text("sessionId");
        await StayAsync(visitor, clock, new DateTimeOffset(2030, 1, 3, 12, 0, 0, TimeSpan.Zero));
        await visitor.AskAsync("Who was your father?", sessionId);
        await StayAsync(visitor, clock, new DateTimeOffset(2030, 1, 4, 0, 0, 0, TimeSpan.Zero));

        var turns = (await visitor.GetJsonAsync($"/api/memory/sessions/{sessionId}"))["items"]!.AsArray();
        var next = await visitor.AskAsync("Who was Babbage?", sessionId);
        var receipt = await visitor.DeleteAsync(new Uri("/api/memory", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal([2], turns.Select(turn => turn!["sequence"]!.GetValue<int>()));
        Assert.EndsWith(".3", next.Text("turnId"), StringComparison.Ordinal);
        Assert.Equal(1, (await receipt.JsonAsync())["erased"]!["sessions"]!.GetValue<int>());
    }

    /// <summary>Moves the clock, with a visit every twelve hours so that the cookie does not lapse.</summary>
    private static async Task StayAsync(HttpClient visitor, ManualTimeProvider clock, DateTimeOffset until)
    {
        while (clock.GetUtcNow() < until)
        {
            var step = until - clock.GetUtcNow();
            clock.Advance(step < TimeSpan.FromHours(12) ? step : TimeSpan.FromHours(12));
            await visitor.GetJsonAsync("/api/memory/sessions");
        }
    }

    private static TwinFixture Start(TimeProvider clock, int days) => TwinFixture.Start(
        services: services => services.AddSingleton(clock),
        settings: ("Twin:Memory:RetentionDays", days.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
