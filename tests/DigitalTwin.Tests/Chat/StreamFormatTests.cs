using System.Net;
using System.Text.RegularExpressions;
using DigitalTwin.Tests.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>The AI SDK's UI message stream, byte by byte.</summary>
public sealed class StreamFormatTests
{
    [Fact]
    public async Task The_whole_stream_of_an_extractive_answer()
    {
        using var workshop = new Workshop();
        await using var twin = Start(new ManualTimeProvider(), workshop.Setting);
        using var visitor = twin.NewVisitor();

        using var reader = await visitor.StreamAsync(Workshop.Question);
        var events = await reader.RestAsync();

        var sessionId = events[1].Json["data"]!.AsObject().Text("sessionId");
        Golden.Equal("chat-stream.txt", reader.Transcript.Replace(sessionId, "{session}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_stream_is_marked_as_a_ui_message_stream_that_nobody_may_keep_or_hold_back()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();

        using var reader = await visitor.StreamAsync("When were you born?");

        var response = reader.Response;
        Assert.Equal("v1", response.Headers.GetValues("x-vercel-ai-ui-message-stream").Single());
        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal("no", response.Headers.GetValues("X-Accel-Buffering").Single());
    }

    [Theory]
    [InlineData("When were you born?")]
    [InlineData("What is the capital of Peru?")]
    [InlineData("Hello!")]
    public async Task Events_come_in_their_order_each_with_an_id_of_its_own(string question)
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();

        using var reader = await visitor.StreamAsync(question);
        var events = await reader.RestAsync();

        Assert.Matches(
            new Regex("^start data-turn text-start (text-delta )+text-end (source-document )*(data-citation )*(data-suggestions )?finish \\[DONE\\]$"),
            string.Join(' ', events.Select(e => e.Type)));
        Assert.All(events, e => Assert.False(string.IsNullOrEmpty(e.Id)));
        Assert.Distinct(events.Select(e => e.Id));
    }

    [Fact]
    public async Task The_stream_and_the_whole_answer_say_the_same()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();

        using var reader = await visitor.StreamAsync("When were you born?", clientMessageId: "m-1");
        var events = await reader.RestAsync();
        var answer = await visitor.AskAsync("When were you born?", clientMessageId: "m-1");

        Assert.Equal(answer.Text("turnId"), events[0].Json.Text("messageId"));
        Assert.Equal(answer.Text("answer"), events.Text());
        Assert.Equal(
            answer["citations"]!.AsArray().Select(c => c!.ToJsonString()),
            events.Where(e => e.Type == "data-citation").Select(e => e.Json["data"]!.ToJsonString()));
        Assert.Equal(
            answer["suggestions"]!.ToJsonString(), events.Single(e => e.Type == "data-suggestions").Json["data"]!.ToJsonString());
    }

    [Fact]
    public async Task A_replay_is_the_stream_again()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();
        using var first = await visitor.StreamAsync("When were you born?");
        var events = await first.RestAsync();

        using var again = await visitor.ResumeAsync(events[0].Json.Text("messageId"));
        await again.RestAsync();

        Assert.Equal(first.Transcript, again.Transcript);
    }

    [Fact(Timeout = 30_000)]
    public async Task Silence_is_broken_by_a_ping_every_15_seconds()
    {
        var clock = new ManualTimeProvider();
        var timers = new TimerWatch(clock);
        await using var server = await OpenAiServer.StartAsync();
        await using var twin = TwinFixture.Start(
            services: services => services.AddSingleton<TimeProvider>(timers),
            settings: [("Twin:Engines:OpenAI:BaseUrl", server.BaseUrl), ("Twin:Engines:FirstTokenTimeout", "00:05:00")]);
        var reply = server.Next(OpenAiReply.Gated());
        using var visitor = twin.NewVisitor();

        using var reader = await visitor.StreamAsync("When were you born?");
        await reader.NextAsync("data-turn");
        for (var i = 0; i < 3; i++)
        {
            while (await timers.ArmedAsync() != TimeSpan.FromSeconds(15))
            {
            }

            clock.Advance(TimeSpan.FromMilliseconds(14_999));
            var next = reader.NextAsync();
            Assert.False(next.IsCompleted);
            clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(": ping", (await next)!.Type);
        }

        reply.Token("In 1815.").Finish().Done();
        var rest = await reader.RestAsync();

        Assert.Equal("In 1815.", rest.Text());
        Assert.DoesNotContain(rest, e => e.Comment is not null);
    }

    [Fact]
    public async Task A_refused_question_is_a_problem_and_no_stream()
    {
        await using var twin = TwinFixture.Start();
        using var visitor = twin.NewVisitor();

        using var empty = await visitor.PostJsonAsync("/api/chat/stream", """{"message": " "}""");
        using var foreign = await visitor.PostJsonAsync("/api/chat/stream", """{"message": "Hello", "sessionId": "s-none"}""");

        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Equal("validation", (await empty.JsonAsync()).Text("code"));
        Assert.Equal(HttpStatusCode.NotFound, foreign.StatusCode);
        Assert.Equal("not_found", (await foreign.JsonAsync()).Text("code"));
        Assert.Equal("application/problem+json", foreign.Content.Headers.ContentType!.MediaType);
    }

    private static TwinFixture Start(TimeProvider clock, params (string Setting, string Value)[] settings) =>
        TwinFixture.Start(services: services => services.AddSingleton(clock), settings: settings);
}
