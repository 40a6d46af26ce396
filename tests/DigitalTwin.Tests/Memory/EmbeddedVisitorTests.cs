using System.Net;
using DigitalTwin.Memory;
using DigitalTwin.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Memory;

/// <summary>The visitor of a page in another site's frame: a cookie of its own, which never meets the other one.</summary>
public sealed class EmbeddedVisitorTests
{
    private const string Question = "When were you born?";

    [Theory]
    [InlineData("https", "__Host-twin-embedded")]
    [InlineData("http", "twin-embedded")]
    public void The_cookie_is_one_that_browsers_send_from_a_frame(string scheme, string name)
    {
        var context = Context(scheme);

        var visitor = Cookies().Ensure(context);

        var parts = context.Response.Headers.SetCookie.ToString().Split("; ");
        Assert.StartsWith($"{name}={visitor}.", parts[0], StringComparison.Ordinal);
        Assert.Equal(["Partitioned", "httponly", "max-age=2592000", "path=/", "samesite=none", "secure"], parts[1..].Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("https", "__Host-twin-embedded")]
    [InlineData("http", "twin-embedded")]
    public void The_same_one_is_forgotten(string scheme, string name)
    {
        var context = Context(scheme);

        VisitorCookie.Forget(context);

        var parts = context.Response.Headers.SetCookie.ToString().Split("; ");
        Assert.Equal(name + "=", parts[0]);
        Assert.Equal(
            ["Partitioned", "expires=Thu, 01 Jan 1970 00:00:00 GMT", "httponly", "path=/", "samesite=none", "secure"],
            parts[1..].Where(part => !part.StartsWith("max-age", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("true")]
    [InlineData("")]
    [InlineData("1, 1")]
    public void Another_value_of_the_header_means_nothing(string value)
    {
        var context = Context("http");
        context.Request.Headers[VisitorCookie.EmbeddedHeader] = value;

        Cookies().Ensure(context);

        Assert.StartsWith("twin=v-", context.Response.Headers.SetCookie.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_both_cookies_the_header_says_who_the_visitor_is()
    {
        await using var twin = Start();
        var (own, framed) = (TestCookie.Of(TwinId.New("v-")), TestCookie.Of(TwinId.New("v-")));
        using var page = Both(twin, own, framed, embedded: false);
        using var frame = Both(twin, own, framed, embedded: true);

        var onPage = (await page.AskAsync(Question)).Text("sessionId");
        var inFrame = (await frame.AskAsync(Question)).Text("sessionId");

        Assert.Equal(onPage, Assert.Single(await SessionsAsync(page)));
        Assert.Equal(inFrame, Assert.Single(await SessionsAsync(frame)));
    }

    [Fact]
    public async Task A_cookie_under_the_other_name_is_no_cookie()
    {
        await using var twin = Start();
        var value = TestCookie.Of(TwinId.New("v-"));
        using var page = twin.WithCookie(value);
        await page.AskAsync(Question);
        page.DefaultRequestHeaders.Add(VisitorCookie.EmbeddedHeader, "1");

        Assert.Empty(await SessionsAsync(page));
        using var answer = await page.PostJsonAsync("/api/chat", ChatClientExtensions.Body(Question));
        var set = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.StartsWith("twin-embedded=v-", set, StringComparison.Ordinal);
        Assert.DoesNotContain(value.Split('.')[0], set, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erasing_in_the_frame_leaves_the_page_alone()
    {
        await using var twin = Start();
        var (own, framed) = (TestCookie.Of(TwinId.New("v-")), TestCookie.Of(TwinId.New("v-")));
        using var page = Both(twin, own, framed, embedded: false);
        using var frame = Both(twin, own, framed, embedded: true);
        await page.AskAsync(Question);
        await frame.AskAsync(Question);

        using var erased = await frame.DeleteAsync(new Uri("/api/memory", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(1, (await erased.JsonAsync())["erased"]!["sessions"]!.GetValue<int>());
        Assert.StartsWith("twin-embedded=;", Assert.Single(erased.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.Single(await SessionsAsync(page));
        Assert.Empty(await SessionsAsync(frame));
    }

    [Fact]
    public async Task It_ages_and_is_renewed_like_the_other_one()
    {
        var clock = new ManualTimeProvider();
        await using var twin = TwinFixture.Start(services: services => services.AddSingleton<TimeProvider>(clock));
        using var client = twin.Anonymous();
        client.DefaultRequestHeaders.Add(VisitorCookie.EmbeddedHeader, "1");
        using var first = await client.PostJsonAsync("/api/chat", ChatClientExtensions.Body(Question));
        client.DefaultRequestHeaders.Add("Cookie", first.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);

        clock.Advance(TimeSpan.FromMinutes(61));
        using var later = await client.GetAsync(new Uri("/api/memory/sessions", UriKind.Relative), TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromHours(24));
        var forgotten = await SessionsAsync(client);
        client.DefaultRequestHeaders.Remove("Cookie");
        client.DefaultRequestHeaders.Add("Cookie", later.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);

        Assert.Contains("; samesite=none", later.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        Assert.Empty(forgotten);
        Assert.Single(await SessionsAsync(client));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("https://example.org")]
    [InlineData("null")]
    public async Task A_foreign_page_changes_nothing_with_the_header_either(string origin)
    {
        await using var twin = TwinFixture.Start(
            settings: [("Twin:Signing:Key", TestCookie.SigningKey), ("Twin:Widget:AllowedOrigins", "https://example.org")]);
        using var frame = twin.WithEmbeddedCookie(TestCookie.Of(TwinId.New("v-")));
        await frame.AskAsync(Question);
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri("/api/memory", UriKind.Relative));
        request.Headers.Add("Origin", origin);

        using var response = await frame.SendAsync(request, TestContext.Current.CancellationToken);
        using var preflight = await frame.SendAsync(Preflight(origin), TestContext.Current.CancellationToken);

        await response.AssertProblemAsync(HttpStatusCode.Forbidden, "unauthorized");
        Assert.DoesNotContain(preflight.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
        Assert.Single(await SessionsAsync(frame));
    }

    private static HttpRequestMessage Preflight(string origin)
    {
        var request = new HttpRequestMessage(HttpMethod.Options, new Uri("/api/memory", UriKind.Relative));
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "DELETE");
        request.Headers.Add("Access-Control-Request-Headers", "x-twin-embedded");
        return request;
    }

    private static TwinFixture Start() => TwinFixture.Start(settings: ("Twin:Signing:Key", TestCookie.SigningKey));

    private static HttpClient Both(TwinFixture twin, string own, string framed, bool embedded)
    {
        var client = twin.Anonymous();
        client.DefaultRequestHeaders.Add("Cookie", $"twin={own}; twin-embedded={framed}");
        if (embedded)
        {
            client.DefaultRequestHeaders.Add(VisitorCookie.EmbeddedHeader, "1");
        }

        return client;
    }

    private static async Task<IReadOnlyList<string>> SessionsAsync(HttpClient client) =>
        [.. (await client.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray().Select(item => item!.AsObject().Text("sessionId"))];

    private static VisitorCookie Cookies() => new(new(() => new MemorySettings { SigningKey = TestCookie.SigningKey }), new ManualTimeProvider());

    private static DefaultHttpContext Context(string scheme)
    {
        var context = new DefaultHttpContext();
        context.Request.Scheme = scheme;
        context.Request.Headers[VisitorCookie.EmbeddedHeader] = "1";
        return context;
    }
}
