using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace DigitalTwin.Tests.Testing;

internal static class ProblemAssertions
{
    /// <summary>What only our side of the house says; none of it belongs in an answer.</summary>
    private static readonly string[] Inner =
        ["System.", "Microsoft.", "DigitalTwin.", "Exception", "   at ", ".cs", "/src/", "/tmp/", "/root/", "stack", "Kestrel", "BindAsync", "TryParse"];

    /// <summary>The response is a problem of this status and code, with a detail that says something, and tells nothing of the inside.</summary>
    public static async Task<JsonObject> AssertProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} instead of {(int)status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!.AsObject();
        Assert.Equal((int)status, problem["status"]!.GetValue<int>());
        Assert.Equal(code, problem.Text("code"));
        Assert.NotEmpty(problem.Text("title"));
        Assert.True(problem.Text("detail").Length > 20, $"The detail says next to nothing: {text}");
        Assert.NotEqual(problem.Text("title"), problem.Text("detail").TrimEnd('.'));
        Assert.DoesNotContain(Inner, inner => text.Contains(inner, StringComparison.OrdinalIgnoreCase));
        return problem;
    }
}
