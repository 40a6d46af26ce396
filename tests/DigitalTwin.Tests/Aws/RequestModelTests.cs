using System.Text.Json.Nodes;
using Amazon.Runtime;
using DigitalTwin.Aws;
using DigitalTwin.Engines;
using DigitalTwin.Engines.Bedrock;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace DigitalTwin.Tests.Aws;

/// <summary>
/// What we send, held against the models of the services that AWS's own SDK is made from: nothing is missing or unknown, and botocore
/// makes the same request of the same values.
/// </summary>
public sealed class RequestModelTests
{
    private const string Profile = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-20250514-v1:0";
    private const string Version = "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111";
    private static readonly string[] SignedHeaders = ["Content-Type", "X-Amz-Target"];
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task Every_request_is_the_one_that_botocore_would_make()
    {
        await using var server = await BedrockServer.StartAsync();
        var settings = EmulatedAws.SettingsFor(new Uri(server.Endpoint));
        using var client = new AwsClient(settings, new BasicAWSCredentials("test", "test"), TimeProvider.System);
        string[] operations = await SendAllAsync(client);
        var sent = server.Requests;
        Assert.Equal(operations.Length, sent.Count);

        var answers = (await Botocore.AskAsync("check_requests", new JsonArray([.. operations.Zip(sent, Case)]))).AsArray();

        Assert.Equal(operations.Length, answers.Count);
        for (var i = 0; i < operations.Length; i++)
        {
            AssertSame(operations[i], sent[i], answers[i]!.AsObject());
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Every_request_carries_the_signature_that_botocore_gives_to_what_arrived()
    {
        await using var server = await BedrockServer.StartAsync();
        var settings = EmulatedAws.SettingsFor(new Uri(server.Endpoint));
        using var client = new AwsClient(settings, new SessionAWSCredentials("AKIDEXAMPLE", "secret/key+", "token=="), TimeProvider.System);
        await SendAllAsync(client);

        var signatures = await Botocore.AskAsync("sign", new JsonArray([.. server.Requests.Select(request => SignatureCase(server, request))]));

        Assert.Equal(signatures.AsArray().Select(signature => signature!.GetValue<string>()), server.Requests.Select(request => request.Headers["Authorization"]));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_check_finds_what_is_wrong()
    {
        var request = new BedrockRequest("POST", "/model/m/converse", new Dictionary<string, string>(), """{"messages":[{"role":"robot","text":"Hi"}],"inferenceConfig":{"maxTokens":"many"}}""");

        var problems = (await Botocore.AskAsync("check_requests", new JsonArray(Case("bedrock-runtime Converse", request))))[0]!["problems"]!.GetValue<string>();

        Assert.Contains("Missing required parameter in messages[0]: \"content\"", problems, StringComparison.Ordinal);
        Assert.Contains("maxTokens", problems, StringComparison.Ordinal);
        Assert.Contains("Unknown parameter in messages[0]: \"text\"", problems, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Botocores_client_understands_the_fake(bool stream)
    {
        await using var server = await BedrockServer.StartAsync();
        server.Next(BedrockReply.Of("One ", "zwö 🙂"));

        var events = (await Botocore.AskAsync("converse", ConverseCase(server, stream))).AsArray();

        var text = stream
            ? string.Concat(events.Select(e => e!["contentBlockDelta"]?["delta"]?["text"]?.GetValue<string>()))
            : events[0]!["output"]!["message"]!["content"]![0]!["text"]!.GetValue<string>();
        Assert.Equal("One zwö 🙂", text);
        Assert.Equal("end_turn", (stream ? events.Single(e => e!["messageStop"] is not null)!["messageStop"]! : events[0]!)["stopReason"]!.GetValue<string>());
        Assert.Equal(12, (stream ? events[^1]!["metadata"]! : events[0]!)["usage"]!["totalTokens"]!.GetValue<int>());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("status", "ThrottlingException")]
    [InlineData("exception", "modelStreamErrorException")]
    [InlineData("error", "InternalError")]
    public async Task Botocores_client_understands_the_fakes_failures(string kind, string code)
    {
        await using var server = await BedrockServer.StartAsync();
        server.Next(kind switch
        {
            "status" => BedrockReply.Status(429),
            "exception" => BedrockReply.Gated().Role().Exception(code).Done(),
            _ => BedrockReply.Gated().Role().Error(code).Done(),
        });

        var events = (await Botocore.AskAsync("converse", ConverseCase(server, stream: true))).AsArray();

        Assert.Equal(code, events[^1]!["error"]!.GetValue<string>());
    }

    [Fact(Timeout = 60_000)]
    public async Task Botocores_client_understands_the_fakes_knowledge_base()
    {
        await using var server = await BedrockServer.StartAsync();
        server.Passages = [new BedrockPassage("Grüße.", "s3://bucket/a.md", 0.5, "A")];

        var results = await Botocore.AskAsync("retrieve", new JsonObject { ["endpoint"] = server.Endpoint, ["text"] = "Hi?" });

        var result = Assert.Single(results.AsArray())!;
        Assert.Equal(("Grüße.", "s3://bucket/a.md", 0.5), (
            result["content"]!["text"]!.GetValue<string>(), result["location"]!["s3Location"]!["uri"]!.GetValue<string>(), result["score"]!.GetValue<double>()));
    }

    /// <summary>Every operation there is, with all that it can be given; the server refuses each of them and keeps it.</summary>
    private static async Task<string[]> SendAllAsync(AwsClient client)
    {
        var sqs = new Sqs(client);
        const string queue = "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs";
        var secrets = new SecretsManager(client);
        const string secret = "digital-twin-chat/dev/app";
        await RefusedAsync(() => secrets.GetTextAsync(secret, Cancellation));
        await RefusedAsync(() => secrets.GetVersionTextAsync(secret, Version, Cancellation));
        await RefusedAsync(() => secrets.DescribeAsync(secret, Cancellation));
        await RefusedAsync(() => secrets.PutPendingTextAsync(secret, Version, "größe", Cancellation));
        await RefusedAsync(() => secrets.MoveCurrentAsync(secret, "0123456789abcdef0123456789abcdef", Version, Cancellation));
        await RefusedAsync(() => sqs.SendAsync(queue, "größe", TimeSpan.FromSeconds(5), Cancellation));
        await RefusedAsync(() => sqs.SendAsync(queue, "plain", null, Cancellation));
        await RefusedAsync(() => sqs.ReceiveAsync(queue, 10, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(5), Cancellation));
        await RefusedAsync(() => sqs.DeleteAsync(queue, "handle", Cancellation));
        await RefusedAsync(() => sqs.ChangeVisibilityAsync(queue, "handle", TimeSpan.Zero, Cancellation));
        await RefusedAsync(() => new BedrockAgentRuntime(client).RetrieveAsync("KB12345678", "Who?", 8, Cancellation));
        ChatMessage[] prompt = [new(ChatRole.System, "You are Ada."), new(ChatRole.User, "Who?"), new(ChatRole.Assistant, "Ada."), new(ChatRole.User, "Wirklich? 🙂")];
        var full = new EngineSettings { Bedrock = new() { ModelId = Profile, Region = "eu-central-1", GuardrailId = "gr1234", GuardrailVersion = "DRAFT" } };
        var options = new ChatOptions { Temperature = 0.25f, TopP = 0.5f, StopSequences = ["END"] };
        using var bedrock = new BedrockChatClient(new BedrockRuntime(client), full);
        await RefusedAsync(() => bedrock.GetResponseAsync(prompt, options, Cancellation));
        await RefusedAsync(() => bedrock.GetStreamingResponseAsync(prompt, options, Cancellation).ToChatResponseAsync(Cancellation));
        using var bare = new BedrockChatClient(new BedrockRuntime(client), new EngineSettings { Bedrock = new() { ModelId = "amazon.nova-lite-v1:0", Region = "eu-central-1" } });
        await RefusedAsync(() => bare.GetStreamingResponseAsync("Who?", cancellationToken: Cancellation).ToChatResponseAsync(Cancellation));
        return
        [
            "secretsmanager GetSecretValue", "secretsmanager GetSecretValue", "secretsmanager DescribeSecret", "secretsmanager PutSecretValue",
            "secretsmanager UpdateSecretVersionStage", "sqs SendMessage", "sqs SendMessage", "sqs ReceiveMessage", "sqs DeleteMessage", "sqs ChangeMessageVisibility",
            "bedrock-agent-runtime Retrieve", "bedrock-runtime Converse", "bedrock-runtime ConverseStream", "bedrock-runtime ConverseStream",
        ];
    }

    private static async Task RefusedAsync(Func<Task> call)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(call);
        Assert.True(failure is AwsServiceException { Status: 418 } or EngineFailedException { Code: "http_418" }, failure.ToString());
    }

    private static JsonObject ConverseCase(BedrockServer server, bool stream) =>
        new() { ["endpoint"] = server.Endpoint, ["stream"] = stream, ["modelId"] = Profile, ["text"] = "Hi" };

    private static JsonObject SignatureCase(BedrockServer server, BedrockRequest request) => new JsonObject
    {
        ["url"] = server.Endpoint + request.Target,
        ["method"] = request.Method,
        ["service"] = request.Headers["Authorization"].Split('/')[3],
        ["region"] = "eu-central-1",
        ["time"] = request.Headers["X-Amz-Date"],
        ["accessKey"] = "AKIDEXAMPLE",
        ["secretKey"] = "secret/key+",
        ["token"] = "token==",
        ["body"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(request.Text)),
        ["headers"] = new JsonArray([.. SignedHeaders.Where(request.Headers.ContainsKey).Select(name => new JsonArray(name, request.Headers[name]))]),
    };

    private static JsonObject Case(string operation, BedrockRequest request) => new JsonObject
    {
        ["service"] = operation.Split(' ')[0],
        ["operation"] = operation.Split(' ')[1],
        ["path"] = request.Target,
        ["body"] = request.Text,
    };

    private static void AssertSame(string operation, BedrockRequest sent, JsonObject botocore)
    {
        Assert.Equal((operation, ""), (operation, botocore.Text("problems")));
        Assert.Equal((operation, botocore.Text("method"), botocore.Text("path")), (operation, sent.Method, sent.Target));
        Assert.True(JsonNode.DeepEquals(botocore["body"], JsonNode.Parse(sent.Text)), $"{operation}: {botocore["body"]} but sent {sent.Text}");
        foreach (var (name, value) in botocore["headers"]!.AsObject())
        {
            // Asks the query-compatible services for error codes of their older protocol.
            if (name is not "x-amzn-query-mode")
            {
                Assert.Equal((operation, name, value!.GetValue<string>()), (operation, name, sent.Headers.GetValueOrDefault(name)));
            }
        }
    }
}
