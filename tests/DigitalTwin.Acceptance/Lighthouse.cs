using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Acceptance.Targets;
using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Acceptance;

/// <summary>A document about a place that there is not: only a twin that was given it can know what it says. It is deleted at the end.</summary>
internal sealed class Lighthouse : IAsyncDisposable
{
    public const string Title = "The lighthouse of Brandholm Skerry";

    public const string Text =
        """
        # The lighthouse of Brandholm Skerry

        The lighthouse of Brandholm Skerry was built by Marit Oxenvad in 1887. Its lamp burned rapeseed oil until the winter of 1931.

        ## The keeper

        The last keeper of Brandholm Skerry was Halvor Tindeland, who kept eleven goats on the rock.
        """;

    public const string Question = "Who was the last keeper of the lighthouse of Brandholm Skerry?";

    private readonly HttpClient owner;

    private Lighthouse(HttpClient owner, string documentId) => (this.owner, DocumentId) = (owner, documentId);

    public string DocumentId { get; }

    public static async Task<Lighthouse> AddAsync(Target twin)
    {
        var owner = twin.Owner();
        using var response = await owner.PostJsonAsync(
            "/api/owner/knowledge/documents", new JsonObject { ["title"] = Title, ["text"] = Text, ["mediaType"] = "text/markdown" }.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return new Lighthouse(owner, (await response.JsonAsync()).Text("documentId"));
    }

    public async ValueTask DisposeAsync()
    {
        using var deleted = await owner.DeleteAsync(new Uri($"/api/owner/knowledge/documents/{DocumentId}", UriKind.Relative), CancellationToken.None);
        owner.Dispose();
    }
}
