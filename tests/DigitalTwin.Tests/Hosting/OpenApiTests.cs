using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Hosting;

/// <summary>The contract as a document, and the page that shows it.</summary>
public sealed partial class OpenApiTests(SharedTwin shared) : IClassFixture<SharedTwin>
{
    private const string Document = "/swagger/v1/swagger.json";
    private static readonly string[] Browsers = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private static readonly TimeSpan BrowserPatience = TimeSpan.FromSeconds(60);

    private static readonly System.Text.Json.JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new System.Text.Json.Serialization.Metadata.DefaultJsonTypeInfoResolver(),
    };

    private readonly TwinFixture twin = shared.Twin;

    [Fact]
    public async Task The_document_is_the_one_we_agreed_on()
    {
        using var client = twin.Anonymous();

        Golden.Equal("openapi.json", (await client.GetJsonAsync(Document)).ToJsonString(Readable));
    }

    [Fact]
    public async Task Every_route_of_the_api_is_in_the_document()
    {
        var documented = (await OperationsAsync()).Select(operation => operation.Name);

        var mapped = TwinRoute.All(twin).Where(route => route.Pattern.StartsWith("/api/", StringComparison.Ordinal) || route.Pattern.StartsWith("/health/", StringComparison.Ordinal))
            .Select(route => $"{route.Method} {route.Pattern.Replace(":int", "", StringComparison.Ordinal)}");
        Assert.Equal(mapped.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_operation_says_what_it_does_takes_and_answers()
    {
        var gaps = new List<string>();
        foreach (var (name, operation) in await OperationsAsync())
        {
            void Expect(bool holds, string what)
            {
                if (!holds)
                {
                    gaps.Add($"{name}: {what}");
                }
            }

            Expect(operation["summary"] is JsonValue summary && summary.GetValue<string>().Length > 8, "no summary");
            Expect(
                (operation["parameters"]?.AsArray() ?? []).All(parameter => parameter!["description"] is JsonValue), "a parameter that nothing describes");
            Expect(operation["tags"] is JsonArray { Count: 1 }, "not one tag");
            var responses = operation["responses"]!.AsObject();
            var good = responses.Where(response => response.Key.StartsWith('2')).ToList();
            Expect(good.Count == 1, "not one 2xx");
            Expect(
                good.All(response => response.Key is "202" or "204" || (response.Value!["content"] is JsonObject content && content.All(type => type.Value!["schema"] is not null))),
                "a 2xx without a schema");
            var problems = responses.Where(response => response.Key[0] is '4' or '5').ToList();
            Expect(problems.Any(problem => problem.Key == "400") && problems.Count > 1, "no problems");
            Expect(
                problems.All(problem => problem.Value!["content"]!["application/problem+json"]!["schema"]!["$ref"]!.GetValue<string>() == "#/components/schemas/ProblemBody"),
                "a problem without its schema");
            Expect(!name.Contains("api/chat", StringComparison.Ordinal) || responses.ContainsKey("404"), "no 404 of the session");
            Expect(name.StartsWith("GET", StringComparison.Ordinal) || responses.ContainsKey("403"), "no 403");
            Expect(!name.Contains('{') || responses.ContainsKey("404"), "no 404");
            Expect(!name.Contains("/api/owner", StringComparison.Ordinal) || (responses.ContainsKey("401") && responses.ContainsKey("429") && operation["security"] is JsonArray), "no key");
        }

        Assert.Empty(gaps);
    }

    [Fact]
    public async Task Every_body_has_an_example_that_the_route_takes()
    {
        using var client = twin.Anonymous();
        var schemas = (await client.GetJsonAsync(Document))["components"]!["schemas"]!.AsObject();
        using var owner = twin.Owner();
        foreach (var (name, operation) in await OperationsAsync())
        {
            if (operation["requestBody"]?["content"]?["application/json"]?["schema"]?["$ref"]?.GetValue<string>() is not { } reference)
            {
                Assert.True(operation["requestBody"] is null, $"{name} takes a body without a schema");
                continue;
            }

            var example = schemas[reference.Split('/')[^1]]!["example"];
            Assert.True(example is not null, $"{name} has no example");
            var (method, path) = (name.Split(' ')[0], name.Split(' ')[1].Replace("{turnId}", "s-none.1", StringComparison.Ordinal));
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(path, UriKind.Relative))
            {
                Content = new StringContent(example.ToJsonString(), System.Text.Encoding.UTF8, "application/json"),
            };

            using var response = await owner.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.True(response.IsSuccessStatusCode || (path.Contains("s-none", StringComparison.Ordinal) && response.StatusCode == HttpStatusCode.NotFound), $"{name}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Every_answer_has_an_example_that_is_of_its_schema()
    {
        using var client = twin.Anonymous();
        var schemas = (await client.GetJsonAsync(Document))["components"]!["schemas"]!.AsObject();
        foreach (var (name, operation) in await OperationsAsync())
        {
            foreach (var (_, body) in operation["responses"]!.AsObject().Where(response => response.Key[0] == '2').SelectMany(response => response.Value!["content"]?.AsObject() ?? []))
            {
                var schema = body!["schema"]!.AsObject();
                var example = body["example"] ?? schemas[schema["$ref"]!.GetValue<string>().Split('/')[^1]]!["example"];
                Assert.True(example is not null, $"{name} has no example of its answer");
                AssertFits(example, schema, schemas, name);
            }
        }
    }

    [Fact]
    public async Task The_document_says_which_bodies_ignore_unknown_members_and_which_members_are_needed()
    {
        using var client = twin.Anonymous();
        var schemas = (await client.GetJsonAsync(Document))["components"]!["schemas"]!;

        Assert.Null(schemas["ChatRequest"]!["additionalProperties"]);
        Assert.Equal("message", Assert.Single(schemas["ChatRequest"]!["required"]!.AsArray())!.GetValue<string>());
        Assert.False(schemas["PersonaUpdate"]!["additionalProperties"]!.GetValue<bool>());
        Assert.Equal(["me", "profile"], schemas["PersonaUpdate"]!["required"]!.AsArray().Select(member => member!.GetValue<string>()).Order());
    }

    [Fact]
    public async Task The_page_and_all_that_it_loads_is_served_and_fits_its_policy()
    {
        using var client = twin.Anonymous();
        using var page = await client.GetAsync(new Uri("/swagger/index.html", UriKind.Relative), TestContext.Current.CancellationToken);
        var html = await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain("unsafe-eval", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.DoesNotMatch("<script(?![^>]* src=)", html);
        var parts = LinkedFile().Matches(html).Select(match => match.Groups[1].Value).ToList();
        Assert.True(parts.Count >= 4, html);
        foreach (var part in parts)
        {
            Assert.DoesNotContain("//", part, StringComparison.Ordinal);
            using var response = await client.GetAsync(new Uri("/swagger/" + part, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, part);
        }
    }

    [Fact]
    public async Task A_browser_shows_the_routes()
    {
        var browser = Browsers.FirstOrDefault(File.Exists);
        Assert.SkipWhen(browser is null, "There is no browser here.");

        var (page, console) = await BrowseAsync(browser, new Uri(twin.Address, "/swagger/index.html"));

        Assert.Contains("Ask, and get the whole answer", page, StringComparison.Ordinal);
        Assert.Contains("Rate an answer", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Content Security Policy", console, StringComparison.Ordinal);
        Assert.DoesNotContain("Uncaught", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_short_address_leads_to_the_page()
    {
        using var client = twin.Anonymous();

        using var swagger = await client.GetAsync(new Uri("/swagger", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.MovedPermanently, swagger.StatusCode);
        Assert.Equal("/swagger/index.html", new Uri(new Uri(twin.Address, "/swagger"), swagger.Headers.Location!).AbsolutePath);
    }

    private async Task<List<(string Name, JsonObject Operation)>> OperationsAsync()
    {
        using var client = twin.Anonymous();
        return [.. (await client.GetJsonAsync(Document))["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()
            .Select(operation => ($"{operation.Key.ToUpperInvariant()} {path.Key}", operation.Value!.AsObject())))];
    }

    /// <summary>The page as a browser has built it once its scripts are done, and what the browser said about it.</summary>
    private static async Task<(string Page, string Console)> BrowseAsync(string browser, Uri page)
    {
        using var profile = new TempFolder();
        var start = new ProcessStartInfo(
            browser,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", $"--user-data-dir={profile.Path}",
                "--enable-logging=stderr", "--virtual-time-budget=20000", "--dump-dom", page.ToString(),
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(BrowserPatience);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
            await process.WaitForExitAsync(timeout.Token);
            return (await output, await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static void AssertFits(JsonNode? value, JsonObject schema, JsonObject schemas, string at)
    {
        schema = schema["$ref"] is { } reference ? schemas[reference.GetValue<string>().Split('/')[^1]]!.AsObject() : schema;
        if (value is JsonArray items)
        {
            Assert.All(items, item => AssertFits(item, schema["items"]!.AsObject(), schemas, at));
        }
        else if (value is JsonObject members && schema["properties"] is JsonObject properties)
        {
            Assert.Equal(properties.Select(property => property.Key).Order(), members.Select(member => member.Key).Order());
            Assert.All(members, member => AssertFits(member.Value, properties[member.Key]!.AsObject(), schemas, $"{at} {member.Key}"));
        }
        else if (value is not null && schema["type"] is { } type)
        {
            Assert.True(type.GetValue<string>() is var wanted && value.GetValueKind() switch
            {
                JsonValueKind.String => wanted == "string",
                JsonValueKind.Number => wanted is "integer" or "number",
                _ => wanted is "object" or "boolean",
            }, at);
        }
    }

    [GeneratedRegex("(?:src|href)=\"\\.?/?([^\"]+)\"")]
    private static partial Regex LinkedFile();
}
