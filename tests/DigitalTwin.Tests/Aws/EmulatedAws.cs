using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using DigitalTwin.Aws;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Aws;

/// <summary>Our client against moto, and bare requests for what a test needs to be there.</summary>
internal sealed class EmulatedAws : IDisposable
{
    private static readonly Dictionary<string, (string Target, string ContentType)> Protocols = new()
    {
        ["secretsmanager"] = ("secretsmanager", "application/x-amz-json-1.1"),
        ["sqs"] = ("AmazonSQS", "application/x-amz-json-1.0"),
    };

    private readonly HttpClient _http = new();
    private readonly Uri _address;

    public EmulatedAws(MotoServer moto)
    {
        _address = new Uri(moto.Gate.Address);
        Client = new AwsClient(SettingsFor(_address), new BasicAWSCredentials("test", "test"), TimeProvider.System);
    }

    public AwsClient Client { get; }

    public static AwsSettings SettingsFor(Uri address) =>
        new(AwsGate.Region, null, null, AwsSettings.DefaultSecretLifetime, new Dictionary<string, string> { ["AWS_ENDPOINT_URL"] = address.ToString() });

    public Task CreateSecretAsync(string name, string text) => SendAsync(
        "secretsmanager",
        "CreateSecret",
        new JsonObject { ["Name"] = name, ["SecretString"] = text, ["ClientRequestToken"] = "fedcba9876543210fedcba9876543210" }.ToJsonString());

    public async Task<string> CreateQueueAsync(string name) =>
        (await SendAsync("sqs", "CreateQueue", new JsonObject { ["QueueName"] = name }.ToJsonString()))["QueueUrl"]!.GetValue<string>();

    public async Task<string> QueueAttributeAsync(string queueUrl, string name)
    {
        var request = new JsonObject { ["QueueUrl"] = queueUrl, ["AttributeNames"] = new JsonArray("All") };
        return (await SendAsync("sqs", "GetQueueAttributes", request.ToJsonString()))["Attributes"]![name]!.GetValue<string>();
    }

    /// <summary>The emulator looks at no signature; who is asked stands in its scope.</summary>
    public async Task<JsonNode> SendAsync(string service, string operation, string json)
    {
        var (target, contentType) = Protocols[service];
        using var request = new HttpRequestMessage(HttpMethod.Post, _address) { Content = new StringContent(json, Encoding.UTF8) };
        request.Content.Headers.ContentType = new(contentType);
        request.Headers.Add("X-Amz-Target", $"{target}.{operation}");
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=test/20300101/eu-central-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, answer);
        return JsonNode.Parse(answer)!;
    }

    public void Dispose()
    {
        Client.Dispose();
        _http.Dispose();
    }
}
