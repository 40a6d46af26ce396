using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Memory;

/// <summary>Who a visitor is, and how long.</summary>
public sealed class VisitorCookieTests
{
    private const string Question = "When were you born?";
    private const string FirstKey = "first-signing-key-of-the-tests-0123456789";
    private const string SecondKey = "second-signing-key-of-the-tests-0123456789";

    [Fact]
    public async Task The_cookie_is_set_on_first_contact_and_for_the_server_alone()
    {
        await using var twin = Start(new ManualTimeProvider());
        using var client = twin.Anonymous();

        var (attributes, value) = await FirstCookieAsync(client);

        Assert.StartsWith("twin=v-", value, StringComparison.Ordinal);
        Assert.Equal(["httponly", "max-age=2592000", "path=/", "samesite=lax"], attributes);
    }

    [Fact]
    public async Task Over_https_the_cookie_is_bound_to_the_host()
    {
        await using var twin = TwinFixture.Start(services: services =>
            services.AddSingleton<IStartupFilter>(new BehindHttps()).AddSingleton<TimeProvider>(new ManualTimeProvider()));
        using var client = twin.Anonymous();

        var (attributes, value) = await FirstCookieAsync(client);

        Assert.StartsWith("__Host-twin=v-", value, StringComparison.Ordinal);
        Assert.Equal(["httponly", "max-age=2592000", "path=/", "samesite=lax", "secure"], attributes);
        Assert.Single(await SessionsAsync(twin, value));
    }

