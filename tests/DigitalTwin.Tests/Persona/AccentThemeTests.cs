using System.Net;
using System.Text.RegularExpressions;
using DigitalTwin.Persona;
using DigitalTwin.Tests.Testing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace DigitalTwin.Tests.Persona;

/// <summary>Whatever colour an owner likes, the page can be read.</summary>
public sealed partial class AccentThemeTests
{
    private const double HueTolerance = 12;
    private const double ReadableText = 4.5;

    [Fact]
    public void Every_accent_can_be_read_on_both_pages_and_carries_its_ink()
    {
        var colours = ArbMap.Default.GeneratorFor<byte>().Three().Select(three => new Rgb(three.Item1, three.Item2, three.Item3)).ToArbitrary();

        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(colours, colour =>
            {
                var theme = Read(AccentTheme.Style(colour.ToString()));
                return Holds(colour, theme["light"], AccentTheme.LightPage, AccentTheme.LeastOnLight)
                    && Holds(colour, theme["dark"], AccentTheme.DarkPage, AccentTheme.LeastOnDark);
            }));
    }

    [Theory]
    [InlineData("#2f5d50", "#2f5d50")]
    [InlineData("#000000", "#000000")]
    [InlineData("#8A4B2A", "#8a4b2a")]
    public void What_can_be_read_already_stays_as_it_is(string accent, string expected) =>
        Assert.Equal(expected, Read(AccentTheme.Style(accent))["light"].Accent.ToString());

    [Theory]
    [InlineData("#ffff00")]
    [InlineData("#ffffff")]
    [InlineData("#00ff00")]
    [InlineData("#e8a0c0")]
    public void What_cannot_be_read_is_changed_no_more_than_it_takes(string accent)
    {
        var light = Read(AccentTheme.Style(accent))["light"].Accent;

        Assert.InRange(light.ContrastWith(AccentTheme.LightPage), AccentTheme.LeastOnLight, AccentTheme.LeastOnLight * 1.05);
    }

    /// <summary>Values of the WCAG's own examples and of its definition's ends.</summary>
    [Theory]
    [InlineData("#000000", "#ffffff", 21)]
    [InlineData("#ffffff", "#ffffff", 1)]
    [InlineData("#767676", "#ffffff", 4.54)]
    [InlineData("#777777", "#ffffff", 4.48)]
    [InlineData("#ff0000", "#ffffff", 4.0)]
    public void Contrast_is_the_one_of_the_guidelines(string one, string two, double contrast)
    {
        Assert.Equal(contrast, Rgb.Parse(one).ContrastWith(Rgb.Parse(two)), 0.005);
        Assert.Equal(contrast, Rgb.Parse(two).ContrastWith(Rgb.Parse(one)), 0.005);
    }

    [Fact]
    public async Task The_style_sheet_is_kept_by_its_content()
    {
        await using var twin = TwinFixture.Start();
        using var client = twin.Anonymous();
        using var first = await GetAsync(client, "/api/persona/theme.css");
        var tag = first.Headers.ETag!.ToString();
        using var known = await GetAsync(client, "/api/persona/theme.css", tag);
        using var kept = await GetAsync(client, $"/api/persona/theme.css?v={tag.Trim('"')}");
        using var old = await GetAsync(client, "/api/persona/theme.css?v=1");

        Assert.Equal("text/css; charset=utf-8", first.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", first.Headers.CacheControl!.ToString());
        Assert.Equal(AccentTheme.Style("#2f5d50"), await first.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
        Assert.Equal("public, max-age=31536000, immutable", kept.Headers.CacheControl!.ToString());
        Assert.Equal("no-cache", old.Headers.CacheControl!.ToString());

        using var owner = twin.Owner();
        using var change = await owner.PutAsync(
            new Uri("/api/owner/persona", UriKind.Relative),
            new StringContent(
                """{"me": "I am.", "profile": {"name": "Ann", "headline": "h", "greeting": "g", "suggestions": [], "accent": "#ff8800"}}""",
                System.Text.Encoding.UTF8,
                "application/json"),
            TestContext.Current.CancellationToken);
        using var changed = await GetAsync(client, "/api/persona/theme.css", tag);
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        using var page = await GetAsync(client, "/");
        Assert.Contains($"/api/persona/theme.css?v={changed.Headers.ETag!.Tag.Trim('"')}", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static bool Holds(Rgb given, (Rgb Accent, Rgb Ink) theme, Rgb page, double least)
    {
        var (hue, saturation, _) = given.ToHsl();
        var (newHue, newSaturation, lightness) = theme.Accent.ToHsl();
        var turned = Math.Abs(hue - newHue) % 360;
        return theme.Accent.ContrastWith(page) >= least
            && theme.Ink.ContrastWith(theme.Accent) >= ReadableText
            && (theme.Accent == given
                || saturation < 0.2
                || lightness is < 0.1 or > 0.9
                || (Math.Min(turned, 360 - turned) < HueTolerance && Math.Abs(saturation - newSaturation) < 0.1));
    }

    private static Dictionary<string, (Rgb Accent, Rgb Ink)> Read(string style) =>
        Rule().Matches(style).ToDictionary(rule => rule.Groups[1].Value, rule => (Rgb.Parse(rule.Groups[2].Value), Rgb.Parse(rule.Groups[3].Value)));

    private static Task<HttpResponseMessage> GetAsync(HttpClient client, string path, string? tag = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        if (tag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        }

        return client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex(@"data-theme=(light|dark)\]\{--accent:(#[0-9a-f]{6});--accent-ink:(#[0-9a-f]{6})\}")]
    private static partial Regex Rule();
}
