using DigitalTwin.Hosting.Pages;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Pages;

/// <summary>Whose pages may show the visitor's page in a frame.</summary>
public sealed class WidgetSettingsTests
{
    private const string Setting = "Twin:Widget:AllowedOrigins";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors ANCESTORS; require-trusted-types-for 'script'; trusted-types 'none'";

    [Theory]
    [InlineData("/", true)]
    [InlineData("/s/x", true)]
    [InlineData("/?embedded=1", true)]
    [InlineData("/widget.js", false)]
    [InlineData("/api/persona", false)]
    [InlineData("/assets/none.js", false)]
    [InlineData("/console", false)]
    [InlineData("/swagger/index.html", false)]
    public async Task Only_the_visitors_page_may_be_framed_and_only_by_who_was_named(string path, bool framed)
    {
        await using var twin = TwinFixture.Start(settings: (Setting, "https://example.org, https://*.example.com:8443 http://localhost:3000"));
        using var client = twin.Anonymous();

        using var response = await client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        if (path.StartsWith("/swagger", StringComparison.Ordinal))
        {
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            return;
        }

        var ancestors = framed ? "'self' https://example.org https://*.example.com:8443 http://localhost:3000" : "'self'";
        Assert.Equal(Policy.Replace("ANCESTORS", ancestors, StringComparison.Ordinal), policy);
        Assert.False(response.Headers.Contains("X-Frame-Options"));
    }

    [Fact]
    public async Task A_page_that_may_show_the_twin_may_not_change_anything()
    {
        await using var twin = TwinFixture.Start(settings: (Setting, "https://example.org *"));
        using var client = twin.Anonymous();
        client.DefaultRequestHeaders.Add("Origin", "https://example.org");

        using var response = await client.PostJsonAsync("/api/chat", """{"message": "When were you born?"}""");

        await response.AssertProblemAsync(System.Net.HttpStatusCode.Forbidden, "unauthorized");
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData("", "")]
    [InlineData(" , ", "")]
    [InlineData("*", "*")]
    [InlineData("https://Example.ORG", "https://example.org")]
    [InlineData("https://a.example,https://a.example", "https://a.example")]
    [InlineData("http://127.0.0.1:65535 http://localhost", "http://127.0.0.1:65535 http://localhost")]
    [InlineData("https://xn--bcher-kva.example", "https://xn--bcher-kva.example")]
    public void Origins_are_read(string? text, string origins)
    {
        var settings = WidgetSettings.From(Configuration((Setting, text)));

        Assert.Equal(origins, string.Join(' ', settings.AllowedOrigins));
        Assert.Empty(settings.Problems());
    }

    [Fact]
    public void A_settings_file_may_have_a_list() =>
        Assert.Equal(
            ["https://a.example", "https://b.example"],
            WidgetSettings.From(Configuration((Setting + ":0", "https://a.example"), (Setting + ":1", "https://b.example"))).AllowedOrigins);

    [Theory]
    [InlineData("example.org")]
    [InlineData("http://example.org")]
    [InlineData("http://localhost.example.org")]
    [InlineData("https://example.org/")]
    [InlineData("https://example.org/path")]
    [InlineData("https://example.org:0")]
    [InlineData("https://example.org:65536")]
    [InlineData("https://example.org:*")]
    [InlineData("https://*")]
    [InlineData("https://a.*.example")]
    [InlineData("https://user@example.org")]
    [InlineData("https://example.org;script-src")]
    [InlineData("https://-a.example")]
    [InlineData("https://a..example")]
    [InlineData("https://bücher.example")]
    [InlineData("https://[::1]")]
    [InlineData("https://example.org\nX-Header:1")]
    [InlineData("'unsafe-inline'")]
    [InlineData("https:")]
    [InlineData("data:")]
    [InlineData("[\"https://example.org\"]")]
    public void Anything_else_stops_the_start_and_names_the_setting(string origin)
    {
        var error = Assert.Throws<BadSettingsException>(() =>
            new Microsoft.Extensions.DependencyInjection.ServiceCollection().AddSettings(WidgetSettings.From(Configuration((Setting, "https://a.example " + origin)))));

        Assert.StartsWith(Setting + ": ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a.example'", error.Message.Replace(origin, "", StringComparison.OrdinalIgnoreCase), StringComparison.Ordinal);
    }

    private static IConfiguration Configuration(params (string Name, string? Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Name, value.Value))).Build();
}
