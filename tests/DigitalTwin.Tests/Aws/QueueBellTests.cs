using DigitalTwin.Aws;
using DigitalTwin.Tests.Testing;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DigitalTwin.Tests.Aws;

[Collection(OneMoto.Name)]
public sealed class QueueBellTests(MotoServer moto) : IDisposable
{
    private readonly ManualTimeProvider clock = new();
    private readonly CapturedLogs logs = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => logs.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task A_job_that_is_due_soon_is_rung_for_by_its_id_and_a_later_one_is_left_to_the_sweep()
    {
        using var aws = new EmulatedAws(moto);
        var (sqs, queue) = (new Sqs(aws.Client), await aws.CreateQueueAsync("bell"));
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
        var bell = new QueueBell(sqs, new Uri(queue), clock, factory.CreateLogger<QueueBell>());

        await bell.RingAsync("j-later", clock.GetUtcNow() + TimeSpan.FromMinutes(2));
        await bell.RingAsync("j-now", clock.GetUtcNow() - TimeSpan.FromSeconds(1));

        Assert.Equal("j-now", Assert.Single(await sqs.ReceiveAsync(queue, 10, TimeSpan.Zero, null, Cancellation)).Body);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_queue_that_is_not_there_is_no_error_for_who_left_the_job()
    {
        using var aws = new EmulatedAws(moto);
        using var factory = LoggerFactory.Create(logging => logging.AddProvider(logs));
        var bell = new QueueBell(new Sqs(aws.Client), new Uri(moto.Gate.Address + "/123456789012/nowhere"), clock, factory.CreateLogger<QueueBell>());

        await bell.RingAsync("j-now", clock.GetUtcNow());

        Assert.Contains("j-now", string.Concat(logs.Lines.Select(line => line.Text)), StringComparison.Ordinal);
    }
}
