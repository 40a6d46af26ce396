using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Pages;

/// <summary>The visitor's page and the files that it loads, as a browser gets them.</summary>
public sealed partial class PagesTests(SharedTwin shared) : IClassFixture<SharedTwin>
{
    private readonly TwinFixture twin = shared.Twin;

    [Theory]
    [InlineData("/")]
    [InlineData("/?embedded=1")]
    [InlineData("/s/s-AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("/s/%3Cscript%3E")]
    public async Task The_page_shows_the_persona_without_a_script(string path)
    {
        using var response = await GetAsync(path);

        var html = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.True(response.Headers.CacheControl is { NoCache: true, NoStore: false });
        Assert.Equal("Accept-Encoding", Assert.Single(response.Headers.Vary));
        Assert.Contains("<title>Ada Lovelace", html, StringComparison.Ordinal);
        Assert.Contains("weave algebra", Visible(html), StringComparison.Ordinal);
        Assert.Contains("Could a machine compose music?", Visible(html), StringComparison.Ordinal);
        Assert.DoesNotContain("{{", html, StringComparison.Ordinal);
        Assert.DoesNotContain("script%3E", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" onclick=", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_holds_what_its_script_starts_with()
    {
        using var client = twin.Anonymous();
        var profile = await client.GetJsonAsync("/api/persona");

        var page = JsonNode.Parse(PageScript().Match(await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken)).Groups[1].Value)!;

        Assert.Equal(profile.ToJsonString(), page["profile"]!.ToJsonString());
        Assert.Equal(1, page["version"]!.GetValue<int>());
        Assert.Equal(90, page["retentionDays"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_browser_that_knows_the_page_gets_304_until_the_persona_changes()
    {
        await using var own = TwinFixture.Start(settings: ("Twin:Memory:RetentionDays", "7"));
        using var owner = own.Owner();
        foreach (var encoding in new[] { "identity", "gzip" })
        {
            using var first = await GetAsync(own, "/", encoding);
            var tag = first.Headers.ETag!.ToString();
            using var known = await GetAsync(own, "/s/x", encoding, ("If-None-Match", $"\"other\", W/{tag}"));

            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
            Assert.Equal(tag, known.Headers.ETag!.ToString());
            Assert.Empty(await known.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.True(known.Headers.CacheControl!.NoCache);

            using var change = await owner.PutAsync(
                new Uri("/api/owner/persona", UriKind.Relative),
                new StringContent(
                    """{"me": "I am.", "profile": {"name": "<script>alert(1)</script> NAME", "headline": "{{page}}", "greeting": "Hello", "suggestions": ["</script>"], "accent": "#8a4b2a"}}"""
                        .Replace("NAME", encoding, StringComparison.Ordinal),
                    Encoding.UTF8,
                    "application/json"),
                TestContext.Current.CancellationToken);
            using var changed = await GetAsync(own, "/", encoding, ("If-None-Match", tag));

            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
            Assert.NotEqual(tag, changed.Headers.ETag!.ToString());
            var html = await TextAsync(changed);
            Assert.Contains($"&lt;script&gt;alert(1)&lt;/script&gt; {encoding}", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
            Assert.Equal(7, JsonNode.Parse(PageScript().Match(html).Groups[1].Value)!["retentionDays"]!.GetValue<int>());
        }
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("br, gzip;q=0.5", true)]
    [InlineData("GZIP", true)]
    [InlineData("gzip;q=0", false)]
    [InlineData("identity", false)]
    [InlineData("br", false)]
    [InlineData(";;;=", false)]
    public async Task The_page_is_compressed_for_who_can_read_it(string accepted, bool compressed)
    {
        using var plain = await GetAsync("/", "identity");
        using var response = await GetAsync("/", accepted);

        Assert.Equal(compressed, response.Content.Headers.ContentEncoding.Contains("gzip"));
        Assert.Equal(compressed, response.Headers.ETag!.ToString() != plain.Headers.ETag!.ToString());
        Assert.Equal(await TextAsync(plain), await TextAsync(response));
    }

    [Theory]
    [InlineData("/", "gzip")]
    [InlineData("/", "identity")]
    [InlineData("/s/x", "identity")]
    public async Task Head_says_what_get_would_send(string path, string encoding)
    {
        using var get = await GetAsync(path, encoding);
        using var client = twin.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);

        using var head = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, head.StatusCode);
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
        Assert.Equal(get.Headers.ETag, head.Headers.ETag);
        Assert.Equal(get.Content.Headers.ContentType, head.Content.Headers.ContentType);
    }

    [Fact]
    public async Task What_the_build_named_by_content_is_kept_for_ever()
    {
        foreach (var file in Directory.GetFiles(Repository.Path("src", "DigitalTwin", "wwwroot", "assets")))
        {
            var path = "/assets/" + Path.GetFileName(file);
            using var response = await GetAsync(path, "identity");
            using var compressed = await GetAsync(path, "gzip");
            using var known = await GetAsync(path, "identity", ("If-None-Match", response.Headers.ETag!.ToString()));

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
            Assert.Equal(File.ReadAllBytes(file), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
            Assert.Equal(await TextAsync(response), await TextAsync(compressed));
            Assert.All([response, compressed, known], one => Assert.Equal("public, max-age=31536000, immutable", one.Headers.CacheControl!.ToString()));
            Assert.True(compressed.Content.Headers.ContentLength <= response.Content.Headers.ContentLength, path);
        }
    }

    [Fact]
    public async Task What_keeps_its_name_is_asked_for_again()
    {
        using var response = await GetAsync("/widget.js");
        using var known = await GetAsync("/widget.js", "identity", ("If-None-Match", response.Headers.ETag!.ToString()));

        Assert.Equal("text/javascript", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no-cache", response.Headers.CacheControl!.ToString());
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Theory]
    [InlineData("/assets/none.js")]
    [InlineData("/assets/")]
    [InlineData("/assets/../index.html.gz")]
    [InlineData("/assets/..%2findex.html")]
    [InlineData("/assets/%2e%2e/%2e%2e/appsettings.json")]
    [InlineData("/build.json")]
    [InlineData("/wwwroot/index.html")]
    [InlineData("/s")]
    [InlineData("/s/a/b")]
    public async Task What_is_not_there_is_a_problem(string path)
    {
        using var response = await GetAsync(path);

        await response.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
        Assert.Null(response.Headers.CacheControl);
    }

    [Fact]
    public async Task The_template_itself_is_not_served()
    {
        foreach (var path in new[] { "/index.html", "/INDEX.html", "/index%2ehtml" })
        {
            using var response = await GetAsync(path);

            Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
            Assert.Equal("/", response.Headers.Location!.ToString());
        }
    }

    [Fact]
    public async Task Whatever_the_page_loads_is_there_and_ours()
    {
        using var client = twin.Anonymous();
        var html = await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var loaded = Loaded().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).Where(url => !url.StartsWith("data:", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(loaded);
        foreach (var url in loaded)
        {
            Assert.Matches("^/[^/]", url);
            using var response = await GetAsync(url);
            Assert.True(response.StatusCode == HttpStatusCode.OK, url);
        }
    }

    [Fact]
    public async Task The_application_has_its_files_wherever_it_is_started()
    {
        using var folder = new TempFolder();
        var (command, address) = await TwinCommand.StartAsync(folder.Path);
        await using (command)
        {
            using var client = new HttpClient { BaseAddress = address };

            Assert.Contains("<title>Ada Lovelace", await client.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
            Assert.Equal(
                File.ReadAllText(Repository.Path("src", "DigitalTwin", "wwwroot", "widget.js")),
                await client.GetStringAsync(new Uri("/widget.js", UriKind.Relative), TestContext.Current.CancellationToken));
        }
    }

    private static string Visible(string html) => PageScript().Replace(html, "");

    private static async Task<string> TextAsync(HttpResponseMessage response)
    {
        await using var body = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(response.Content.Headers.ContentEncoding.Contains("gzip") ? new GZipStream(body, CompressionMode.Decompress) : body);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<HttpResponseMessage> GetAsync(TwinFixture twin, string path, string? encoding = null, params (string Name, string Value)[] headers)
    {
        using var client = twin.Anonymous();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        foreach (var (name, value) in headers.Append(("Accept-Encoding", encoding ?? "")).Where(header => header.Item2.Length > 0))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private Task<HttpResponseMessage> GetAsync(string path, string? encoding = null, params (string Name, string Value)[] headers) => GetAsync(twin, path, encoding, headers);

    [GeneratedRegex("<script[^>]* type=\"application/json\"[^>]*>(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex PageScript();

    [GeneratedRegex("<(?:link|script|img)[^>]* (?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Loaded();
}
