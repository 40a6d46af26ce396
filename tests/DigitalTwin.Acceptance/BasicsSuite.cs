using System.Net;
using DigitalTwin.Acceptance.Targets;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Acceptance;

/// <summary>It runs, shows its page, and says clearly what is wrong with a request.</summary>
public abstract class BasicsSuite(Target twin)
{
    [Fact]
    public async Task It_is_alive_and_ready()
    {
        using var visitor = twin.NewVisitor();

        Assert.Equal("live", (await visitor.GetJsonAsync("/health/live")).Text("status"));
        Assert.Equal("ready", (await visitor.GetJsonAsync("/health/ready")).Text("status"));
    }

    [Fact]
    public async Task The_page_greets_by_name_before_any_script_runs()
    {
        using var visitor = twin.NewVisitor();
        var profile = await visitor.GetJsonAsync("/api/persona");

        using var response = await visitor.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var page = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains(profile.Text("name"), page, StringComparison.Ordinal);
        Assert.Contains(profile.Text("greeting"), page, StringComparison.Ordinal);
        Assert.Contains("script-src 'self'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_widget_and_all_files_of_the_page_are_there()
    {
        using var visitor = twin.NewVisitor();
        var page = await visitor.GetStringAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        var files = page.Split('"').Where(part => part.StartsWith("/assets/", StringComparison.Ordinal)).Append("/widget.js").ToList();

        Assert.True(files.Count > 2, page);
        foreach (var file in files)
        {
            using var response = await visitor.GetAsync(new Uri(file, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode is HttpStatusCode.OK, $"{file}: {response.StatusCode}");
            Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData("{\"message\": \"Hello\"")]
    [InlineData("{\"message\": 7}")]
    [InlineData("{\"message\": \"\"}")]
    [InlineData("[]")]
    public async Task A_bad_body_is_a_problem_that_says_what_is_wrong(string body)
    {
        using var visitor = twin.NewVisitor();

        using var response = await visitor.PostJsonAsync("/api/chat", body);

        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task What_is_not_there_is_a_problem_and_not_a_page()
    {
        using var visitor = twin.NewVisitor();

        using var response = await visitor.GetAsync(new Uri("/api/nothing-here", UriKind.Relative), TestContext.Current.CancellationToken);

        await response.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
    }
}
