using System.Text.Json.Nodes;
using DigitalTwin.Storage;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>The twin's own jobs by Lambda's events: a session's transcript, from the chat to the object.</summary>
public sealed class JobWorkTests
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(600);

    /// <summary>The clock of the jobs runs ahead of the Runtime API's, which sets the deadlines.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromDays(1);

    private readonly ManualTimeProvider clock = new(TimeProvider.System.GetUtcNow());

    [Fact(Timeout = 60_000)]
    public async Task A_tick_of_the_schedule_does_what_is_due_and_nothing_else()
    {
        await using var host = await StartAsync();
        var session = await ChatAsync(host);

        await SendAsync(host, RecordedEvent.Text("schedule"));
        Assert.Empty(await TranscriptsAsync(host));
        clock.Advance(Quiet);
        await SendAsync(host, RecordedEvent.Text("schedule"));

        Assert.Equal($"conversations/{session}.json", Assert.Single(await TranscriptsAsync(host)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_of_the_queue_does_the_job_that_it_names_and_one_that_is_gone_is_no_failure()
    {
        await using var host = await StartAsync();
        var session = await ChatAsync(host);
        clock.Advance(Quiet);
        var message = JsonNode.Parse(RecordedEvent.Text("sqs"))!;
        message["Records"]![0]!["body"] = await JobIdAsync(host);
        message["Records"]![1]!["body"] = "j-gone";

        var answer = await SendAsync(host, message.ToJsonString());

        Assert.Equal("""{"batchItemFailures":[]}""", answer);
        Assert.Equal($"conversations/{session}.json", Assert.Single(await TranscriptsAsync(host)));
    }

    private Task<LambdaHost> StartAsync() => LambdaHost.StartAsync(services => services.AddSingleton<TimeProvider>(clock));

    private static async Task<string> SendAsync(LambdaHost host, string eventJson)
    {
        using var call = host.Runtime.Invoke(eventJson, Long);
        return await call.Answer;
    }

    private static async Task<string> ChatAsync(LambdaHost host) => LambdaAnswer.Of(await SendAsync(host, RecordedEvent.Chat())).Json.Text("sessionId");

    private static async Task<string> JobIdAsync(LambdaHost host)
    {
        var jobs = LambdaAnswer.Of(await SendAsync(host, RecordedEvent.Http(
            "GET", "/api/owner/jobs", "state=ready", change: json => json["headers"]!["authorization"] = $"Bearer {TwinFixture.OwnerKey}")));
        return Assert.Single(jobs.Json["items"]!.AsArray())!.AsObject().Text("jobId");
    }

    private static async Task<IEnumerable<string>> TranscriptsAsync(LambdaHost host) =>
        (await host.Services.GetRequiredService<IObjectStore>().ListAsync("conversations/", cancellationToken: TestContext.Current.CancellationToken)).Select(found => found.Key);
}
