using DigitalTwin.Tests.Testing;
using Xunit;

namespace DigitalTwin.Tests.Chat;

/// <summary>Passages from a Bedrock knowledge base in place of the twin's own documents.</summary>
public sealed class KnowledgeBaseTests
{
    private const string Ferry = "The ferry to Långholmen leaves at 7:40 from the northern pier.\r\nIt takes  twelve minutes.";

    private static readonly BedrockPassage[] Found =
    [
        new(Ferry, "s3://internal-bucket-name/guides/ferry-times.md", 0.81),
        new("Dogs travel free of charge. Their owners do not.", "s3://internal-bucket-name/guides/ferry-times.md", 0.62, "Ferries and dogs"),
        new("   ", "s3://internal-bucket-name/empty.md", 0.5),
    ];

    [Fact(Timeout = 30_000)]
    public async Task A_model_answers_from_what_the_knowledge_base_finds_and_quotes_it_word_for_word()
    {
        await using var twin = await StartAsync();
        twin.Model.Passages = Found;
        twin.Model.Next(BedrockReply.Of("Take the 7:40 ferry ", "[1]. Your dog is free [2]."));
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync("When does the ferry to Långholmen leave, and what about my dog?");

        Assert.Equal("Take the 7:40 ferry [1]. Your dog is free [2].", answer.Text("answer"));
        var citations = answer["citations"]!.AsArray();
        Assert.Equal(
            [("guides/ferry-times.md", "Ferry times", true), ("guides/ferry-times.md", "Ferries and dogs", true)],
            citations.Select((citation, i) => (
                citation!.AsObject().Text("documentId"), citation.AsObject().Text("title"),
                Found[i].Text.Contains(citation.AsObject().Text("quote"), StringComparison.Ordinal))));
        Assert.Equal("The ferry to Långholmen leaves at 7:40 from the northern pier.", citations[0]!.AsObject().Text("quote"));
        Assert.DoesNotContain("internal-bucket-name", answer.ToJsonString(), StringComparison.Ordinal);
        var retrieve = Assert.Single(twin.Model.Requests, request => request.Operation == "retrieve");
        Assert.Equal("/knowledgebases/KB12345678/retrieve", retrieve.Target);
        Assert.Contains($"[1] Ferry times\n\"\"\"\n{Ferry}\n\"\"\"", twin.Model.Requests[^1].System, StringComparison.Ordinal);
        Assert.DoesNotContain("internal-bucket-name", twin.Model.Requests[^1].System, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_follow_up_is_asked_with_what_it_is_about()
    {
        await using var twin = await StartAsync();
        twin.Model.Passages = Found;
        twin.Model.Otherwise = _ => BedrockReply.Of("Yes [1].");
        using var visitor = twin.NewVisitor();

        var session = (await visitor.AskAsync("When does the ferry to Långholmen leave?")).Text("sessionId");
        await visitor.AskAsync("How long does it take?", session);

        var query = twin.Model.Requests.Where(request => request.Operation == "retrieve").ToList()[1].Body.GetProperty("retrievalQuery").GetProperty("text").GetString();
        Assert.StartsWith("How long does it take?", query, StringComparison.Ordinal);
        Assert.Contains("ferry", query, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_built_in_engine_answers_from_it_too()
    {
        await using var twin = await StartAsync(("Twin:Engines:Chain", "extractive"));
        twin.Model.Passages = Found;
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync("When does the ferry to Långholmen leave?");

        Assert.Equal("extractive", answer.Text("engine"));
        Assert.Contains("leaves at 7:40", answer.Text("answer"), StringComparison.Ordinal);
        var citation = Assert.Single(answer["citations"]!.AsArray())!.AsObject();
        Assert.Contains(citation.Text("quote"), Ferry, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task The_persona_still_knows_itself()
    {
        await using var twin = await StartAsync(("Twin:Engines:Chain", "extractive"));
        twin.Model.Passages = Found;
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync("Who are you?");

        Assert.Equal("persona", answer["citations"]![0]!.AsObject().Text("documentId"));
        Assert.Empty(twin.Model.Requests);
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_a_knowledge_base_that_answers_the_twins_own_documents_are_searched()
    {
        await using var twin = await StartAsync(("Twin:Engines:Chain", "extractive"));
        using var visitor = twin.NewVisitor();

        var answer = await visitor.AskAsync("When were you born?");

        Assert.Contains("10 December 1815", answer.Text("answer"), StringComparison.Ordinal);
        Assert.Equal("retrieve", Assert.Single(twin.Model.Requests).Operation);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_turn_can_be_stopped_while_the_knowledge_base_is_asked()
    {
        await using var twin = await StartAsync();
        var answers = new TaskCompletionSource();
        (twin.Model.Passages, twin.Model.Retrieval) = (Found, answers.Task);
        using var visitor = twin.NewVisitor();
        using var reader = await visitor.StreamAsync("When does the ferry leave?");
        var turnId = (await reader.NextAsync("start")).Json.Text("messageId");

        await visitor.StopAsync(turnId);
        var rest = await reader.RestAsync();
        answers.SetResult();

        Assert.Equal("stopped", rest[^2].Json["messageMetadata"]!.AsObject().Text("status"));
        Assert.DoesNotContain(twin.Model.Requests, request => request.Operation != "retrieve");
    }

    private static Task<BedrockTwin> StartAsync(params (string Setting, string Value)[] settings) => BedrockTwin.StartAsync(
        null, [("Twin:Knowledge:Retriever", "knowledgebase"), ("Twin:Knowledge:KnowledgeBaseId", "KB12345678"), .. settings]);
}
