using DigitalTwin.Engines;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace DigitalTwin.Tests.Engines;

public sealed class OpenAiChatClientTests : ModelClientContract
{
    [Fact(Timeout = 30_000)]
    public async Task The_request_carries_the_prompt_the_limits_and_the_key()
    {
        await using var host = await EngineHost.StartAsync(("Twin:Engines:OpenAI:Model", "small"));
        host.Server.Next(OpenAiReply.Of("Hi"));
        ChatMessage[] prompt =
        [
            new(ChatRole.System, "You are Ada."),
            new(ChatRole.User, "Who are you?"),
            new(ChatRole.Assistant, "Ada."),
            new(ChatRole.User, "Und \"wirklich\"? 🙂"),
        ];

        await host.OpenAI.GetResponseAsync(
            prompt, new ChatOptions { Instructions = "Be brief.", MaxOutputTokens = 50, Temperature = 0.5f, StopSequences = ["END"] }, Cancellation);

        var request = Assert.Single(host.Server.Requests);
        Assert.Equal("Bearer sk-key-marker", request.Authorization);
        Assert.Equal(
            [("system", "Be brief."), ("system", "You are Ada."), ("user", "Who are you?"), ("assistant", "Ada."), ("user", "Und \"wirklich\"? 🙂")],
            request.Messages);
        Assert.True(request.WantsUsage);
        Assert.True(request.Body.GetProperty("stream").GetBoolean());
        Assert.Equal("small", request.Body.GetProperty("model").GetString());
        Assert.Equal(50, request.Body.GetProperty("max_tokens").GetInt32());
        Assert.Equal(0.5, request.Body.GetProperty("temperature").GetDouble());
        Assert.Equal("END", request.Body.GetProperty("stop")[0].GetString());
    }

    [Theory(Timeout = 30_000)]
    [InlineData(null, 800)]
    [InlineData(5000, 800)]
    [InlineData(100, 100)]
    public async Task An_answer_is_never_longer_than_the_settings_allow(int? wanted, int sent)
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Next(OpenAiReply.Of("Hi"));

        await host.OpenAI.GetResponseAsync("Who are you?", new ChatOptions { MaxOutputTokens = wanted }, Cancellation);

        Assert.Equal(sent, Assert.Single(host.Server.Requests).Body.GetProperty("max_tokens").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_without_a_key_is_asked_with_a_dummy()
    {
        await using var host = await EngineHost.StartAsync(("Twin:Engines:OpenAI:ApiKey", ""));
        host.Server.Next(OpenAiReply.Of("Hi"));

        var response = await host.OpenAI.GetResponseAsync("Who are you?", cancellationToken: Cancellation);

        Assert.Equal("Hi", response.Text);
        Assert.Equal("Bearer none", Assert.Single(host.Server.Requests).Authorization);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_answer_carries_model_finish_reason_and_usage()
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Next(OpenAiReply.Of("One ", "two"));

        var response = await host.Chain.GetResponseAsync("Count.", cancellationToken: Cancellation);

        Assert.Equal("One two", response.Text);
        Assert.Equal(("scripted-1", ChatFinishReason.Stop, "openai"), (response.ModelId, response.FinishReason, response.GetEngineName()));
        Assert.Equal((10, 2, 12), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount, response.Usage?.TotalTokenCount));
    }

    [Fact(Timeout = 30_000)]
    public async Task Usage_repeated_as_a_running_total_counts_once()
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Next(OpenAiReply.Gated().Token("One ").Usage(10, 1).Token("two").Finish().Usage(10, 2).Done());

        var response = await host.OpenAI.GetResponseAsync("Count.", cancellationToken: Cancellation);

        Assert.Equal((10, 2), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount));
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_cut_at_the_token_limit_says_so()
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Next(OpenAiReply.Gated().Token("One").Finish("length").Done());

        var response = await host.OpenAI.GetResponseAsync("Count.", cancellationToken: Cancellation);

        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Null(response.Usage);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("""{"choices":[{"delta":{"content":"Hi"}}]}""")]
    [InlineData("""{"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi","reasoning_content":null},"logprobs":null,"finish_reason":null}],"usage":null,"x_server":{}}""")]
    [InlineData("""{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}""")]
    public async Task Chunks_of_less_careful_servers_are_understood(string chunk)
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Next(OpenAiReply.Gated().Chunk(chunk).Done());

        var response = await host.Chain.GetResponseAsync("Hi", cancellationToken: Cancellation);

        Assert.Equal(("Hi", "openai"), (response.Text, response.GetEngineName()));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("3", 3)]
    [InlineData("Tue, 01 Jan 2030 12:00:07 GMT", 7)]
    [InlineData("Tue, 01 Jan 2030 11:00:00 GMT", null)]
    [InlineData("soon", null)]
    public async Task Retry_after_is_read_as_seconds_or_as_a_date(string header, int? seconds)
    {
        await using var host = await EngineHost.StartAsync();
        host.Server.Next(OpenAiReply.Status(429, header));

        var failure = await Assert.ThrowsAsync<EngineFailedException>(() => host.OpenAI.GetResponseAsync("Hi", cancellationToken: Cancellation));

        Assert.Equal(seconds, failure.RetryAfter?.TotalSeconds);
    }

    public static TheoryData<string, string> BrokenStreams => new()
    {
        { "cut", "connection_lost" },
        { "malformed", "malformed" },
        { "error", "error_in_stream" },
    };

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(BrokenStreams))]
    public Task A_stream_that_breaks_delivers_its_text_so_far_and_fails(string kind, string code) =>
        AssertBreaksAsync(reply => Break((OpenAiReply)reply, kind), code);

    internal static void Break(OpenAiReply reply, string kind)
    {
        switch (kind)
        {
            case "cut":
                reply.Cut();
                break;
            case "malformed":
                reply.Malformed();
                break;
            default:
                reply.Error("error-marker");
                break;
        }
    }

    private protected override async Task<IModelHost> StartHostAsync() => await EngineHost.StartAsync();
}
