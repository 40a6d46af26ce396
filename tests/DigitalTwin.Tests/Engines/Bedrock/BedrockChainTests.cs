using Amazon.Runtime;
using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Engines.Bedrock;

/// <summary>Bedrock in front of the built-in engine.</summary>
public sealed class BedrockChainTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(424)]
    public async Task A_model_that_keeps_failing_is_asked_three_times_and_then_the_built_in_engine_answers(int status)
    {
        await using var host = await BedrockHost.StartAsync();
        host.Server.Otherwise = _ => BedrockReply.Status(status);

        Assert.Equal("extractive: Built in", await host.AnswerAfterRetriesAsync(Cancellation));
        Assert.Equal(3, host.Server.Requests.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task What_will_not_pass_is_not_asked_again(int status)
    {
        await using var host = await BedrockHost.StartAsync();
        host.Server.Next(BedrockReply.Status(status));

        Assert.Equal("extractive: Built in", await host.AnswerAsync(Cancellation));
        Assert.Single(host.Server.Requests);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("cut at once")]
    [InlineData("cut")]
    [InlineData("half")]
    [InlineData("throttlingException")]
    [InlineData("modelStreamErrorException")]
    [InlineData("malformed output")]
    public async Task A_stream_that_breaks_before_its_first_text_is_asked_again(string kind)
    {
        await using var host = await BedrockHost.StartAsync();
        host.Server.Next(kind == "cut at once" ? BedrockReply.CutAtOnce() : BedrockChatClientTests.Break(BedrockReply.Gated().Role(), kind));
        host.Server.Next(BedrockReply.Of("Hi"));

        Assert.Equal("bedrock: Hi", await host.AnswerAfterRetriesAsync(Cancellation));
        Assert.Equal(2, host.Server.Requests.Count);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_model_that_says_nothing_is_left_after_the_first_token_timeout(bool afterHeaders)
    {
        await using var host = await BedrockHost.StartAsync();
        var reply = host.Server.Next(afterHeaders ? BedrockReply.Gated().Role() : BedrockReply.Hang());

        var answer = host.AnswerAsync(Cancellation);
        await reply.Started;
        Assert.Equal(TimeSpan.FromSeconds(15), await host.Timers.ArmedAsync());
        host.Clock.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal("extractive: Built in", await answer);
        await reply.ClientLeft;
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_answer_is_no_answer()
    {
        await using var host = await BedrockHost.StartAsync();
        host.Server.Next(BedrockReply.Of());

        Assert.Equal("extractive: Built in", await host.AnswerAsync(Cancellation));
    }

    [Fact(Timeout = 30_000)]
    public async Task What_a_guardrail_says_instead_is_the_answer()
    {
        await using var host = await BedrockHost.StartAsync();
        host.Server.Next(BedrockReply.Gated().Role().Token("I may not talk about that.").Finish("guardrail_intervened").Usage(5, 0).Done());

        Assert.Equal("bedrock: I may not talk about that.", await host.AnswerAsync(Cancellation));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_credentials_the_next_engine_answers()
    {
        await using var host = await BedrockHost.StartAsync();
        ((FailingCredentials)host.Services.GetRequiredService<AWSCredentials>()).Fail = true;

        Assert.Equal("extractive: Built in", await host.AnswerAsync(Cancellation));
        Assert.Empty(host.Server.Requests);
        Assert.Contains(host.Logs.Lines, line => line.Text.Contains("no_credentials", StringComparison.Ordinal));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("400")]
    [InlineData("500")]
    [InlineData("cut")]
    [InlineData("malformed")]
    [InlineData("damaged")]
    [InlineData("error")]
    [InlineData("throttlingException")]
    public async Task No_key_no_token_and_no_text_reaches_a_log_or_an_exception(string kind)
    {
        await using var host = await BedrockHost.StartAsync(("Twin:Engines:MaxRetries", "0"));
        host.Server.Otherwise = _ => int.TryParse(kind, out var status)
            ? BedrockReply.Status(status, message: "error-marker prompt-marker secret-key-marker")
            : BedrockChatClientTests.Break(BedrockReply.Gated().Role().Token("answer-marker"), kind);

        var failure = await Assert.ThrowsAsync<EngineFailedException>(
            () => host.Bedrock.GetStreamingResponseAsync("prompt-marker", cancellationToken: Cancellation).ToChatResponseAsync(Cancellation));
        await EngineChain.Read(host.Ask(Cancellation));
        host.Server.Otherwise = null;
        host.Server.Next(BedrockReply.Status(500, "secret-key-marker in a code", "error-marker"));
        await host.AnswerAsync(Cancellation);

        Assert.Null(failure.InnerException);
        Assert.NotEmpty(host.Logs.Lines);
        Assert.All([failure.ToString(), .. host.Logs.Lines.Select(line => line.Text)], line =>
        {
            Assert.DoesNotContain("-marker", line);
            Assert.DoesNotContain("AKIDMARKER", line);
            Assert.DoesNotContain("AWS4-HMAC", line);
        });
    }
}
