using System.Text.Json.Nodes;
using DigitalTwin.Hosting.Lambda;
using DigitalTwin.Tests.Testing;
using DigitalTwin.Tests.Testing.Lambda;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DigitalTwin.Tests.Hosting.Lambda;

/// <summary>Messages of the queue, ticks of the schedule, steps of a rotation, and what is none of these.</summary>
public sealed class EventWorkTests
{
    [Fact]
    public async Task Of_a_batch_only_the_messages_that_failed_come_again()
    {
        var work = new ScriptedWork { Fails = body => body == "j-bad" };
        await using var host = await StartAsync(work);

        using var call = host.Runtime.Invoke(RecordedEvent.Text("sqs"));
        var answer = await call.Answer;

        Assert.Equal(["j-bad", "j-fine", "j-good"], work.Messages.Order());
        Assert.Equal("""{"batchItemFailures":[{"itemIdentifier":"059f36b4-87a3-44ab-83d2-661975774702"}]}""", answer);
    }

    [Fact]
    public async Task A_batch_that_went_well_has_no_failures()
    {
        await using var host = await StartAsync(new ScriptedWork());

        using var call = host.Runtime.Invoke(RecordedEvent.Text("sqs"));

        Assert.Equal("""{"batchItemFailures":[]}""", await call.Answer);
    }

    [Fact(Timeout = 30_000)]
    public async Task Messages_that_take_too_long_are_given_up_before_the_deadline()
    {
        var work = new ScriptedWork { Hangs = body => body == "j-bad" };
        await using var host = await StartAsync(work);

        using var call = host.Runtime.Invoke(RecordedEvent.Text("sqs"), timeout: TimeSpan.FromSeconds(2.2));

        Assert.Equal("""{"batchItemFailures":[{"itemIdentifier":"059f36b4-87a3-44ab-83d2-661975774702"}]}""", await call.Answer);
    }

    [Fact]
    public async Task A_tick_of_the_schedule_runs_what_is_due()
    {
        var work = new ScriptedWork();
        await using var host = await StartAsync(work);

        using var call = host.Runtime.Invoke(RecordedEvent.Text("schedule"));
        await call.Answer;

        Assert.Equal(1, work.Ticks);
    }

    [Fact]
    public async Task A_step_of_a_rotation_is_taken()
    {
        var work = new ScriptedWork();
        await using var host = await StartAsync(work);

        using var call = host.Runtime.Invoke(RecordedEvent.Text("rotation"));
        await call.Answer;

        Assert.Equal(
            new RotationStep("createSecret", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:digital-twin-chat/dev/app-AbCdEf", "a1b2c3d4-5678-90ab-cdef-EXAMPLE11111"),
            Assert.Single(work.Steps));
    }

    [Fact]
    public async Task A_step_that_fails_is_an_invocation_error_without_what_it_said()
    {
        await using var host = await StartAsync(new ScriptedWork { FailsToRotate = true });

        using var call = host.Runtime.Invoke(RecordedEvent.Text("rotation"));
        var failure = await Assert.ThrowsAsync<LambdaFailedException>(() => call.Answer);

        Assert.Equal("Runtime.InvalidOperationException", failure.Error.Type);
        Assert.DoesNotContain("secretmarker7731", failure.Error.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("""{"Records": [{"eventSource": "aws:s3"}]}""")]
    [InlineData("""{"Records": 5}""")]
    [InlineData("""{"Records": [7]}""")]
    [InlineData("""{"Step": 5}""")]
    [InlineData("""{"requestContext": {"http": {}}}""")]
    [InlineData("""{"requestContext": {"http": {"method": "GET"}}, "body": "%%%", "isBase64Encoded": true}""")]
    [InlineData("""{"requestContext": {"http": {"method": "GET"}}, "headers": {"a": 5}}""")]
    public async Task What_the_twin_does_not_know_is_an_invocation_error_and_the_next_event_is_served(string eventJson)
    {
        await using var host = await StartAsync(new ScriptedWork());

        using var call = host.Runtime.Invoke(eventJson);
        var failure = await Assert.ThrowsAsync<LambdaFailedException>(() => call.Answer);
        var next = await host.AnswerAsync(RecordedEvent.Http("GET", "/health/live"));

        Assert.Equal("Runtime.BadEvent", failure.Error.Type);
        Assert.Equal("Runtime.BadEvent", JsonNode.Parse(failure.Error.Body)!.AsObject().Text("errorType"));
        Assert.Equal(200, next.Status);
    }

    private static Task<LambdaHost> StartAsync(ScriptedWork work) => LambdaHost.StartAsync(services =>
    {
        services.AddSingleton<IQueueWork>(work);
        services.AddSingleton<IScheduledWork>(work);
        services.AddSingleton<ISecretRotation>(work);
    });

    private sealed class ScriptedWork : IQueueWork, IScheduledWork, ISecretRotation
    {
        public Func<string, bool> Fails { get; init; } = _ => false;

        public Func<string, bool> Hangs { get; init; } = _ => false;

        public bool FailsToRotate { get; init; }

        public List<string> Messages { get; } = [];

        public List<RotationStep> Steps { get; } = [];

        public int Ticks { get; private set; }

        public async Task RunAsync(string messageBody, CancellationToken cancellationToken)
        {
            lock (Messages)
            {
                Messages.Add(messageBody);
            }

            if (Hangs(messageBody))
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            if (Fails(messageBody))
            {
                throw new InvalidOperationException("It did not go.");
            }
        }

        public Task RunAsync(CancellationToken cancellationToken)
        {
            Ticks++;
            return Task.CompletedTask;
        }

        public Task RotateAsync(RotationStep step, CancellationToken cancellationToken)
        {
            Steps.Add(step);
            return FailsToRotate ? throw new InvalidOperationException("secretmarker7731") : Task.CompletedTask;
        }
    }
}
