using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Jobs;
using DigitalTwin.Knowledge;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Knowledge;

/// <summary>Several instances of the twin on one table and one bucket.</summary>
[Collection(OneMoto.Name)]
public sealed class SharedKnowledgeTests(MotoServer moto)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_document_is_known_and_forgotten_by_the_next_question_to_any_instance()
    {
        using var stores = await AwsStores.CreateAsync(moto);
        await using var one = stores.Start(moto.Gate);
        await using var other = stores.Start(moto.Gate);
        using var visitor = other.NewVisitor();

        var id = await AddAsync(one, "Zebra", "The zebra of the household is called Quagmire.");
        Assert.Contains("Quagmire", (await visitor.AskAsync("What is the zebra called?")).Text("answer"), StringComparison.Ordinal);
        Assert.Contains(id, await SearchAsync(other, "zebra"));

        using var owner = one.Owner();
        using var deleted = await owner.DeleteAsync(new Uri($"/api/owner/knowledge/documents/{id}", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.DoesNotContain("Quagmire", (await visitor.AskAsync("What is the zebra called?")).Text("answer"), StringComparison.Ordinal);
        Assert.DoesNotContain(id, await SearchAsync(other, "zebra"));
    }

    [Fact]
    public async Task A_deleted_document_is_in_no_version_of_any_object()
    {
        using var stores = await AwsStores.CreateAsync(moto);
        await using var twin = stores.Start(moto.Gate);
        var id = await AddAsync(twin, "Zebra", "The zebra is called Quagmire.");
        await AddAsync(twin, "Okapi", "The okapi is called Perpetua.");
        Assert.Contains("Quagmire", await stores.EverythingAsync(Cancel), StringComparison.Ordinal);

        using var owner = twin.Owner();
        using var deleted = await owner.DeleteAsync(new Uri($"/api/owner/knowledge/documents/{id}", UriKind.Relative), Cancel);

        // A job may be at it as well.
        await PublishAsync(twin);
        var left = await stores.EverythingAsync(Cancel);
        Assert.DoesNotContain("Quagmire", left, StringComparison.Ordinal);
        Assert.Contains("Perpetua", left, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_publication_that_comes_after_a_deletion_it_did_not_see_leaves_nothing_for_long()
    {
        var objects = new HeldObjects();
        using var stores = await AwsStores.CreateAsync(moto);
        await using var twin = stores.Start(moto.Gate, objects.Register, ("Twin:Jobs:Worker", "false"));
        var id = await AddAsync(twin, "Zebra", "The zebra is called Quagmire.");
        objects.HoldNextPut(after: false);
        var late = PublishAsync(twin);
        await objects.Arrived;
        using var owner = twin.Owner();
        using var deleted = await owner.DeleteAsync(new Uri($"/api/owner/knowledge/documents/{id}", UriKind.Relative), Cancel);
        objects.Release();
        await late;
        Assert.Contains("Quagmire", await stores.EverythingAsync(Cancel), StringComparison.Ordinal);

        await twin.Services.GetRequiredService<JobRunner>().SweepAsync(Cancel);

        Assert.DoesNotContain("Quagmire", await stores.EverythingAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_that_many_instances_add_at_once_are_all_there_and_all_in_the_snapshot()
    {
        const int each = 6;
        using var stores = await AwsStores.CreateAsync(moto);
        await using var one = stores.Start(moto.Gate);
        await using var other = stores.Start(moto.Gate);

        var ids = await Task.WhenAll(Enumerable.Range(0, 2 * each).Select(i => AddAsync(i % 2 == 0 ? one : other, $"Animal {i}", $"Animal number {i} is a heron.")));

        Assert.Empty(ids.Except(await SearchAsync(one, "heron")));
        Assert.Empty(ids.Except(await SearchAsync(other, "heron")));
        await Task.WhenAll(PublishAsync(one), PublishAsync(other), PublishAsync(one), PublishAsync(other));
        Assert.Empty(ids.Except(await SnapshotAsync(one)));
    }

    [Fact]
    public async Task The_job_that_comes_with_a_change_publishes_the_snapshot()
    {
        using var stores = await AwsStores.CreateAsync(moto);
        await using var twin = stores.Start(moto.Gate, settings: ("Twin:Jobs:Worker", "false"));
        var id = await AddAsync(twin, "Zebra", "The zebra is called Quagmire.");
        Assert.DoesNotContain(id, await SnapshotAsync(twin));

        await twin.Services.GetRequiredService<JobRunner>().SweepAsync(Cancel);

        Assert.Contains(id, await SnapshotAsync(twin));
    }

    [Fact]
    public async Task A_start_reads_one_object_however_many_documents_there_are()
    {
        using var stores = await AwsStores.CreateAsync(moto);
        await using var one = stores.Start(moto.Gate);
        var ids = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => AddAsync(one, $"Animal {i}", $"Animal number {i} is a heron.")));
        await PublishAsync(one);
        await using var gate = await moto.OwnGateAsync();

        await using var late = stores.Start(gate, settings: ("Twin:Jobs:Worker", "false"));

        Assert.Single(gate.Seen, seen => seen.Operation == "GET");
        Assert.Empty(ids.Except(await SearchAsync(late, "heron")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no snapshot of ours")]
    public async Task A_start_without_a_snapshot_that_can_be_read_finds_everything_and_the_next_publication_mends_it(string? content)
    {
        using var stores = await AwsStores.CreateAsync(moto);
        await using var one = stores.Start(moto.Gate);
        var id = await AddAsync(one, "Okapi", "The okapi is called Perpetua.");
        var objects = one.Services.GetRequiredService<IObjectStore>();
        await objects.EraseAsync(KnowledgeKeys.Snapshot, Cancel);
        if (content is not null)
        {
            await objects.PutAsync(KnowledgeKeys.Snapshot, System.Text.Encoding.UTF8.GetBytes(content), "text/plain", cancellationToken: Cancel);
        }

        await using var late = stores.Start(moto.Gate);
        Assert.Contains(id, await SearchAsync(late, "okapi"));
        await PublishAsync(late);

        Assert.Contains(id, await SnapshotAsync(late));
    }

    [Fact]
    public async Task An_instance_answers_from_what_it_knows_while_the_objects_cannot_be_read()
    {
        using var stores = await AwsStores.CreateAsync(moto);
        await using var gate = await moto.OwnGateAsync();
        await using var one = stores.Start(moto.Gate);
        await using var other = stores.Start(gate);
        using var visitor = other.NewVisitor();
        gate.Faults = operation => operation == "GET" ? AwsFault.ServerError : AwsFault.None;
        await AddAsync(one, "Zebra", "The zebra of the household is called Quagmire.");

        Assert.Contains("1815", (await visitor.AskAsync("When were you born?")).Text("answer"), StringComparison.Ordinal);

        gate.Faults = _ => AwsFault.None;
        Assert.Contains("Quagmire", (await visitor.AskAsync("What is the zebra called?")).Text("answer"), StringComparison.Ordinal);
    }

    private static async Task<string> AddAsync(TwinFixture twin, string title, string text)
    {
        using var owner = twin.Owner();
        using var response = await owner.PostJsonAsync("/api/owner/knowledge/documents", new JsonObject { ["title"] = title, ["text"] = text }.ToJsonString());
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        return (await response.JsonAsync()).Text("documentId");
    }

    private static async Task<List<string>> SearchAsync(TwinFixture twin, string query)
    {
        using var owner = twin.Owner();
        using var response = await owner.PostJsonAsync("/api/owner/knowledge/search", new JsonObject { ["query"] = query, ["top"] = 100 }.ToJsonString());
        return [.. (await response.JsonAsync())["items"]!.AsArray().Select(hit => hit!.AsObject().Text("documentId"))];
    }

    private static Task PublishAsync(TwinFixture twin) => twin.Services.GetRequiredService<KnowledgeSnapshot>().PublishAsync(Cancel);

    private static async Task<IEnumerable<string>> SnapshotAsync(TwinFixture twin) =>
        (await twin.Services.GetRequiredService<KnowledgeSnapshot>().ReadAsync(Cancel)).Keys.Select(key => key.Id);
}
