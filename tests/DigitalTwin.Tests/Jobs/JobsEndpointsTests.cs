using System.Net;
using System.Text.Json.Nodes;
using DigitalTwin.Jobs;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Jobs;

/// <summary>What the owner sees of the jobs and may do about them, over HTTP.</summary>
public sealed class JobsEndpointsTests : IAsyncDisposable
{
    private const string Kind = "test";
    private const string Payload = "of-somebody@example.org";
    private readonly ManualTimeProvider clock = new();
    private readonly TwinFixture twin;
    private readonly HttpClient owner;

    public JobsEndpointsTests()
    {
        twin = TwinFixture.Start(
            services: services =>
            {
                services.AddSingleton<TimeProvider>(clock);
                services.AddJobHandler<Scripted>(Kind);
            },
            settings: ("Twin:Jobs:Worker", "false"));
        owner = twin.Owner();
    }

    private JobRunner Runner => twin.Services.GetRequiredService<JobRunner>();

    private Scripted Handler => twin.Services.GetRequiredService<Scripted>();

    public ValueTask DisposeAsync()
    {
        owner.Dispose();
        return twin.DisposeAsync();
    }

    [Fact]
    public async Task A_failed_job_is_shown_with_its_reason_and_without_what_it_works_on()
    {
        var id = await LeaveAsync();
        await RunAsync(id);

        var list = await owner.GetJsonAsync("/api/owner/jobs");

        var job = Assert.Single(list["items"]!.AsArray())!.AsObject();
        Assert.Equal((id, Kind, "failed", "The other side refused."), (job.Text("jobId"), job.Text("kind"), job.Text("state"), job.Text("reason")));
        Assert.Equal(1, job["attempts"]!.GetValue<int>());
        Assert.Equal(clock.GetUtcNow(), job["finishedAt"]!.GetValue<DateTimeOffset>());
        Assert.Equal(
            ["attempts", "createdAt", "dueAt", "finishedAt", "jobId", "kind", "reason", "state"], job.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(Payload, list.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(list["nextCursor"]);
    }

    [Theory]
    [InlineData("ready", true)]
    [InlineData("failed", false)]
    public async Task A_list_goes_on_where_the_page_before_ended(string state, bool inOrder)
    {
        var ids = new List<string>();
        for (var i = 0; i < 23; i++)
        {
            ids.Add(await LeaveAsync());
            clock.Advance(TimeSpan.FromSeconds(1));
            if (state == "failed")
            {
                await RunAsync(ids[^1]);
            }
        }

        var pages = new List<List<string>>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await owner.GetJsonAsync($"/api/owner/jobs?state={state}&limit=5{cursor}");
            pages.Add([.. page["items"]!.AsArray().Select(job => job!.AsObject().Text("jobId"))]);
            cursor = page["nextCursor"] is { } next ? $"&cursor={next.GetValue<string>()}" : null;
        }

        Assert.Equal([5, 5, 5, 5, 3], pages.Select(page => page.Count));
        Assert.Equal(inOrder ? ids : Enumerable.Reverse(ids), pages.SelectMany(page => page));
    }

    [Fact]
    public async Task Each_state_has_its_own_list()
    {
        Handler.Outcome = JobOutcome.Done();
        var done = await LeaveAsync();
        await RunAsync(done);
        var ready = await LeaveAsync();
        string running = await LeaveAsync(), whileRunning = "";
        Handler.Meanwhile = async () => whileRunning = (await owner.GetJsonAsync("/api/owner/jobs?state=running")).ToJsonString();
        await RunAsync(running);

        Assert.Contains(running, whileRunning, StringComparison.Ordinal);
        Assert.Equal([ready], Ids(await owner.GetJsonAsync("/api/owner/jobs?state=ready")));
        Assert.Equal([done, running], Ids(await owner.GetJsonAsync("/api/owner/jobs?state=done")).OrderBy(id => id == done ? 0 : 1));
        Assert.Empty(Ids(await owner.GetJsonAsync("/api/owner/jobs")));
    }

    [Theory]
    [InlineData("?state=late")]
    [InlineData("?state=")]
    [InlineData("?state=0")]
    [InlineData("?limit=0")]
    [InlineData("?limit=101")]
    [InlineData("?cursor=x")]
    public async Task A_list_that_cannot_be_is_refused(string query)
    {
        using var response = await owner.GetAsync(new Uri("/api/owner/jobs" + query, UriKind.Relative), TestContext.Current.CancellationToken);

        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "validation");
    }

