using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace DigitalTwin.Tests.Engines.Bedrock;

public sealed class BedrockChatClientTests : ModelClientContract
{
    public static TheoryData<string, string> BrokenStreams => new()
    {
        { "cut", "connection_lost" },
        { "half", "connection_lost" },
        { "ends too soon", "connection_lost" },
        { "malformed", "malformed" },
        { "damaged", "malformed" },
        { "malformed output", "malformed" },
        { "throttlingException", "http_429" },
        { "modelStreamErrorException", "http_424" },
        { "internalServerException", "http_500" },
        { "serviceUnavailableException", "http_503" },
        { "validationException", "http_400" },
        { "futureException", "error_in_stream" },
        { "error", "error_in_stream" },
    };

    [Fact(Timeout = 30_000)]
    public async Task The_request_carries_the_prompt_the_limits_and_the_guardrail()
    {
        await using var host = await BedrockHost.StartAsync(
            ("Twin:Engines:Bedrock:GuardrailId", "gr1234"), ("Twin:Engines:Bedrock:GuardrailVersion", "2"));
        host.Server.Next(BedrockReply.Of("Hi"));
        ChatMessage[] prompt =
        [
            new(ChatRole.System, "You are Ada."),
            new(ChatRole.User, "Who are you?"),
            new(ChatRole.Assistant, "Ada."),
            new(ChatRole.User, "Und \"wirklich\"? 🙂"),
        ];
        var options = new ChatOptions { Instructions = "Be brief.", MaxOutputTokens = 50, Temperature = 0.5f, TopP = 0.9f, StopSequences = ["END"] };

        await foreach (var update in host.Bedrock.GetStreamingResponseAsync(prompt, options, Cancellation))
        {
        }

        var request = Assert.Single(host.Server.Requests);
        Assert.Equal("/model/eu.anthropic.claude-sonnet-4-20250514-v1%3A0/converse-stream", request.Target);
        Assert.Equal("application/json", request.Headers["Content-Type"]);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDMARKER/20300101/eu-central-1/bedrock/aws4_request", request.Headers["Authorization"], StringComparison.Ordinal);
        Assert.Equal("session-token-marker", request.Headers["X-Amz-Security-Token"]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(request.Text), JsonNode.Parse(
            """
            {"messages": [{"role": "user", "content": [{"text": "Who are you?"}]}, {"role": "assistant", "content": [{"text": "Ada."}]},
                          {"role": "user", "content": [{"text": "Und \"wirklich\"? 🙂"}]}],
             "system": [{"text": "Be brief."}, {"text": "You are Ada."}],
             "inferenceConfig": {"maxTokens": 50, "temperature": 0.5, "topP": 0.9, "stopSequences": ["END"]},
             "guardrailConfig": {"guardrailIdentifier": "gr1234", "guardrailVersion": "2"}}
            """)), request.Text);
    }

    [Fact(Timeout = 30_000)]
    public async Task Questions_without_an_answer_are_one_message_and_blank_text_is_left_out()
    {
        await using var host = await BedrockHost.StartAsync();
        host.Server.Next(BedrockReply.Of("Hi"));

        await host.Bedrock.GetResponseAsync(
            [new(ChatRole.System, " "), new(ChatRole.User, "One?"), new(ChatRole.User, ""), new(ChatRole.User, "Two?")], cancellationToken: Cancellation);

        var request = Assert.Single(host.Server.Requests);
        Assert.Equal([("user", "One?\nTwo?")], request.Messages);
        Assert.False(request.Body.TryGetProperty("system", out _));
        Assert.Equal(800, request.Body.GetProperty("inferenceConfig").GetProperty("maxTokens").GetInt32());
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_answer_carries_model_finish_reason_and_usage(bool asStream)
    {
        await using var host = await BedrockHost.StartAsync();
        host.Server.Next(BedrockReply.Of("One ", "two"));

        var response = asStream
            ? await host.Bedrock.GetStreamingResponseAsync("Count.", cancellationToken: Cancellation).ToChatResponseAsync(Cancellation)
            : await host.Bedrock.GetResponseAsync("Count.", cancellationToken: Cancellation);

        Assert.Equal(("One two", BedrockHost.ModelId, ChatFinishReason.Stop), (response.Text, response.ModelId, response.FinishReason));
        Assert.Equal((10, 2, 12), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount, response.Usage?.TotalTokenCount));
        Assert.EndsWith(asStream ? "/converse-stream" : "/converse", Assert.Single(host.Server.Requests).Target, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("end_turn", "stop")]
    [InlineData("stop_sequence", "stop")]
    [InlineData("max_tokens", "length")]
    [InlineData("model_context_window_exceeded", "length")]
    [InlineData("guardrail_intervened", "content_filter")]
    [InlineData("content_filtered", "content_filter")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("something_new", "stop")]
    public async Task A_stop_reason_becomes_a_finish_reason(string stopReason, string finishReason)
    {
        await using var host = await BedrockHost.StartAsync();
        foreach (var asStream in new[] { true, false })
        {
            host.Server.Next(BedrockReply.Gated().Role().Token("One").Finish(stopReason).Done());

            var response = asStream
                ? await host.Bedrock.GetStreamingResponseAsync("Count.", cancellationToken: Cancellation).ToChatResponseAsync(Cancellation)
                : await host.Bedrock.GetResponseAsync("Count.", cancellationToken: Cancellation);

            Assert.Equal(new ChatFinishReason(finishReason), response.FinishReason);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Events_without_text_are_passed_over()
    {
        await using var host = await BedrockHost.StartAsync();
        host.Server.Next(BedrockReply.Gated().Role()
            .Event("contentBlockStart", new JsonObject { ["contentBlockIndex"] = 0, ["start"] = new JsonObject() })
            .Event("contentBlockDelta", new JsonObject { ["contentBlockIndex"] = 0, ["delta"] = new JsonObject { ["reasoningContent"] = new JsonObject { ["text"] = "Hm." } } })
            .Event("somethingNew", [])
            .Token("Hi").Finish().Done());

        Assert.Equal("bedrock: Hi", await host.AnswerAsync(Cancellation));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(BrokenStreams))]
    public Task A_stream_that_breaks_delivers_its_text_so_far_and_fails(string kind, string code) =>
        AssertBreaksAsync(reply => Break((BedrockReply)reply, kind), code);

    internal static BedrockReply Break(BedrockReply reply, string kind) => kind switch
    {
        "cut" => reply.Cut(),
        "half" => reply.Half(),
        "ends too soon" => reply.Done(),
        "malformed" => reply.Malformed(),
        "damaged" => reply.Damaged(),
        "malformed output" => reply.Finish("malformed_model_output"),
        "error" => reply.Error("InternalError", "error-marker"),
        _ => reply.Exception(kind, "error-marker"),
    };

    private protected override async Task<IModelHost> StartHostAsync() => await BedrockHost.StartAsync();
}
