using System.Net;
using DigitalTwin.Hosting;
using DigitalTwin.Hosting.Pages;
using DigitalTwin.Memory;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Hosting;

/// <summary>What every response carries, and which requests a foreign page may make.</summary>
public sealed class ResponseHeadersTests(SharedTwin shared) : IClassFixture<SharedTwin>
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'";

    private readonly TwinFixture twin = shared.Twin;

    [Theory]
    [InlineData("GET", "/", null, 200)]
    [InlineData("HEAD", "/", null, 200)]
    [InlineData("GET", "/s/s-none", null, 200)]
    [InlineData("GET", "/widget.js", null, 200)]
    [InlineData("GET", "/assets/none.js", null, 404)]
    [InlineData("GET", "/api/persona/theme.css", null, 200)]
    [InlineData("GET", "/health/live", null, 200)]
    [InlineData("GET", "/health/ready", null, 200)]
    [InlineData("GET", "/api/persona", null, 200)]
    [InlineData("GET", "/api/memory/sessions", null, 200)]
    [InlineData("GET", "/api/memory/export", null, 200)]
    [InlineData("DELETE", "/api/memory", null, 200)]
    [InlineData("POST", "/api/chat", """{"message": "When were you born?"}""", 200)]
    [InlineData("POST", "/api/chat/stream", """{"message": "When were you born?"}""", 200)]
    [InlineData("POST", "/api/chat", """{"message": ""}""", 400)]
    [InlineData("POST", "/api/chat", """{""", 400)]
    [InlineData("GET", "/api/owner/persona", null, 401)]
    [InlineData("GET", "/nothing", null, 404)]
    [InlineData("GET", "/api/memory/sessions/s-none", null, 404)]
    [InlineData("DELETE", "/api/chat", null, 405)]
    [InlineData("POST", "/api/chat/turns/x/feedback", null, 415)]
    public async Task Every_response_carries_the_security_headers(string method, string path, string? body, int status)
    {
        using var client = twin.Anonymous();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative))
        {
            Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        };
        if (status == 415)
        {
            request.Content = new StringContent("rating=up", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        AssertSecurityHeaders(response);
        Assert.Equal(path.StartsWith("/api/", StringComparison.Ordinal) && !path.StartsWith("/api/persona", StringComparison.Ordinal), response.Headers.CacheControl?.NoStore ?? false);
    }

    [Fact]
    public async Task A_failure_of_ours_says_nothing_of_the_inside_and_carries_the_headers()
    {
        await using var broken = TwinFixture.Start(services: services => services.AddSingleton<IObjectStore, BrokenObjects>());
        using var owner = broken.Owner();

        using var failed = await owner.PostJsonAsync("/api/owner/knowledge/documents", """{"title": "a", "text": "b"}""");
        using var notReady = await owner.GetAsync(new Uri("/health/ready", UriKind.Relative), TestContext.Current.CancellationToken);

        await failed.AssertProblemAsync(HttpStatusCode.InternalServerError, "internal");
        await notReady.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "upstream_unavailable");
        Assert.NotNull(notReady.Headers.RetryAfter);
        AssertSecurityHeaders(failed);
        AssertSecurityHeaders(notReady);
        Assert.DoesNotContain("\"title\":\"a\"", (await owner.GetJsonAsync("/api/owner/knowledge/documents?limit=100")).ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("http://127.0.0.1")]
    [InlineData("http://127.0.0.1.evil.example:{port}")]
    [InlineData("http://localhost:{port}")]
    [InlineData("http://127.0.0.1:1{port}")]
    [InlineData("http://evil.example/http://127.0.0.1:{port}")]
    [InlineData("//127.0.0.1:{port}")]
    [InlineData("file://")]
    public async Task A_foreign_page_changes_nothing(string origin)
    {
        using var visitor = twin.KnownVisitor();
        var session = (await visitor.AskAsync("When were you born?")).Text("sessionId");
        using var owner = twin.Owner();
        foreach (var client in new[] { visitor, owner })
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation("Origin", origin.Replace("{port}", $"{twin.Address.Port}", StringComparison.Ordinal));
        }

        foreach (var (client, method, path) in new (HttpClient, HttpMethod, string)[]
        {
            (visitor, HttpMethod.Post, "/api/chat"),
            (visitor, HttpMethod.Post, $"/api/chat/turns/{session}.1/feedback"),
            (visitor, HttpMethod.Delete, $"/api/memory/sessions/{session}"),
            (visitor, HttpMethod.Delete, "/api/memory"),
            (owner, HttpMethod.Put, "/api/owner/persona"),
            (owner, HttpMethod.Post, "/api/owner/knowledge/documents"),
        })
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
            using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

            await response.AssertProblemAsync(HttpStatusCode.Forbidden, "unauthorized");
            AssertSecurityHeaders(response);
            Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        }

        Assert.Single((await visitor.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray());
    }

    [Theory]
    [InlineData("{host}")]
    [InlineData(null)]
    public async Task Our_own_page_and_what_is_no_page_may(string? origin)
    {
        using var visitor = twin.KnownVisitor();
        if (origin is not null)
        {
            visitor.DefaultRequestHeaders.Add("Origin", $"http://{twin.Address.Authority}");
        }

        await visitor.AskAsync("When were you born?");
    }

    [Fact]
    public async Task A_foreign_page_may_not_read_either()
    {
        using var visitor = twin.KnownVisitor();
        visitor.DefaultRequestHeaders.Add("Origin", "https://evil.example");

        using var response = await visitor.GetAsync(new Uri("/api/memory/sessions", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task The_cookie_on_plain_http_is_for_our_pages_only()
    {
        using var client = twin.Anonymous();

        using var response = await client.PostJsonAsync("/api/chat", """{"message": "When were you born?"}""");

        var parts = Assert.Single(response.Headers.GetValues("Set-Cookie")).Split("; ");
        Assert.StartsWith("twin=v-", parts[0], StringComparison.Ordinal);
        Assert.Equal(["httponly", "max-age", "path=/", "samesite=lax"], parts[1..].Select(part => part.StartsWith("max-age=", StringComparison.Ordinal) ? "max-age" : part).Order());
        Assert.InRange(int.Parse(parts.Single(part => part.StartsWith("max-age=", StringComparison.Ordinal))[8..], System.Globalization.CultureInfo.InvariantCulture), 2_591_990, 2_592_000);
    }

    [Fact]
    public async Task No_cookie_is_set_before_the_visitor_says_something()
    {
        using var client = twin.Anonymous();
        foreach (var path in new[] { "/", "/s/s-none", "/widget.js", "/api/persona", "/api/persona/theme.css", "/api/memory/sessions", "/api/memory/export", "/health/live" })
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

            Assert.False(response.Headers.Contains("Set-Cookie"), path);
        }
    }

    [Fact]
    public void The_cookie_over_https_is_a_host_cookie()
    {
        var cookies = new VisitorCookie(new(() => new MemorySettings { SigningKey = TestCookie.SigningKey }), TimeProvider.System);
        var context = new DefaultHttpContext();
        context.Request.Scheme = "https";

        var visitor = cookies.Ensure(context);

        var cookie = context.Response.Headers.SetCookie.ToString();
        Assert.StartsWith($"__Host-twin={visitor}.", cookie, StringComparison.Ordinal);
        Assert.Contains("; path=/; secure; samesite=lax; httponly", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("domain", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https", "max-age=31536000; includeSubDomains")]
    [InlineData("http", "")]
    public async Task Https_is_asked_for_only_over_https(string scheme, string expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = scheme;

        await new ResponseHeaders(_ => Task.CompletedTask, new WidgetSettings([])).InvokeAsync(context);

        Assert.Equal(expected, context.Response.Headers.StrictTransportSecurity.ToString());
    }

    private static void AssertSecurityHeaders(HttpResponseMessage response)
    {
        Assert.Equal(Policy, Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("strict-origin-when-cross-origin", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.False(response.Headers.Contains("Server"));
        Assert.False(response.Headers.Contains("X-Powered-By"));
    }

    /// <summary>Fails as a bug of ours would.</summary>
    private sealed class BrokenObjects : IObjectStore
    {
        public ValueTask<ObjectInfo?> PutAsync(
            string key, ReadOnlyMemory<byte> content, string mediaType, ObjectCondition condition, CancellationToken cancellationToken) =>
            key.StartsWith("knowledge/d-", StringComparison.Ordinal) ? throw new InvalidOperationException("System.Secret at /src/inside.cs") : default;

        public ValueTask<StoredObject?> GetAsync(string key, string? versionId, CancellationToken cancellationToken) => default;

        public ValueTask<IReadOnlyList<ObjectInfo>> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("System.Secret at /src/inside.cs");

        public ValueTask<IReadOnlyList<ObjectInfo>> ListVersionsAsync(string key, CancellationToken cancellationToken) => new([]);

        public ValueTask DeleteAsync(string key, CancellationToken cancellationToken) => default;

        public ValueTask EraseAsync(string key, CancellationToken cancellationToken) => default;
    }
}