    [Fact]
    public async Task A_failed_job_retried_by_hand_runs_now_with_all_of_its_tries()
    {
        var id = await LeaveAsync();
        await RunAsync(id);
        clock.Advance(TimeSpan.FromHours(1));

        using var response = await owner.PostJsonAsync($"/api/owner/jobs/{id}/retry", "");
        var job = await response.JsonAsync();
        Handler.Outcome = JobOutcome.Done();
        await Runner.SweepAsync(TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("ready", 0, clock.GetUtcNow()), (job.Text("state"), job["attempts"]!.GetValue<int>(), job["dueAt"]!.GetValue<DateTimeOffset>()));
        Assert.Equal([id], Ids(await owner.GetJsonAsync("/api/owner/jobs?state=done")));
        Assert.Equal(2, Handler.Tries);
    }

    [Fact]
    public async Task A_waiting_job_can_be_run_now()
    {
        Handler.Outcome = JobOutcome.Done();
        var id = await LeaveAsync(TimeSpan.FromHours(2));

        using var response = await owner.PostJsonAsync($"/api/owner/jobs/{id}/retry", "");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(JobRunResult.Done, await RunAsync(id));
    }

    [Fact]
    public async Task What_is_done_is_not_retried_and_what_is_running_is_neither_retried_nor_dropped()
    {
        Handler.Outcome = JobOutcome.Done();
        var id = await LeaveAsync();
        Handler.Meanwhile = async () =>
        {
            using var retried = await owner.PostJsonAsync($"/api/owner/jobs/{id}/retry", "");
            await retried.AssertProblemAsync(HttpStatusCode.Conflict, "conflict");
            using var dropped = await DropAsync(id);
            await dropped.AssertProblemAsync(HttpStatusCode.Conflict, "conflict");
        };
        Assert.Equal(JobRunResult.Done, await RunAsync(id));

        using var late = await owner.PostJsonAsync($"/api/owner/jobs/{id}/retry", "");

        await late.AssertProblemAsync(HttpStatusCode.Conflict, "conflict");
    }

    [Fact]
    public async Task A_dropped_job_is_gone_with_what_only_it_would_have_seen_to()
    {
        var id = await LeaveAsync();
        await RunAsync(id);

        using var response = await DropAsync(id);
        using var again = await DropAsync(id);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await again.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
        Assert.Empty(Ids(await owner.GetJsonAsync("/api/owner/jobs")));
        Assert.Equal(JobRunResult.Missing, await RunAsync(id));
        Assert.Equal(1, (await twin.Services.GetRequiredService<ITable>().GetAsync(Scripted.Dropped, TestContext.Current.CancellationToken))!.Counter);
    }

    [Theory]
    [InlineData("j-AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("j-1")]
    [InlineData("..%2F..")]
    public async Task An_unknown_job_is_not_found(string id)
    {
        using var retried = await owner.PostJsonAsync($"/api/owner/jobs/{id}/retry", "");
        using var dropped = await DropAsync(id);

        await retried.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
        await dropped.AssertProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    private static IEnumerable<string> Ids(JsonObject list) => list["items"]!.AsArray().Select(job => job!.AsObject().Text("jobId"));

    private Task<HttpResponseMessage> DropAsync(string id) =>
        owner.DeleteAsync(new Uri($"/api/owner/jobs/{id}", UriKind.Relative), TestContext.Current.CancellationToken);

    private Task<JobRunResult> RunAsync(string id) => Runner.RunAsync(id, TestContext.Current.CancellationToken);

    private async Task<string> LeaveAsync(TimeSpan after = default)
    {
        var job = twin.Services.GetRequiredService<JobBoard>().Prepare(Kind, Payload, clock.GetUtcNow() + after);
        await twin.Services.GetRequiredService<ITable>().WriteAsync(new[] { job.Write }, TestContext.Current.CancellationToken);
        return job.Id;
    }

    internal sealed class Scripted : IJobHandler
    {
        public static readonly ItemKey Dropped = new("EFFECT", "dropped");

        public JobOutcome Outcome { get; set; } = JobOutcome.Fail("The other side refused.");

        public Func<Task>? Meanwhile { get; set; }

        public int Tries { get; private set; }

        public async ValueTask<JobOutcome> RunAsync(JobRun job, CancellationToken cancellationToken)
        {
            Tries++;
            await (Meanwhile?.Invoke() ?? Task.CompletedTask);
            return Outcome;
        }

        public ValueTask<IReadOnlyList<TableWrite>> DropAsync(JobRun job, CancellationToken cancellationToken) => new([TableWrite.Add(Dropped, 1)]);
    }
}
