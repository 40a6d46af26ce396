using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using DigitalTwin.Acceptance.Targets;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Acceptance;

/// <summary>What only the owner may do, and how it comes to hold. What a test changes it puts back.</summary>
public abstract class OwnerSuite(Target twin)
{
    private const string Documents = "/api/owner/knowledge/documents";
    private const string Persona = "/api/owner/persona";

    [Fact]
    public async Task Without_the_key_nobody_may()
    {
        using var stranger = twin.NewVisitor();
        foreach (var path in new[] { Documents, Persona, $"{Persona}/versions" })
        {
            using var response = await stranger.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            await AssertRefusedAsync(response);
        }
    }

    /// <remarks>Once only: the twin locks out who tries many keys.</remarks>
    [Fact]
    public async Task With_a_wrong_key_nobody_may()
    {
        using var stranger = twin.NewVisitor();
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "not-the-key-of-this-twin-0123456789");

        using var response = await stranger.GetAsync(new Uri(Persona, UriKind.Relative), TestContext.Current.CancellationToken);

        await AssertRefusedAsync(response);
    }

    [Fact]
    public async Task A_document_is_added_listed_and_found()
    {
        await using var lighthouse = await Lighthouse.AddAsync(twin);
        using var owner = twin.Owner();

        Assert.Equal(Lighthouse.Title, (await owner.GetJsonAsync($"{Documents}/{lighthouse.DocumentId}")).Text("title"));
        Assert.Contains(lighthouse.DocumentId, await DocumentsAsync(owner));
        Assert.Equal(lighthouse.DocumentId, await FirstHitAsync(owner));
    }

    [Fact]
    public async Task A_deleted_document_is_known_no_more()
    {
        using var owner = twin.Owner();
        string documentId;
        await using (var lighthouse = await Lighthouse.AddAsync(twin))
        {
            documentId = lighthouse.DocumentId;
        }

        using var gone = await owner.GetAsync(new Uri($"{Documents}/{documentId}", UriKind.Relative), TestContext.Current.CancellationToken);
        await gone.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
        Assert.DoesNotContain(documentId, await DocumentsAsync(owner));
        Assert.NotEqual(documentId, await FirstHitAsync(owner));
        using var visitor = twin.NewVisitor();
        Assert.Empty((await visitor.AskAsync(Lighthouse.Question))["citations"]!.AsArray());
    }

    [Fact]
    public async Task A_document_without_text_is_refused()
    {
        using var owner = twin.Owner();

        using var response = await owner.PostJsonAsync(Documents, """{"title": "Nothing", "text": ""}""");

        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task A_changed_persona_is_public_at_once_and_can_be_put_back()
    {
        using var owner = twin.Owner();
        using var visitor = twin.NewVisitor();
        var before = await owner.GetJsonAsync(Persona);
        var name = before["profile"]!.AsObject().Text("name");
        try
        {
            var changed = new JsonObject { ["me"] = before.Text("me"), ["profile"] = before["profile"]!.DeepClone() };
            changed["profile"]!["headline"] = "Keeper of a lighthouse that there is not";
            using var put = await PutAsync(owner, changed, $"\"{before["version"]}\"");
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
            using var late = await PutAsync(owner, changed, $"\"{before["version"]}\"");
            await late.AssertProblemAsync(HttpStatusCode.PreconditionFailed, "conflict");

            var profile = await visitor.GetJsonAsync("/api/persona");
            Assert.Equal((name, "Keeper of a lighthouse that there is not"), (profile.Text("name"), profile.Text("headline")));
        }
        finally
        {
            using var restored = await owner.PostAsync(
                new Uri($"{Persona}/versions/{before["version"]}/restore", UriKind.Relative), null, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, restored.StatusCode);
        }

        Assert.Equal(before["profile"]!.ToJsonString(), (await visitor.GetJsonAsync("/api/persona")).ToJsonString());
    }

    [Fact]
    public async Task Work_that_is_left_for_later_is_seen_without_what_it_is_about()
    {
        using var visitor = twin.NewVisitor();
        using var owner = twin.Owner();
        var sessionId = (await visitor.AskAsync("Who are you?")).Text("sessionId");

        var jobs = await owner.GetJsonAsync("/api/owner/jobs?state=ready&limit=100");

        Assert.Contains(jobs["items"]!.AsArray(), job => job!.AsObject().Text("kind") == "transcript");
        Assert.DoesNotContain(sessionId, jobs.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>Before a user pool's owners stands the gateway, with words of its own.</summary>
    private async Task AssertRefusedAsync(HttpResponseMessage response)
    {
        if (twin.HasOwnerPool)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            return;
        }

        await response.AssertProblemAsync(HttpStatusCode.Unauthorized, "unauthorized");
    }

    private static async Task<HttpResponseMessage> PutAsync(HttpClient owner, JsonObject persona, string ifMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Persona, UriKind.Relative))
        {
            Content = new StringContent(persona.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await owner.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task<List<string>> DocumentsAsync(HttpClient owner)
    {
        var ids = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await owner.GetJsonAsync($"{Documents}?limit=100{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            ids.AddRange(page["items"]!.AsArray().Select(item => item!.AsObject().Text("documentId")));
            cursor = page["nextCursor"]?.GetValue<string>();
        }

        return ids;
    }

    private static async Task<string?> FirstHitAsync(HttpClient owner)
    {
        using var response = await owner.PostJsonAsync("/api/owner/knowledge/search", """{"query": "last keeper of Brandholm Skerry", "top": 3}""");
        return (await response.JsonAsync())["items"]!.AsArray().FirstOrDefault()?.AsObject().Text("documentId");
    }
}
