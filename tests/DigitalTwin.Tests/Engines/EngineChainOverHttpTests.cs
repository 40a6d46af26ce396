using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace DigitalTwin.Tests.Engines;

public sealed class EngineChainOverHttpTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task An_upstream_that_keeps_failing_is_asked_three_times_and_then_the_built_in_engine_answers()
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Otherwise = _ => OpenAiReply.Status(500);

        var answer = ReadAsync(host);
        await AdvanceUntilAsync(host, answer);

        Assert.Equal("extractive: Built in", await answer);
        Assert.Equal(3, host.Server.Requests.Count);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_hanging_upstream_is_left_after_the_first_token_timeout_and_its_connection_closed()
    {
        await using var host = await EngineHost.StartAsync();
        var reply = host.Server.Next(OpenAiReply.Hang());

        var answer = ReadAsync(host);
        await reply.Started;
        Assert.Equal(TimeSpan.FromSeconds(15), await host.Timers.ArmedAsync());
        host.Clock.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal("extractive: Built in", await answer);
        await reply.ClientLeft;
    }

    [Fact(Timeout = 30_000)]
    public async Task An_upstream_that_opens_the_stream_and_falls_silent_is_left_too()
    {
        await using var host = await EngineHost.StartAsync();
        var reply = host.Server.Next(OpenAiReply.Gated().Role());

        var answer = ReadAsync(host);
        await reply.Started;
        host.Clock.Advance(await host.Timers.ArmedAsync());

        Assert.Equal("extractive: Built in", await answer);
        await reply.ClientLeft;
    }

    [Theory(Timeout = 30_000)]
    [InlineData("cut at once")]
    [InlineData("cut")]
    [InlineData("error")]
    public async Task A_stream_that_breaks_before_its_first_text_is_asked_again(string kind)
    {
        await using var host = await EngineHost.StartAsync();
        var broken = kind == "cut at once" ? OpenAiReply.CutAtOnce() : OpenAiReply.Gated().Role();
        if (kind != "cut at once")
        {
            OpenAiChatClientTests.Break(broken, kind);
        }

        host.Server.Next(broken);
        host.Server.Next(OpenAiReply.Of("Hi"));

        var answer = ReadAsync(host);
        await AdvanceUntilAsync(host, answer);

        Assert.Equal("openai: Hi", await answer);
        Assert.Equal(2, host.Server.Requests.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    public async Task What_will_not_pass_is_not_asked_again(int status)
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Next(OpenAiReply.Status(status));

        Assert.Equal("extractive: Built in", await ReadAsync(host));
        Assert.Single(host.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_answer_is_no_answer()
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Next(OpenAiReply.Of());

        Assert.Equal("extractive: Built in", await ReadAsync(host));
        Assert.Single(host.Server.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Too_many_requests_is_asked_again_when_the_upstream_says()
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Next(OpenAiReply.Status(429, retryAfter: "3"));
        host.Server.Next(OpenAiReply.Of("Hi"));

        var answer = ReadAsync(host);
        Assert.Equal(15, (await host.Timers.ArmedAsync()).TotalSeconds);
        var wait = await host.Timers.ArmedAsync();
        Assert.InRange(wait.TotalSeconds, 3, 3.25);
        Assert.Single(host.Server.Requests);
        host.Clock.Advance(wait);

        Assert.Equal("openai: Hi", await answer);
        Assert.Equal(2, host.Server.Requests.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("400")]
    [InlineData("500")]
    [InlineData("cut")]
    [InlineData("malformed")]
    [InlineData("error")]
    public async Task Neither_the_key_nor_any_text_reaches_a_log_or_an_exception(string kind)
    {
        await using var host = await EngineHost.StartAsync(("Twin:Engines:MaxRetries", "0"));
        var reply = int.TryParse(kind, out var status)
            ? OpenAiReply.Status(status, message: "error-marker prompt-marker sk-key-marker")
            : OpenAiReply.Gated().Token("answer-marker");
        if (status == 0)
        {
            OpenAiChatClientTests.Break(reply, kind);
        }

        host.Server.Otherwise = _ => reply;
        var failure = await Assert.ThrowsAsync<EngineFailedException>(
            async () => await host.OpenAI.GetResponseAsync("prompt-marker", cancellationToken: Cancellation));
        host.Server.Otherwise = null;
        host.Server.Next(OpenAiReply.Status(500, message: "error-marker prompt-marker sk-key-marker"));
        await ReadAsync(host);

        Assert.Null(failure.InnerException);
        Assert.NotEmpty(host.Logs.Lines);
        Assert.All([failure.ToString(), .. host.Logs.Lines.Select(line => line.Text)], line => Assert.DoesNotContain("-marker", line));
    }

    private static async Task<string> ReadAsync(EngineHost host)
    {
        var (text, failure) = await EngineChain.Read(host.Ask(Cancellation));
        return failure is null ? text : throw failure;
    }

    /// <summary>Lets each wait for a retry pass as soon as it has begun; the waits for the network itself are left alone.</summary>
    private static async Task AdvanceUntilAsync(EngineHost host, Task answer)
    {
        while (!answer.IsCompleted)
        {
            var armed = host.Timers.ArmedAsync();
            if (await Task.WhenAny(armed, answer) == armed && await armed is var wait && wait < TimeSpan.FromSeconds(5))
            {
                host.Clock.Advance(wait);
            }
        }
    }
}
