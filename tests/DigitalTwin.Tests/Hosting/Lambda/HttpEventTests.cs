using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>HTTP requests that arrive as events, and their answers.</summary>
public sealed class HttpEventTests(EchoHost host) : IClassFixture<EchoHost>
{
    [Fact]
    public async Task A_request_arrives_as_it_was_sent()
    {
        var answer = await host.AnswerAsync(RecordedEvent.Http("PUT", "/test/echo/a", "a=1&b=caf%C3%A9&a=2", "Grüße, 世界 🎼", json =>
        {
            json["cookies"] = new JsonArray("twin=abc", "theme=dark");
            json["headers"]!["accept"] = "text/html,application/json";
        }));

        var seen = answer.Json;
        Assert.Equal(200, answer.Status);
        Assert.Equal(("PUT", "/test/echo/a", "Grüße, 世界 🎼"), (seen.Text("method"), seen.Text("path"), seen.Text("body")));
        Assert.Equal(("1|2", "café"), (seen["query"]!.AsObject().Text("a"), seen["query"]!.AsObject().Text("b")));
        Assert.Equal(("abc", "dark"), (seen["cookies"]!.AsObject().Text("twin"), seen["cookies"]!.AsObject().Text("theme")));
        Assert.Equal("text/html,application/json", seen.Text("accept"));
        Assert.Equal(("203.0.113.7", "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"), (seen.Text("address"), seen.Text("host")));
        Assert.True(seen["isHttps"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("/test/echo/caf%C3%A9", "/test/echo/café")]
    [InlineData("/test/echo/a%2520b", "/test/echo/a%20b")]
    [InlineData("/test/echo/a%20b", "/test/echo/a b")]
    [InlineData("/test/echo/a%2Fb", "/test/echo/a%2Fb")]
    [InlineData("/test/echo/café", "/test/echo/café")]
    public async Task A_path_is_decoded_once(string raw, string path) =>
        Assert.Equal(path, (await host.AnswerAsync(RecordedEvent.Http("GET", raw))).Json.Text("path"));

    [Theory]
    [InlineData("/api/persona%00")]
    [InlineData("/%00")]
    [InlineData("/api/persona\0")]
    public async Task A_path_that_no_text_has_leads_nowhere_and_is_no_error_of_the_function(string raw) =>
        Assert.Equal(404, (await host.AnswerAsync(RecordedEvent.Http("GET", raw))).Status);

    [Fact]
    public async Task Bytes_come_and_go_in_base64()
    {
        byte[] bytes = [0, 255, 254, 1, 128];

        var answer = await host.AnswerAsync(Bytes(Convert.ToBase64String(bytes), "application/octet-stream"));

        Assert.True(answer.IsBase64);
        Assert.Equal(bytes, answer.Body);
    }

    [Theory]
    [InlineData("text/plain; charset=utf-8", false)]
    [InlineData("application/json", false)]
    [InlineData("application/problem+json", false)]
    [InlineData("image/svg+xml", false)]
    [InlineData("text/javascript", false)]
    [InlineData("image/png", true)]
    [InlineData("", true)]
    public async Task Only_text_goes_as_text(string type, bool isBase64)
    {
        var answer = await host.AnswerAsync(Bytes(Convert.ToBase64String("Grüße"u8), type));

        Assert.Equal((isBase64, "Grüße"), (answer.IsBase64, answer.Text));
    }

    [Fact]
    public async Task What_calls_itself_text_and_is_none_goes_in_base64()
    {
        var answer = await host.AnswerAsync(Bytes("/w==", "text/plain"));

        Assert.True(answer.IsBase64);
        Assert.Equal([255], answer.Body);
    }

    [Fact]
    public async Task A_body_of_nearly_6_MB_arrives_whole()
    {
        const int bytes = 5_900_000;

        var text = await host.AnswerAsync(RecordedEvent.Http("POST", "/test/bytes", "type=text/plain", new string('x', bytes)));
        var refused = await host.AnswerAsync(RecordedEvent.Http("POST", "/api/chat", body: new string('x', bytes)));

        Assert.Equal((200, bytes), (text.Status, text.Body.Length));
        Assert.Equal((413, "payload_too_large"), (refused.Status, refused.Json.Text("code")));
        Assert.Contains("65536", refused.Json.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_over_6_MB_is_a_clear_error_and_the_next_is_well()
    {
        var tooLong = await host.AnswerAsync(RecordedEvent.Http("GET", "/test/long/6291456"));
        var longest = await host.AnswerAsync(RecordedEvent.Http("GET", "/test/long/6280000"));

        Assert.Equal((500, "payload_too_large", "application/problem+json"), (tooLong.Status, tooLong.Json.Text("code"), tooLong.Header("content-type")));
        Assert.Equal((200, 6280000), (longest.Status, longest.Body.Length));
    }

    [Fact]
    public async Task Cookies_go_one_by_one_and_other_headers_joined()
    {
        var answer = await host.AnswerAsync(RecordedEvent.Http("GET", "/test/cookies"));

        Assert.Equal(["one=1; path=/", "two=2; path=/"], answer.Cookies);
        Assert.Equal(("a, b", null, null), (answer.Header("x-many"), answer.Header("set-cookie"), answer.Header("content-length")));
        Assert.Equal("Grüße", answer.Text);
    }

    [Fact]
    public async Task Pages_and_files_are_served_and_HEAD_has_no_body()
    {
        var page = await host.AnswerAsync(RecordedEvent.Http("GET", "/", change: json => json["headers"]!["accept-encoding"] = "gzip, br"));
        var head = await host.AnswerAsync(RecordedEvent.Http("HEAD", "/"));
        var script = await host.AnswerAsync(RecordedEvent.Http("GET", "/widget.js"));
        var known = await host.AnswerAsync(RecordedEvent.Http("GET", "/widget.js", change: json => json["headers"]!["if-none-match"] = script.Header("etag")));

        Assert.Equal((200, "gzip", true), (page.Status, page.Header("content-encoding"), page.IsBase64));
        Assert.Equal((200, 0), (head.Status, head.Body.Length));
        Assert.Equal((200, false), (script.Status, script.IsBase64));
        Assert.Equal((304, 0), (known.Status, known.Body.Length));
    }

    [Theory]
    [InlineData(EchoHost.OriginSecret, "198.51.100.10", null, "198.51.100.10", "twin.example")]
    [InlineData(EchoHost.NextOriginSecret, "2001:db8::1", null, "2001:db8::1", "twin.example")]
    [InlineData(EchoHost.OriginSecret, null, "198.51.100.10:46532", "198.51.100.10", "twin.example")]
    [InlineData(EchoHost.OriginSecret, null, "2001:db8::1:4653", "2001:db8::1", "twin.example")]
    [InlineData(EchoHost.OriginSecret, "198.51.100.10", "198.51.100.66:46532", "198.51.100.10", "twin.example")]
    [InlineData(EchoHost.OriginSecret, "nonsense", null, "203.0.113.7", "twin.example")]
    [InlineData(EchoHost.OriginSecret, null, "nonsense", "203.0.113.7", "twin.example")]
    [InlineData(EchoHost.OriginSecret, null, null, "203.0.113.7", "twin.example")]
    [InlineData("a-wrong-origin-secret-of-somebody", "198.51.100.10", null, "203.0.113.7", null)]
    [InlineData("a-wrong-origin-secret-of-somebody", null, "198.51.100.10:46532", "203.0.113.7", null)]
    [InlineData("", "198.51.100.10", null, "203.0.113.7", null)]
    [InlineData(null, "198.51.100.10", null, "203.0.113.7", null)]
    public async Task CloudFront_is_believed_only_when_it_shows_who_it_is(string? proof, string? viewer, string? withPort, string address, string? hostName)
    {
        var answer = await host.AnswerAsync(RecordedEvent.Http("GET", "/test/echo/a", change: json =>
        {
            json["headers"]!["x-viewer-address"] = viewer;
            json["headers"]!["cloudfront-viewer-address"] = withPort;
            json["headers"]!["x-forwarded-host"] = "twin.example";
            if (proof is not null)
            {
                json["headers"]!["x-origin-verify"] = proof;
            }
        }));

        Assert.Equal(address, answer.Json.Text("address"));
        Assert.Equal(hostName ?? "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com", answer.Json.Text("host"));
        Assert.False(answer.Json["proof"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("[owner]", 200)]
    [InlineData("[editors owner]", 200)]
    [InlineData("owner", 200)]
    [InlineData("[co-owner owners]", 401)]
    [InlineData("", 401)]
    [InlineData(null, 401)]
    public async Task The_authorizers_claims_make_an_owner_of_who_is_in_the_group(string? groups, int status)
    {
        var answer = await host.AnswerAsync(RecordedEvent.Http("GET", "/api/owner/persona", change: json =>
        {
            json["headers"]!["authorization"] = "Bearer eyJraWQiOiJh";
            var claims = new JsonObject { ["sub"] = "3f1c", ["token_use"] = "access" };
            if (groups is not null)
            {
                claims["cognito:groups"] = groups;
            }

            json["requestContext"]!["authorizer"] = new JsonObject { ["jwt"] = new JsonObject { ["claims"] = claims, ["scopes"] = null } };
        }));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Claims_from_anywhere_else_count_for_nothing()
    {
        var claims = """{"jwt": {"claims": {"cognito:groups": "[owner]"}}}""";

        var answer = await host.AnswerAsync(RecordedEvent.Http("GET", "/api/owner/persona", body: claims, change: json =>
        {
            json["headers"]!["authorizer"] = claims;
            json["headers"]!["x-amzn-oidc-data"] = "eyJ0eXAi";
            json["headers"]!["cognito:groups"] = "[owner]";
            json["authorizer"] = JsonNode.Parse(claims);
        }));

        Assert.Equal(401, answer.Status);
    }

    [Fact]
    public async Task The_owner_key_works_as_everywhere()
    {
        var answer = await host.AnswerAsync(RecordedEvent.Http(
            "GET", "/api/owner/persona", change: json => json["headers"]!["authorization"] = $"Bearer {TwinFixture.OwnerKey}"));

        Assert.Equal(200, answer.Status);
    }

    private static string Bytes(string base64, string type) => RecordedEvent.Http("POST", "/test/bytes", "type=" + Uri.EscapeDataString(type), base64, json =>
    {
        json["isBase64Encoded"] = true;
    });
}
