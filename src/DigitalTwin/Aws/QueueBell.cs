using DigitalTwin.Jobs;

namespace DigitalTwin.Aws;

/// <summary>Rings by an SQS message that holds the job's id alone, for functions that sleep between events.</summary>
internal sealed partial class QueueBell(Sqs sqs, Uri queue, TimeProvider clock, ILogger<QueueBell> logger) : IJobBell
{
    /// <summary>A sweep every minute is as early as a message for what is due later.</summary>
    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(1);

    /// <summary>The sweep comes anyway; a visitor's answer does not wait longer for this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async ValueTask RingAsync(string jobId, DateTimeOffset dueAt)
    {
        var wait = dueAt - clock.GetUtcNow();
        if (wait > Sweep)
        {
            return;
        }

        try
        {
            using var patience = new CancellationTokenSource(Patience, clock);
            var delay = wait > TimeSpan.Zero ? TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)) : TimeSpan.Zero;
            await sqs.SendAsync(queue.AbsoluteUri, jobId, delay, patience.Token);
        }
        catch (Exception e) when (e is AwsServiceException or OperationCanceledException)
        {
            Log.NotRung(logger, jobId, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The queue could not be told of job {JobId}; the next sweep finds it.")]
        public static partial void NotRung(ILogger logger, string jobId, Exception exception);
    }
}
