using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using DigitalTwin.Aws;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Aws;

public sealed class SigV4Tests
{
    private const string SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static readonly DateTimeOffset Time = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    private static readonly Case[] Cases =
    [
        new("https://secretsmanager.eu-central-1.amazonaws.com/", "secretsmanager", """{"SecretId":"a/b"}""", [("X-Amz-Target", "secretsmanager.GetSecretValue")]),
        new("https://bedrock-runtime.us-east-1.amazonaws.com/model/eu.anthropic.claude-sonnet-4-20250514-v1%3A0/converse-stream", "bedrock", "{}", []),
        new("https://bedrock-runtime.us-east-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Ainference-profile%2Feu.x.y-v1%3A0/converse", "bedrock", "{}", []),
        new("http://127.0.0.1:4566/knowledgebases/KB12345678/retrieve", "bedrock", """{"retrievalQuery":{"text":"grüße 🙂"}}""", []),
        new("https://host.example/a%20b/%C3%A9~-_.%21/(x)'*;=@+,$", "service", "", []),
        new("https://host.example//double//slash/", "service", "", []),
        new("https://host.example:443/?b=2&a=1&a=0&empty=&novalue&sp=a%20b&uni=%C3%A9&A=upper", "service", "", []),
        new("https://host.example:8443?x=1=2", "service", "", []),
        new("https://host.example/", "service", "body", [("X-Custom", "  a   lot \t of   space "), ("X-Empty", ""), ("My-Header1", "value with 'quotes' \"and\" ;,=")]),
        new("https://host.example/", "service", "body", [("X-Name", "Łukasz – 日本 🙂")]),
        new("https://host.example/", "service", "body", [("X-Many", "one"), ("X-Many", "two")]),
        new("https://host.example/", "service", "body", [("Expect", "100-continue"), ("User-Agent", "a/1"), ("X-Amzn-Trace-Id", "Root=1")]),
        new("https://host.example/", "service", "body", [], Method: "GET"),
        new("https://host.example/", "service", "body", [], Token: "IQoJb3JpZ2luX2VjE/+token=="),
    ];

    [Fact(Timeout = 60_000)]
    public async Task A_signature_is_byte_for_byte_that_of_botocore()
    {
        var expected = await Botocore.AskAsync("sign", new JsonArray([.. Cases.Select(one => one.ForBotocore())]));

        Assert.Equal(Cases.Length, expected.AsArray().Count);
        Assert.All(Cases.Zip(expected.AsArray()), pair =>
            Assert.Equal((pair.First.Url, pair.Second!.GetValue<string>()), (pair.First.Url, pair.First.Sign())));
    }

    /// <summary>One vector is kept here, so that the signature is checked where there is no Python.</summary>
    [Fact]
    public void A_signature_is_the_one_that_was_written_down() => Assert.Equal(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-central-1/bedrock/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
        + "Signature=eadfe8491aafb98c7db383654b29a65cd1e7f8c9f02a2b38ff1c79ab41633605",
        Cases[1].Sign());

    [Fact]
    public void Each_part_of_a_request_counts()
    {
        var one = Cases[0];
        Case[] others =
        [
            one with { Url = one.Url + "x" }, one with { Url = one.Url + "?x" }, one with { Body = "{}" }, one with { Service = "sqs" }, one with { Method = "PUT" },
            one with { Token = "t" }, one with { Headers = [] }, one with { Url = one.Url.Replace("eu-", "us-", StringComparison.Ordinal) },
        ];

        Assert.Equal(others.Length + 1, others.Append(one).Select(each => each.Sign()).Distinct().Count());
        Assert.DoesNotContain(SecretKey, one.Sign(), StringComparison.Ordinal);
    }

    private sealed record Case(string Url, string Service, string Body, (string Name, string Value)[] Headers, string Method = "POST", string? Token = null)
    {
        public string Sign()
        {
            using var request = new HttpRequestMessage(new HttpMethod(Method), Url);
            var body = Encoding.UTF8.GetBytes(Body);
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            foreach (var (name, value) in Headers)
            {
                Assert.True(request.Headers.TryAddWithoutValidation(name, value));
            }

            SigV4.Sign(request, body, new ImmutableCredentials("AKIDEXAMPLE", SecretKey, Token), Service, "eu-central-1", Time);
            return request.Headers.NonValidated["Authorization"].ToString();
        }

        public JsonObject ForBotocore() => new()
        {
            ["url"] = new Uri(Url).AbsoluteUri,
            ["method"] = Method,
            ["service"] = Service,
            ["region"] = "eu-central-1",
            ["time"] = "20150830T123600Z",
            ["accessKey"] = "AKIDEXAMPLE",
            ["secretKey"] = SecretKey,
            ["token"] = Token,
            ["body"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Body)),
            ["headers"] = new JsonArray([
                new JsonArray("Content-Type", "application/json"), .. Headers.Select(header => new JsonArray(header.Name, header.Value))]),
        };
    }
}
