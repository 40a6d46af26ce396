using System.Diagnostics;
using System.Globalization;
using System.Net;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>How quick a word is on its way, and a stop. The goals are for a quiet machine, the limits leave room for a busy one.</summary>
[Collection(TimingTests.Name)]
public sealed class LatencyTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_token_is_with_the_visitor_within_20_ms()
    {
        const int tokens = 60;
        await using var twin = await ModelTwin.StartAsync();
        var reply = twin.NextIsGated();
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync("When were you born?");
        reply.Token("First ");
        await reader.NextAsync("text-delta");

        var times = new List<TimeSpan>();
        for (var i = 0; i < tokens; i++)
        {
            var token = string.Create(CultureInfo.InvariantCulture, $"token{i} ");
            var released = Stopwatch.GetTimestamp();
            reply.Token(token);
            Assert.Equal(token, (await reader.NextAsync("text-delta")).Delta);
            times.Add(Stopwatch.GetElapsedTime(released));
        }

        Report("A token", times);
        Assert.InRange(Median(times).TotalMilliseconds, 0, 20);
        Assert.InRange(times.Max().TotalMilliseconds, 0, 1000);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_stop_ends_the_stream_within_100_ms()
    {
        await using var twin = await ModelTwin.StartAsync();
        var times = new List<TimeSpan>();
        for (var i = 0; i < 9; i++)
        {
            var reply = twin.NextIsGated().Token("I was born ");
            using var visitor = twin.NewVisitor();
            using var reader = await visitor.StreamAsync("When were you born?");
            var turnId = (await reader.NextAsync("start")).Json.Text("messageId");
            await reader.NextAsync("text-delta");

            var asked = Stopwatch.GetTimestamp();
            var stop = visitor.StopAsync(turnId);
            await reader.RestAsync();
            times.Add(Stopwatch.GetElapsedTime(asked));
            Assert.Equal(HttpStatusCode.Accepted, await stop);
            await reply.ClientLeft;
        }

        Report("A stop", times);
        Assert.InRange(Median(times).TotalMilliseconds, 0, 100);
        Assert.InRange(times.Max().TotalMilliseconds, 0, 1000);
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private static void Report(string what, List<TimeSpan> times) => TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: median {Median(times).TotalMilliseconds:F2} ms, longest {times.Max().TotalMilliseconds:F2} ms of {times.Count}"));
}
