using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>The published application as Lambda runs it: start, events, snapshot, end.</summary>
public sealed class LambdaLifecycleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 60_000)]
    public async Task A_chat_goes_on_from_event_to_event()
    {
        await using var twin = await PublishedTwin.StartAsync();

        var first = await twin.AnswerAsync(RecordedEvent.Chat());
        var second = await twin.AnswerAsync(RecordedEvent.Http(
            "POST", "/api/chat", body: ChatClientExtensions.Body("Where?", first.Json.Text("sessionId")), change: json => json["cookies"] = new JsonArray(first.Cookie)));

        Assert.Equal((200, false), (first.Status, first.IsBase64));
        Assert.Contains("10 December 1815", first.Json.Text("answer"), StringComparison.Ordinal);
        Assert.StartsWith("__Host-twin=", first.Cookie, StringComparison.Ordinal);
        Assert.Contains("secure", first.Cookies[0], StringComparison.Ordinal);
        Assert.Equal((200, first.Json.Text("sessionId")), (second.Status, second.Json.Text("sessionId")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Swagger_and_Kestrel_are_not_even_loaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The list of loaded files is read from /proc.");
        await using var twin = await PublishedTwin.StartAsync();

        var swagger = await twin.AnswerAsync(RecordedEvent.Http("GET", "/swagger/v1/swagger.json"));
        await twin.AnswerAsync(RecordedEvent.Chat());

        var loaded = await File.ReadAllTextAsync($"/proc/{twin.Process.Id}/maps", TestContext.Current.CancellationToken);
        Assert.Equal(404, swagger.Status);
        Assert.Contains("/DigitalTwin.dll", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("Swashbuckle", loaded, StringComparison.Ordinal);
        Assert.DoesNotContain("Microsoft.OpenApi", loaded, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Log_lines_are_JSON_and_name_the_invocation_and_its_trace()
    {
        await using var twin = await PublishedTwin.StartAsync();
        const string trace = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";

        using var call = twin.Runtime.Invoke("{}", traceId: trace);
        await Assert.ThrowsAsync<LambdaFailedException>(() => call.Answer);
        await twin.AnswerAsync(RecordedEvent.Http("GET", "/health/live"));

        var line = twin.Process.Output.Split('\n').Select(line => JsonNode.Parse(line)!.AsObject()).Last();
        Assert.Equal("Error", line.Text("Level"));
        Assert.Contains("BadEventException", line.Text("Exception"), StringComparison.Ordinal);
        Assert.Equal((call.Id, trace), (line["Properties"]!.AsObject().Text("AwsRequestId"), line["Properties"]!.AsObject().Text("AwsTraceId")));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_start_that_fails_is_reported_by_the_name_of_the_bad_setting()
    {
        await using var twin = await PublishedTwin.StartAsync(("Twin:Owner:Key", "short"));

        var error = await twin.Runtime.InitError.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Equal("Runtime.BadSettingsException", error.Type);
        Assert.Contains("Twin:Owner:Key", JsonNode.Parse(error.Body)!.AsObject().Text("errorMessage"), StringComparison.Ordinal);
        Assert.Equal(1, await twin.Process.ExitAsync(Patience));
        Assert.Equal(0, twin.Runtime.NextAsked);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_snapshot_is_awaited_before_the_first_event()
    {
        await using var twin = await PublishedTwin.StartAsync(("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start"));

        await twin.Runtime.RestoreAsked.WaitAsync(Patience, TestContext.Current.CancellationToken);
        var askedBefore = twin.Runtime.NextAsked;
        twin.Runtime.Restore();
        var answer = await twin.AnswerAsync(RecordedEvent.Chat());

        Assert.Equal((0, 200), (askedBefore, answer.Status));
    }

    [Fact(Timeout = 60_000)]
    public async Task When_the_Runtime_API_goes_away_the_process_ends_with_a_word_and_an_error()
    {
        await using var twin = await PublishedTwin.StartAsync();
        await twin.AnswerAsync(RecordedEvent.Http("GET", "/health/live"));

        await twin.Runtime.GoAsync();
        var exitCode = await twin.Process.ExitAsync(Patience);

        Assert.Equal(1, exitCode);
        Assert.Contains("The process ends.", twin.Process.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Told_to_end_it_answers_what_it_has_begun_and_asks_for_no_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var model = await OpenAiServer.StartAsync();
        await using var twin = await PublishedTwin.StartAsync(("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl));
        var reply = model.Next(OpenAiReply.Gated().Token("In "));
        using var call = twin.Runtime.Invoke(RecordedEvent.Url("POST", "/api/chat/stream", """{"message": "When were you born?"}"""));
        await StreamingTests.ReadToAsync(call, "\"delta\":\"In \"");

        await twin.Process.TerminateAsync();
        reply.Token("1815.").Finish().Done();
        var rest = await StreamingTests.ReadToAsync(call, "[DONE]");

        Assert.Contains("\"delta\":\"1815.\"", rest, StringComparison.Ordinal);
        Assert.DoesNotContain("\"type\":\"error\"", rest, StringComparison.Ordinal);
        Assert.Null(await call.Ended);
        Assert.Equal(0, await twin.Process.ExitAsync(Patience));
        Assert.Equal(1, twin.Runtime.NextAsked);
    }

    [Fact(Timeout = 60_000)]
    public async Task Told_to_end_while_it_waits_it_ends_at_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        await using var twin = await PublishedTwin.StartAsync();
        await twin.AnswerAsync(RecordedEvent.Chat());

        await twin.Process.TerminateAsync();

        Assert.Equal(0, await twin.Process.ExitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_thousand_events_leave_nothing_behind()
    {
        await using var twin = await PublishedTwin.StartAsync();
        async Task RunAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var call = twin.Runtime.Invoke((i % 4) switch
                {
                    0 => RecordedEvent.Http("POST", "/api/chat", body: """{"message": ""}"""),
                    1 => RecordedEvent.Http("GET", "/"),
                    2 => RecordedEvent.Url("GET", "/api/persona"),
                    _ => RecordedEvent.Http("GET", "/api/memory/sessions"),
                });
                await (i % 4 == 2 ? (Task)call.Ended : call.Answer);
            }
        }

        await RunAsync(500);
        var before = twin.Process.ResidentBytes();
        await RunAsync(1000);
        var grown = twin.Process.ResidentBytes() - before;

        Assert.Equal(1501, await NextAskedAsync(twin, 1501));
        Assert.InRange(grown, long.MinValue, 16 * 1024 * 1024);
    }

    private static async Task<int> NextAskedAsync(PublishedTwin twin, int atLeast)
    {
        using var call = twin.Runtime.Invoke(RecordedEvent.Http("GET", "/health/live"));
        await call.Answer;
        return Math.Min(twin.Runtime.NextAsked, atLeast);
    }
}
