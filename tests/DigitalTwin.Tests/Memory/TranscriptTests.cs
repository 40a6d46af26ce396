using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Jobs;
using DigitalTwin.Memory;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Memory;

/// <summary>The transcript of a quiet session: written once it is quiet, gone with its session, and never back.</summary>
public sealed class TranscriptTests : IAsyncDisposable
{
    private const string Marker = "Marker-of-the-transcript";
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(10);
    private readonly ManualTimeProvider clock = new();
    private readonly HeldObjects objects = new();
    private readonly HeldTable table = new();
    private readonly TempFolder folder = new();
    private readonly TwinFixture twin;
    private readonly CookieContainer cookies = new();
    private readonly HttpClient visitor;

    public TranscriptTests()
    {
        twin = TwinFixture.Start(
            folder.Path,
            services =>
            {
                services.AddSingleton<TimeProvider>(clock);
                table.Register(services);
                objects.Register(services);
            },
            ("Twin:Jobs:Worker", "false"),
            ("Twin:Limits:Enabled", "false"));
        visitor = twin.NewVisitor(cookies);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        visitor.Dispose();
        await twin.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task A_session_gets_its_transcript_when_it_has_been_quiet()
    {
        var first = await visitor.AskAsync("When were you born?");
        var second = await visitor.AskAsync("Who was your father?", first.Text("sessionId"));

        Assert.Equal(0, await SweepAsync(Quiet - TimeSpan.FromTicks(1)));
        Assert.Equal(1, await SweepAsync(TimeSpan.FromTicks(1)));

        var transcript = (await TranscriptAsync(first))!;
        Assert.Equal((first.Text("sessionId"), "When were you born?"), (transcript.Text("sessionId"), transcript.Text("title")));
        Assert.Equal(
            new[] { first, second }.Select(answer => (answer.Text("turnId"), answer.Text("answer"), answer["citations"]!.ToJsonString())),
            transcript["turns"]!.AsArray().Select(turn => (turn!.AsObject().Text("turnId"), turn.AsObject().Text("answer"), turn["citations"]!.ToJsonString())));
        Assert.DoesNotContain("visitor", transcript.ToJsonString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_session_that_goes_on_moves_its_one_job_and_later_gets_a_new_version()
    {
        var session = (await visitor.AskAsync("When were you born?")).Text("sessionId");
        for (var i = 0; i < 5; i++)
        {
            await SweepAsync(TimeSpan.FromMinutes(4));
            await visitor.AskAsync($"And then? ({i})", session);
        }

        Assert.Single(await JobsAsync("ready"));
        Assert.Empty(await VersionsAsync(session));
        await SweepAsync(Quiet);
        Assert.Single(await VersionsAsync(session));
        await visitor.AskAsync("One more thing.", session);
        Assert.Single(await JobsAsync("ready"));
        await SweepAsync(Quiet);

        Assert.Equal(2, (await VersionsAsync(session)).Count);
        Assert.Equal(7, (await TranscriptAsync(session))!["turns"]!.AsArray().Count);
        Assert.Empty(await JobsAsync("failed"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_turn_that_comes_while_the_transcript_is_written_is_answered_and_is_in_the_next_one()
    {
        var session = (await visitor.AskAsync("When were you born?")).Text("sessionId");
        table.HoldNextPut("TURN#");
        clock.Advance(Quiet);
        var asking = visitor.AskAsync("Who was your father?", session);
        await table.Arrived;

        // The turn has read the session by now, and the job changes it before the turn is written.
        Assert.Equal(1, await SweepAsync(TimeSpan.Zero));
        table.Release();
        var answer = await asking;
        await SweepAsync(Quiet);

        Assert.EndsWith(".2", answer.Text("turnId"), StringComparison.Ordinal);
        Assert.Equal([2, 1], await TurnsOfVersionsAsync(session));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_transcript_that_a_turn_overtakes_is_written_again_when_that_is_quiet()
    {
        var session = (await visitor.AskAsync("When were you born?")).Text("sessionId");
        clock.Advance(Quiet);
        objects.HoldNextPut(after: true);
        var sweep = SweepAsync(TimeSpan.Zero);
        await objects.Arrived;

        await visitor.AskAsync("Who was your father?", session);
        objects.Release();
        await sweep;
        await SweepAsync(TimeSpan.FromSeconds(30));
        await SweepAsync(Quiet);

        Assert.Equal([2, 1], await TurnsOfVersionsAsync(session));
        Assert.Single(await JobsAsync("ready"));
    }

    [Fact]
    public async Task Erasing_the_visitor_erases_the_transcripts_with_every_version_and_the_receipt_says_so()
    {
        using var other = twin.NewVisitor();
        var kept = await other.AskAsync("When were you born? Kept-by-another");
        var session = (await visitor.AskAsync($"When were you born? {Marker}")).Text("sessionId");
        await SweepAsync(Quiet);
        await visitor.AskAsync($"And then? {Marker}", session);
        await SweepAsync(Quiet);
        await visitor.AskAsync($"Not quiet yet. {Marker}");
        Assert.Equal(2, (await VersionsAsync(session)).Count);

        var receipt = await EraseAsync();

        Assert.Equal((2, 3, 1), (Count(receipt, "sessions"), Count(receipt, "turns"), Count(receipt, "transcripts")));
        await AssertNoTraceAsync(session);
        Assert.NotNull(await TranscriptAsync(kept.Text("sessionId")));
    }

    [Fact]
    public async Task Deleting_a_session_erases_its_transcript_only()
    {
        var session = (await visitor.AskAsync($"When were you born? {Marker}")).Text("sessionId");
        var kept = (await visitor.AskAsync("Who was your father?")).Text("sessionId");
        await SweepAsync(Quiet);

        using var response = await visitor.DeleteAsync(new Uri($"/api/memory/sessions/{session}", UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await AssertNoTraceAsync(session);
        Assert.NotNull(await TranscriptAsync(kept));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_erasure_while_the_transcript_is_written_leaves_none(bool afterPut)
    {
        var session = (await visitor.AskAsync($"When were you born? {Marker}")).Text("sessionId");
        clock.Advance(Quiet);
        objects.HoldNextPut(afterPut);
        var sweep = SweepAsync(TimeSpan.Zero);
        await objects.Arrived;

        var erasing = EraseAsync();
        objects.Release();
        await erasing;

        await AssertNoTraceAsync(session);
        await sweep;
        await AssertNoTraceAsync(session);
    }

    /// <summary>
    /// Another process cannot be waited for: what it writes late it takes away itself; its job stays until its lease is over, for the case that
    /// it dies before.
    /// </summary>
    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_transcript_that_another_process_writes_after_the_erasure_does_not_stay(bool afterPut)
    {
        var session = (await visitor.AskAsync($"When were you born? {Marker}")).Text("sessionId");
        await using var elsewhere = Elsewhere();
        clock.Advance(Quiet);
        objects.HoldNextPut(afterPut);
        var late = elsewhere.GetRequiredService<JobRunner>().SweepAsync(Cancel);
        await objects.Arrived;

        await EraseAsync();
        objects.Release();
        await late;

        Assert.Empty(await VersionsAsync(session));
        Assert.Equal(1, await SweepAsync(TimeSpan.FromSeconds(60)));
        await table.ScrubAsync(Cancel);
        await AssertNoTraceAsync(session);
    }

    [Fact]
    public async Task A_transcript_expires_with_its_session()
    {
        var session = (await visitor.AskAsync($"When were you born? {Marker}")).Text("sessionId");
        await SweepAsync(Quiet);
        await SweepAsync(TimeSpan.FromDays(90));
        Assert.Single(await VersionsAsync(session));

        await SweepAsync(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));

        Assert.Empty(await VersionsAsync(session));
        Assert.Empty(await JobsAsync("ready"));
    }

    [Fact]
    public async Task A_store_that_is_away_fails_the_job_and_a_retry_by_hand_makes_up_for_it()
    {
        var session = (await visitor.AskAsync("When were you born?")).Text("sessionId");
        objects.Fails = true;
        await SweepAsync(Quiet);
        for (var i = 1; i < 8; i++)
        {
            await SweepAsync(TimeSpan.FromSeconds(900));
        }

        var failed = Assert.Single(await JobsAsync("failed"));
        objects.Fails = false;
        using var owner = twin.Owner();
        using var retried = await owner.PostJsonAsync($"/api/owner/jobs/{failed.Text("jobId")}/retry", "");
        await SweepAsync(TimeSpan.Zero);

        Assert.Equal(("transcript", 8, "StorageUnavailableException"), (failed.Text("kind"), failed["attempts"]!.GetValue<int>(), failed.Text("reason")));
        Assert.Single(await VersionsAsync(session));
        Assert.Empty(await JobsAsync("failed"));
    }

    [Fact]
    public async Task Dropping_the_job_drops_the_transcript_and_the_next_turn_makes_both_anew()
    {
        var session = (await visitor.AskAsync("When were you born?")).Text("sessionId");
        await SweepAsync(Quiet);
        using var owner = twin.Owner();
        using var dropped = await owner.DeleteAsync(
            new Uri($"/api/owner/jobs/{Assert.Single(await JobsAsync("ready")).Text("jobId")}", UriKind.Relative), Cancel);
        Assert.Empty(await VersionsAsync(session));

        await visitor.AskAsync("Who was your father?", session);
        using var droppedAgain = await owner.DeleteAsync(
            new Uri($"/api/owner/jobs/{Assert.Single(await JobsAsync("ready")).Text("jobId")}", UriKind.Relative), Cancel);
        await visitor.AskAsync("Who was Babbage?", session);
        await SweepAsync(Quiet);

        Assert.Equal([3], await TurnsOfVersionsAsync(session));
    }

    /// <summary>A process of its own as far as the jobs can tell, on the same table and objects.</summary>
    private ServiceProvider Elsewhere()
    {
        var services = new ServiceCollection();
        var settings = new Dictionary<string, string?> { ["Twin:Signing:Key"] = new string('k', 32) };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(twin.Services.GetRequiredService<ITable>());
        services.AddSingleton(twin.Services.GetRequiredService<IObjectStore>());
        services.AddJobs(configuration);
        services.AddMemory(configuration);
        return services.BuildServiceProvider();
    }

    private async Task<int> SweepAsync(TimeSpan after)
    {
        clock.Advance(after);
        return (await twin.Services.GetRequiredService<JobRunner>().SweepAsync(Cancel)).Ran;
    }

    private async Task<IReadOnlyList<JsonObject>> JobsAsync(string state)
    {
        using var owner = twin.Owner();
        return [.. (await owner.GetJsonAsync($"/api/owner/jobs?state={state}"))["items"]!.AsArray().Select(job => job!.AsObject())];
    }

    private Task<JsonObject?> TranscriptAsync(JsonObject answer) => TranscriptAsync(answer.Text("sessionId"));

    private async Task<JsonObject?> TranscriptAsync(string session, string? version = null) =>
        await objects.GetAsync(KeyOf(session), version, Cancel) is { } stored ? JsonNode.Parse(stored.Content.Span)!.AsObject() : null;

    private async Task<IReadOnlyList<ObjectInfo>> VersionsAsync(string session) => await objects.ListVersionsAsync(KeyOf(session), Cancel);

    /// <summary>How many turns each version has, newest first.</summary>
    private async Task<IReadOnlyList<int>> TurnsOfVersionsAsync(string session)
    {
        var counts = new List<int>();
        foreach (var version in await VersionsAsync(session))
        {
            counts.Add((await TranscriptAsync(session, version.VersionId))!["turns"]!.AsArray().Count);
        }

        return counts;
    }

    private async Task<JsonObject> EraseAsync()
    {
        using var response = await visitor.DeleteAsync(new Uri("/api/memory", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.JsonAsync();
    }

    private static int Count(JsonObject receipt, string what) => receipt["erased"]![what]!.GetValue<int>();

    private async Task AssertNoTraceAsync(string session)
    {
        Assert.Empty(await VersionsAsync(session));
        Assert.Empty(DataFiles.Holding(folder.Path, Marker));
        Assert.Empty(DataFiles.Holding(folder.Path, session));
    }

    private static string KeyOf(string session) => $"conversations/{session}.json";
}
