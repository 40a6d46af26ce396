using System.Collections.Concurrent;
using DigitalTwin.Storage;

namespace DigitalTwin.Jobs;

/// <summary>
/// Takes due jobs in the background while the process lives: at once when one is committed here, else when the next is due, and in any
/// case every minute, for what others committed.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Design", "CA1001", Justification = "A host may stop it after its container is gone; a source without timer or wait handle holds nothing to dispose of.")]
internal sealed partial class JobWorker(JobRunner runner, LocalBell bell, JobSettings settings, TimeProvider clock, ILogger<JobWorker> logger)
    : IHostedService
{
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterAFailure = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, bool> underWay = new();
    private Task working = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Worker)
        {
            working = Task.Run(() => WorkAsync(stopping.Token), CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    /// <summary>Takes no more jobs; those under way are asked to end, and are given back if they do not finish.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        try
        {
            await working.WaitAsync(cancellationToken);
            await Task.WhenAll(underWay.Keys).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Whoever takes longer than the host waits leaves its job to the end of its lease.
        }
    }

    private async Task WorkAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var next = clock.GetUtcNow() + BetweenSweeps;
            try
            {
                next = Earlier(next, await runner.StartDueAsync(run => Follow(run), stop));
            }
            catch (Exception e)
            {
                Log.CannotLook(logger, e);
                next = clock.GetUtcNow() + AfterAFailure;
            }

            try
            {
                await bell.WaitAsync(next, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Follow(Task<JobRunResult> run)
    {
        var followed = ObserveAsync(run);
        underWay[followed] = true;
        // When it is done already it is removed at once; a run under way removes itself.
        followed.ContinueWith(
            done => underWay.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task ObserveAsync(Task<JobRunResult> run)
    {
        try
        {
            await run;
        }
        catch (StorageUnavailableException e)
        {
            // The job is there, with its lease; it is taken again when that is over.
            Log.NotWritten(logger, e);
        }
        catch (Exception e)
        {
            Log.Broke(logger, e);
        }
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset? b) => b is { } other && other < a ? other : a;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Looking for due jobs failed.")]
        public static partial void CannotLook(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Error, "The store did not take the end of a job.")]
        public static partial void NotWritten(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Error, "Running a job failed.")]
        public static partial void Broke(ILogger logger, Exception exception);
    }
}
