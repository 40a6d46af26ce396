using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Aws;
using DigitalTwin.Tests.Hosting.Lambda;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Hosting;

/// <summary>A running twin takes changed secrets over, without a new start.</summary>
[Collection(OneMoto.Name)]
public sealed class FreshSecretsTests(MotoServer moto)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact(Timeout = 60_000)]
    public async Task On_Lambda_the_next_event_has_the_new_keys()
    {
        using var aws = new EmulatedAws(moto);
        await using var model = await OpenAiServer.StartAsync();
        model.Otherwise = _ => OpenAiReply.Of("In 1815.");
        await aws.CreateSecretAsync("fresh/lambda", Secret("first").ToJsonString());
        await aws.CreateSecretAsync("fresh/lambda-llm", "sk-first");
        await using var twin = await PublishedTwin.StartAsync(
        [
            .. Settings("fresh/lambda"), ("Twin:Aws:LlmApiKeySecretId", "fresh/lambda-llm"), ("Twin:Engines:OpenAI:BaseUrl", model.BaseUrl),
            ("Twin:Aws:SecretLifetime", "00:00:00.001"),
        ]);
        var before = (await StatusAsync(twin, "first"), await StatusAsync(twin, "second"), await StatusThroughCloudFrontAsync(twin, "second"));
        var asked = await twin.AnswerAsync(RecordedEvent.Chat());

        var changed = Secret("second");
        changed["Twin:Signing:PreviousKey"] = Secret("first")["Twin:Signing:Key"]!.DeepClone();
        await PutAsync(aws, "fresh/lambda", changed.ToJsonString());
        await PutAsync(aws, "fresh/lambda-llm", "sk-second");
        var after = (await StatusAsync(twin, "first"), await StatusAsync(twin, "second"), await StatusThroughCloudFrontAsync(twin, "second"));
        await twin.AnswerAsync(RecordedEvent.Chat());
        var sessions = await twin.AnswerAsync(RecordedEvent.Http("GET", "/api/memory/sessions", change: json => json["cookies"] = new JsonArray(asked.Cookie)));

        Assert.Equal(((200, 401, 403), (401, 200, 200)), (before, after));
        Assert.Equal(["Bearer sk-first", "Bearer sk-second"], model.Requests.Select(request => request.Authorization));
        Assert.Single(sessions.Json["items"]!.AsArray());
    }

    [Fact(Timeout = 60_000)]
    public async Task On_Kestrel_a_timer_brings_the_new_keys()
    {
        using var folder = new TempFolder();
        using var aws = new EmulatedAws(moto);
        await aws.CreateSecretAsync("fresh/kestrel", Secret("first").ToJsonString());
        var (command, address) = await TwinCommand.StartAsync(folder.Path, [.. Settings("fresh/kestrel"), ("Twin:Aws:SecretLifetime", "00:00:00.050")]);
        await using (command)
        {
            using var owner = new HttpClient { BaseAddress = address };
            owner.DefaultRequestHeaders.Authorization = new("Bearer", OwnerKey("second"));
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(owner));

            await PutAsync(aws, "fresh/kestrel", Secret("second").ToJsonString());

            using var limit = new CancellationTokenSource(Patience);
            while (await StatusAsync(owner) is not HttpStatusCode.OK)
            {
                limit.Token.ThrowIfCancellationRequested();
            }
        }
    }

    private static string OwnerKey(string which) => $"{which}-owner-key-0123456789";

    private static string OriginSecret(string which) => $"{which}-origin-secret-0123456789";

    private static JsonObject Secret(string which) => new()
    {
        ["Twin:Owner:Key"] = OwnerKey(which),
        ["Twin:Signing:Key"] = $"{which}-signing-key-0123456789abcdef0123456789",
        ["Twin:Lambda:OriginVerify"] = OriginSecret(which),
    };

    /// <summary>What the owner is answered who comes with this key.</summary>
    private static async Task<int> StatusAsync(PublishedTwin twin, string which) => (await twin.AnswerAsync(RecordedEvent.Http(
        "GET", "/api/owner/persona", change: json => json["headers"]!["authorization"] = $"Bearer {OwnerKey(which)}"))).Status;

    /// <summary>What a page is answered that changes something: its origin is its own site's only if CloudFront is believed.</summary>
    private static async Task<int> StatusThroughCloudFrontAsync(PublishedTwin twin, string which) => (await twin.AnswerAsync(RecordedEvent.Http(
        "DELETE",
        "/api/memory",
        change: json =>
        {
            json["headers"]!["origin"] = "https://twin.example";
            json["headers"]!["x-forwarded-host"] = "twin.example";
            json["headers"]!["x-origin-verify"] = OriginSecret(which);
        }))).Status;

    private static async Task<HttpStatusCode> StatusAsync(HttpClient owner)
    {
        using var response = await owner.GetAsync(new Uri("/api/owner/persona", UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static Task<JsonNode> PutAsync(EmulatedAws aws, string name, string text) => aws.SendAsync(
        "secretsmanager", "PutSecretValue", new JsonObject { ["SecretId"] = name, ["SecretString"] = text, ["ClientRequestToken"] = "0123456789abcdef0123456789abcdef" }.ToJsonString());

    private (string Setting, string Value)[] Settings(string secret) =>
    [
        ("AWS_ENDPOINT_URL", moto.Gate.Address), ("AWS_REGION", AwsGate.Region), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
        ("Twin:Aws:AppSecretId", secret), ("Twin:Owner:Key", ""), ("Twin:Signing:Key", ""), ("Twin:Limits:Enabled", "false"),
    ];
}