    [Fact]
    public async Task A_visitor_is_forgotten_after_24_hours_without_a_visit()
    {
        var clock = new ManualTimeProvider();
        await using var twin = Start(clock);
        var cookie = await NewVisitorAsync(twin);

        clock.Advance(TimeSpan.FromHours(24));
        Assert.Single(await SessionsAsync(twin, cookie));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await SessionsAsync(twin, cookie));
    }

    [Fact]
    public async Task A_visit_is_noted_in_the_cookie_at_most_once_an_hour()
    {
        var clock = new ManualTimeProvider();
        await using var twin = Start(clock);
        var cookie = await NewVisitorAsync(twin);

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await RefreshedAsync(twin, cookie));
        clock.Advance(TimeSpan.FromSeconds(1));
        var refreshed = await RefreshedAsync(twin, cookie);

        Assert.NotNull(refreshed);
        clock.Advance(TimeSpan.FromHours(24));
        Assert.Empty(await SessionsAsync(twin, cookie));
        Assert.Single(await SessionsAsync(twin, refreshed));
    }

    [Fact]
    public async Task A_cookie_ends_after_30_days_however_often_it_was_used()
    {
        var clock = new ManualTimeProvider();
        await using var twin = Start(clock);
        var cookie = await NewVisitorAsync(twin);
        for (var day = 0; day < 60; day++)
        {
            clock.Advance(TimeSpan.FromHours(12));
            Assert.Single(await SessionsAsync(twin, cookie));
            cookie = await RefreshedAsync(twin, cookie) ?? cookie;
        }

        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(await SessionsAsync(twin, cookie));
    }

    [Theory]
    [InlineData("twin=")]
    [InlineData("twin=x")]
    [InlineData("twin=.")]
    [InlineData("twin=...")]
    [InlineData("{visitor}.{issued}.{seen}")]
    [InlineData("{visitor}.{issued}.{seen}.")]
    [InlineData("{visitor}.{issued}.{seen}.!!!!")]
    [InlineData("{visitor}.{issued}.{seen}.A")]
    [InlineData("{visitor}.{issued}.{seen}.{signature}A")]
    [InlineData("{visitor}.{issued}.{seen}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("{visitor}x.{issued}.{seen}.{signature}")]
    [InlineData("{visitor}.{issued}0.{seen}.{signature}")]
    [InlineData("{visitor}.{issued}.{seen}0.{signature}")]
    [InlineData("{visitor}.{issued}.{seen}.{seen}.{signature}")]
    [InlineData("{visitor}.{seen}.{signature}")]
    [InlineData("{visitor}.{issued}.{seen}.{signature};twin=x")]
    public async Task A_cookie_that_was_tampered_with_is_no_cookie(string forgery)
    {
        await using var twin = TwinFixture.Start();
        var parts = (await NewVisitorAsync(twin)).Split('.');
        var cookie = forgery.Replace("{visitor}", parts[0], StringComparison.Ordinal).Replace("{issued}", parts[1], StringComparison.Ordinal)
            .Replace("{seen}", parts[2], StringComparison.Ordinal).Replace("{signature}", parts[3], StringComparison.Ordinal);

        if (forgery.EndsWith(";twin=x", StringComparison.Ordinal))
        {
            // Not a forgery but two cookies of one name: whichever counts, it is not an error.
            await SessionsAsync(twin, cookie);
            return;
        }

        Assert.Empty(await SessionsAsync(twin, cookie));
        using var client = WithCookie(twin, cookie);
        var (_, fresh) = await FirstCookieAsync(client);
        Assert.NotEqual(parts[0], fresh.Split('.')[0]);
    }

    [Fact]
    public async Task A_cookie_longer_than_any_of_ours_is_no_cookie()
    {
        await using var twin = TwinFixture.Start();

        Assert.Empty(await SessionsAsync(twin, "twin=" + new string('A', 257)));
        Assert.Empty(await SessionsAsync(twin, "twin=" + new string('A', 5000) + ".1.1.AAAA"));
    }

    [Fact]
    public async Task The_previous_signing_key_is_accepted_until_the_cookie_is_renewed_with_the_new_one()
    {
        using var folder = new TempFolder();
        var clock = new ManualTimeProvider();
        string old, renewed;
        await using (var before = Start(clock, folder, ("Twin:Signing:Key", FirstKey)))
        {
            old = await NewVisitorAsync(before);
        }

        await using (var during = Start(clock, folder, ("Twin:Signing:Key", SecondKey), ("Twin:Signing:PreviousKey", FirstKey)))
        {
            Assert.Single(await SessionsAsync(during, old));
            clock.Advance(TimeSpan.FromHours(2));
            renewed = (await RefreshedAsync(during, old))!;
        }

        await using var after = Start(clock, folder, ("Twin:Signing:Key", SecondKey));
        Assert.Empty(await SessionsAsync(after, old));
        Assert.Single(await SessionsAsync(after, renewed));
    }

    [Fact]
    public async Task A_cookie_signed_with_an_unknown_key_is_no_cookie()
    {
        using var folder = new TempFolder();
        string foreign;
        await using (var before = TwinFixture.Start(folder.Path, settings: ("Twin:Signing:Key", FirstKey)))
        {
            foreign = await NewVisitorAsync(before);
            Assert.Single(await SessionsAsync(before, foreign));
        }

        await using var after = TwinFixture.Start(
            folder.Path, settings: [("Twin:Signing:Key", SecondKey), ("Twin:Signing:PreviousKey", SecondKey + "-older")]);
        Assert.Empty(await SessionsAsync(after, foreign));
    }

    [Fact]
    public async Task The_key_that_the_twin_made_itself_outlives_a_restart()
    {
        using var folder = new TempFolder();
        string cookie;
        await using (var before = TwinFixture.Start(folder.Path))
        {
            cookie = await NewVisitorAsync(before);
        }

        await using var after = TwinFixture.Start(folder.Path);
        Assert.Single(await SessionsAsync(after, cookie));
    }

    private static TwinFixture Start(TimeProvider clock, TempFolder? folder = null, params (string Setting, string Value)[] settings) =>
        TwinFixture.Start(folder?.Path, services => services.AddSingleton(clock), settings);

    /// <summary>A visitor with one session; the cookie as <c>name=value</c>.</summary>
    private static async Task<string> NewVisitorAsync(TwinFixture twin)
    {
        using var client = twin.Anonymous();
        return (await FirstCookieAsync(client)).Cookie;
    }

    private static async Task<(IReadOnlyList<string> Attributes, string Cookie)> FirstCookieAsync(HttpClient client)
    {
        using var response = await client.PostJsonAsync("/api/chat", ChatClientExtensions.Body(Question));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var parts = Assert.Single(response.Headers.GetValues("Set-Cookie")).Split("; ");
        return ([.. parts.Skip(1).Order(StringComparer.Ordinal)], parts[0]);
    }

    private static async Task<JsonArray> SessionsAsync(TwinFixture twin, string cookie)
    {
        using var client = WithCookie(twin, cookie);
        return (await client.GetJsonAsync("/api/memory/sessions"))["items"]!.AsArray();
    }

    /// <summary>The cookie that a visit is answered with, or null.</summary>
    private static async Task<string?> RefreshedAsync(TwinFixture twin, string cookie)
    {
        using var client = WithCookie(twin, cookie);
        using var response = await client.GetAsync(new Uri("/api/memory/sessions", UriKind.Relative), TestContext.Current.CancellationToken);
        return response.Headers.TryGetValues("Set-Cookie", out var set) ? set.Single().Split("; ")[0] : null;
    }

    private static HttpClient WithCookie(TwinFixture twin, string cookie)
    {
        var client = twin.Anonymous();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Cookie", cookie);
        return client;
    }

    /// <summary>Every request looks as if it had come over TLS.</summary>
    private sealed class BehindHttps : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, inner) =>
            {
                context.Request.Scheme = "https";
                return inner(context);
            });
            next(app);
        };
    }
}
