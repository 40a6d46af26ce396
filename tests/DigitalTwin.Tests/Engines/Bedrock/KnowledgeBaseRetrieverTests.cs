using DigitalTwin.Aws;
using DigitalTwin.Engines.Bedrock;
using DigitalTwin.Knowledge;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DigitalTwin.Tests.Engines.Bedrock;

public sealed class KnowledgeBaseRetrieverTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData("s3://bucket/guides/Ferry%20times_2.md", null, "guides/Ferry times_2.md", "Ferry times 2")]
    [InlineData("s3://bucket/a.md", "Own title", "a.md", "Own title")]
    [InlineData("https://site.example/opening-hours/", null, "https://site.example/opening-hours/", "Opening hours")]
    [InlineData("x", null, "x", "x")]
    public async Task A_passage_is_named_after_its_document(string uri, string? title, string documentId, string named)
    {
        await using var host = await BedrockHost.StartAsync();
        host.Server.Passages = [new("One. ", uri, 0.5, title), new("Two.", uri, 0.4, title)];

        var hits = await Retriever(host).RetrieveAsync("Who?", 8, Cancellation);

        Assert.Equal([(documentId, named, 0, "One. ", 0.5), (documentId, named, 1, "Two.", 0.4)], hits!.Select(hit =>
            (hit.Passage.DocumentId, hit.Passage.Title, hit.Passage.Ordinal, hit.Passage.Text, hit.Score)));
        Assert.Equal(8, host.Server.Requests[0].Body.GetProperty("retrievalConfiguration").GetProperty("vectorSearchConfiguration").GetProperty("numberOfResults").GetInt32());
    }

    [Fact(Timeout = 30_000)]
    public async Task One_that_does_not_answer_is_waited_for_five_seconds()
    {
        await using var host = await BedrockHost.StartAsync();
        (host.Server.Passages, host.Server.Retrieval) = ([], new TaskCompletionSource().Task);

        var retrieved = Retriever(host).RetrieveAsync("question-marker", 8, Cancellation).AsTask();
        Assert.Equal(TimeSpan.FromSeconds(5), await host.Timers.ArmedAsync());
        host.Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await retrieved);
        Assert.Contains(host.Logs.Lines, line => line.Level == LogLevel.Warning);
        Assert.All(host.Logs.Lines, line => Assert.DoesNotContain("-marker", line.Text, StringComparison.Ordinal));
    }

    private static KnowledgeBaseRetriever Retriever(BedrockHost host) => new(
        new BedrockAgentRuntime(host.Services.GetRequiredService<AwsClient>()),
        new KnowledgeSettings(KnowledgeSettings.KnowledgeBase, "KB12345678"),
        host.Timers,
        host.Services.GetRequiredService<ILogger<KnowledgeBaseRetriever>>());
}
